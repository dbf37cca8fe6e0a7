using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AgentGateway.Rtc.Peer;
using AgentGateway.Testing.Calls;

namespace AgentGateway.Host.Tests.Signalling;

/// <summary>A WHIP client: a call of our own peer, signalled over HTTP.</summary>
internal sealed class WhipCall
{
    internal const string OfferType = "application/sdp";
    internal const string FragmentType = "application/trickle-ice-sdpfrag";

    private readonly HttpClient _http;

    private WhipCall(HttpClient http, WebRtcCaller caller)
    {
        _http = http;
        Caller = caller;
    }

    internal WebRtcCaller Caller { get; }

    /// <summary>The caller's own offer, before anything rewrote it.</summary>
    internal string Offer { get; private set; } = "";

    internal Uri Session { get; private set; } = null!;

    /// <summary>The entity tag of the ICE session, with its quotes.</summary>
    internal string Tag { get; private set; } = "";

    internal string Answer { get; private set; } = "";

    internal string[] Links { get; private set; } = [];

    /// <summary>Calls the agent "relay".</summary>
    internal static async Task<WhipCall> StartAsync(SignallingServer server, WebRtcCaller? caller = null)
    {
        var call = new WhipCall(server.Http, caller ?? new WebRtcCaller { ChannelLabel = null });
        await call.Caller.CallAsync(server.Callers, async offer =>
        {
            using var content = new StringContent(offer, Encoding.UTF8, OfferType);
            using HttpResponseMessage response = await server.Http.PostAsync("whip/relay", content);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            call.Session = response.Headers.Location!;
            call.Tag = response.Headers.ETag!.Tag;
            call.Links = response.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? [.. links] : [];
            return call.Answer = await response.Content.ReadAsStringAsync();
        });
        call.Offer = await call.Caller.Connection.InvokeAsync(static (now, peer) => peer.CreateOffer(now));
        return call;
    }

    internal async Task<HttpResponseMessage> PatchAsync(string fragment, string? ifMatch, string contentType = FragmentType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, Session) { Content = new StringContent(fragment, Encoding.UTF8) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (ifMatch is not null)
            Assert.True(request.Headers.TryAddWithoutValidation("If-Match", ifMatch));
        return await _http.SendAsync(request);
    }

    /// <summary>The fragment with which the caller restarts ICE.</summary>
    internal async Task<string> RestartFragmentAsync() => FragmentOf(await Caller.Connection.InvokeAsync((now, peer) => peer.CreateOffer(now, restartIce: true)));

    /// <summary>Applies the answer to a restart, by putting its credentials and candidates where an answer has them.</summary>
    internal Task<SdpResult> FollowAsync(string fragment) => Caller.Connection.InvokeAsync((now, peer) => peer.AcceptAnswer(now, Merge(Answer, fragment)));

    internal static async Task<string?> CodeOf(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString();
    }

    /// <summary>Credentials and candidates of a description's first section as a fragment.</summary>
    internal static string FragmentOf(string sdp)
    {
        string section = sdp[sdp.IndexOf("m=", StringComparison.Ordinal)..];
        IEnumerable<string> lines = section.Split("\r\n").Where(
            (l, i) => i == 0 || l.StartsWith("a=mid:", StringComparison.Ordinal) || l.StartsWith("a=ice-", StringComparison.Ordinal) || l.StartsWith("a=candidate:", StringComparison.Ordinal));
        return string.Join("\r\n", lines) + "\r\n";
    }

    private static string Merge(string answer, string fragment)
    {
        string Line(string name) => fragment.Split("\r\n").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return string.Join("\r\n", answer.Split("\r\n").Select(l =>
            l.StartsWith("a=ice-ufrag:", StringComparison.Ordinal) ? Line("a=ice-ufrag:")
            : l.StartsWith("a=ice-pwd:", StringComparison.Ordinal) ? Line("a=ice-pwd:")
            : l));
    }
}
