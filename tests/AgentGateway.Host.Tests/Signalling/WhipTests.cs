using System.Net;
using AgentGateway.Host.Configuration;
using AgentGateway.Rtc.Peer;
using AgentGateway.Testing.Calls;

namespace AgentGateway.Host.Tests.Signalling;

/// <summary>WHIP over real HTTP: trickle, restarts, and the status of everything that is out of order (RFC 9725 section 4.3).</summary>
public sealed class WhipTests
{
    private const string Candidate = "a=candidate:1 1 udp 2130706431 127.0.0.9 50009 typ host\r\n";
    private const string Section = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n";

    [Fact]
    public async Task A_candidate_with_the_tag_of_the_ice_session_is_taken()
    {
        await using SignallingServer server = await SignallingServer.StartAsync();
        WhipCall call = await WhipCall.StartAsync(server);
        await call.Caller.Connected;

        using HttpResponseMessage response = await call.PatchAsync(Section + Candidate, call.Tag);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Matches("^\"[A-Za-z0-9+/]{4,}\"$", call.Tag);
        Assert.Contains($"a=ice-ufrag:{call.Tag.Trim('"')}\r\n", call.Answer);
    }

    [Fact]
    public async Task A_trickled_candidate_can_be_the_only_one_there_is()
    {
        // Neither side is told an address of the other, until one candidate is trickled: only then the gateway's checks reach the caller.
        await using SignallingServer server = await SignallingServer.StartAsync();
        WhipCall call = await WhipCall.StartAsync(server, new WebRtcCaller
        {
            ChannelLabel = null,
            RewriteOffer = static o => string.Concat(o.Split("\r\n").Where(l => !l.StartsWith("a=candidate", StringComparison.Ordinal)).Select(l => l + "\r\n")),
            RewriteAnswer = static a => string.Concat(a.Split("\r\n").Where(l => !l.StartsWith("a=candidate", StringComparison.Ordinal)).Select(l => l + "\r\n")),
        });

        using HttpResponseMessage response = await call.PatchAsync(WhipCall.FragmentOf(call.Offer), call.Tag);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        await call.Caller.Connected;
    }

    [Fact]
    public async Task A_client_that_never_sends_if_match_may_trickle_when_its_fragment_names_the_ice_session()
    {
        await using SignallingServer server = await SignallingServer.StartAsync();
        WhipCall call = await WhipCall.StartAsync(server);

        using HttpResponseMessage named = await call.PatchAsync(WhipCall.FragmentOf(call.Offer), ifMatch: null);
        Assert.Equal(HttpStatusCode.NoContent, named.StatusCode);

        using HttpResponseMessage nameless = await call.PatchAsync(Section + Candidate, ifMatch: null);
        Assert.Equal(HttpStatusCode.PreconditionRequired, nameless.StatusCode);
        Assert.Equal("if_match_required", await WhipCall.CodeOf(nameless));
    }

    [Fact]
    public async Task Media_goes_on_through_a_restart_and_the_tag_is_another_one()
    {
        await using SignallingServer server = await SignallingServer.StartAsync();
        WhipCall call = await WhipCall.StartAsync(server);
        call.Caller.Packet = [0x80, 1, 2, 3];
        await call.Caller.Connected;
        string fragment = await call.RestartFragmentAsync();

        using HttpResponseMessage response = await call.PatchAsync(fragment, "*");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(WhipCall.FragmentType, response.Content.Headers.ContentType?.MediaType);
        string tag = response.Headers.ETag!.Tag;
        Assert.NotEqual(call.Tag, tag);
        string answer = await response.Content.ReadAsStringAsync();
        Assert.Contains($"a=ice-ufrag:{tag.Trim('"')}\r\n", answer);
        SdpResult followed = await call.FollowAsync(answer);
        Assert.True(followed.IsSuccess, followed.Message);
        await Until.TrueAsync(async () => await call.Caller.Connection.InvokeAsync(static (_, peer) => !peer.IsRestartingIce), () => "the restart goes on");
        call.Caller.TakeArrivals();
        await Until.TrueAsync(() => call.Caller.Received >= 25, () => "no media");
        AudioArrivals arrivals = call.Caller.TakeArrivals();
        Assert.Equal(0, arrivals.Lost);

        // What belongs to the ICE session from before is refused, and so is a late candidate of it.
        using HttpResponseMessage stale = await call.PatchAsync(Section + Candidate, call.Tag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        using HttpResponseMessage late = await call.PatchAsync(WhipCall.FragmentOf(call.Offer), ifMatch: null);
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        using HttpResponseMessage present = await call.PatchAsync(Section + Candidate, tag);
        Assert.Equal(HttpStatusCode.NoContent, present.StatusCode);
    }

    [Fact]
    public async Task A_restart_needs_the_star()
    {
        await using SignallingServer server = await SignallingServer.StartAsync();
        WhipCall call = await WhipCall.StartAsync(server);
        string fragment = await call.RestartFragmentAsync();

        using HttpResponseMessage tagged = await call.PatchAsync(fragment, call.Tag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, tagged.StatusCode);
        Assert.Equal("sdp_stale_generation", await WhipCall.CodeOf(tagged));
        using HttpResponseMessage untagged = await call.PatchAsync(fragment, ifMatch: null);
        Assert.Equal(HttpStatusCode.PreconditionFailed, untagged.StatusCode);

        // With the star and the present credentials it is no restart.
        using HttpResponseMessage same = await call.PatchAsync(WhipCall.FragmentOf(call.Offer), "*");
        Assert.Equal(HttpStatusCode.NoContent, same.StatusCode);
    }

    [Theory]
    [InlineData("\"nosuchtag\"", HttpStatusCode.PreconditionFailed, "sdp_stale_generation")]
    [InlineData("\"one\", \"two\"", HttpStatusCode.PreconditionFailed, "sdp_stale_generation")]
    [InlineData("W/TAG", HttpStatusCode.PreconditionFailed, "sdp_stale_generation")]
    [InlineData("notquoted", HttpStatusCode.BadRequest, "if_match_malformed")]
    [InlineData("\"", HttpStatusCode.BadRequest, "if_match_malformed")]
    public async Task A_wrong_tag_is_refused(string ifMatch, HttpStatusCode status, string code)
    {
        await using SignallingServer server = await SignallingServer.StartAsync();
        WhipCall call = await WhipCall.StartAsync(server);
        using HttpResponseMessage response = await call.PatchAsync(Section + Candidate, ifMatch.Replace("TAG", call.Tag, StringComparison.Ordinal));
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(code, await WhipCall.CodeOf(response));
    }

    public static TheoryData<string, string, HttpStatusCode, string> BadFragments() => new()
    {
        { "application/sdp", Section + Candidate, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type" },
        { WhipCall.FragmentType, "", HttpStatusCode.BadRequest, "sdp_empty" },
        { WhipCall.FragmentType, "hello", HttpStatusCode.BadRequest, "sdp_not_sdp" },
        { WhipCall.FragmentType, "m=audio\r\n", HttpStatusCode.BadRequest, "sdp_malformed" },
        { WhipCall.FragmentType, "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:7\r\n" + Candidate, HttpStatusCode.UnprocessableEntity, "sdp_incompatible" },
        { WhipCall.FragmentType, Section + new string(' ', 20_000), HttpStatusCode.RequestEntityTooLarge, "sdp_too_large" },
    };

    [Theory]
    [MemberData(nameof(BadFragments))]
    public async Task A_bad_fragment_gets_its_own_status_and_code(string contentType, string fragment, HttpStatusCode status, string code)
    {
        await using SignallingServer server = await SignallingServer.StartAsync();
        WhipCall call = await WhipCall.StartAsync(server);
        using HttpResponseMessage response = await call.PatchAsync(fragment, call.Tag, contentType);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(code, await WhipCall.CodeOf(response));
        if (status == HttpStatusCode.UnsupportedMediaType)
            Assert.Equal(WhipCall.FragmentType, Assert.Single(response.Headers.GetValues("Accept-Patch")));
    }

    [Fact]
    public async Task An_ended_session_is_not_found()
    {
        await using SignallingServer server = await SignallingServer.StartAsync();
        WhipCall call = await WhipCall.StartAsync(server);
        await call.Caller.Connected;
        Assert.Equal(HttpStatusCode.OK, (await server.Http.DeleteAsync(call.Session)).StatusCode);
        Assert.Equal(Net.RtcCloseReason.RemoteClose, await call.Caller.Closed);
        await Until.TrueAsync(() => server.Calls.ActiveCalls == 0, () => "the call goes on");
        using HttpResponseMessage response = await call.PatchAsync(Section + Candidate, call.Tag);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("session_unknown", await WhipCall.CodeOf(response));
    }

    [Theory]
    [InlineData("whip/relay", "PUT")]
    [InlineData("whip/relay", "PATCH")]
    [InlineData("whip/relay", "DELETE")]
    [InlineData("whip/sessions/abc", "POST")]
    [InlineData("whip/sessions/abc", "PUT")]
    public async Task Other_methods_are_not_allowed(string path, string method)
    {
        await using SignallingServer server = await SignallingServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("x") };
        using HttpResponseMessage response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Contains("OPTIONS", response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Ice_servers_are_told_in_links()
    {
        var media = new MediaOptions();
        var stun = new IceServerOptions();
        stun.Urls.Add("stun:stun.example:3478");
        var turn = new IceServerOptions { Username = "user", Credential = "pass\"word" };
        turn.Urls.Add("turn:turn.example?transport=udp");
        turn.Urls.Add("turns:turn.example:5349?transport=tcp");
        media.IceServers.Add(stun);
        media.IceServers.Add(turn);
        Assert.Empty(media.Validate());
        await using SignallingServer server = await SignallingServer.StartAsync(media);

        WhipCall call = await WhipCall.StartAsync(server);

        string[] expected =
        [
            "<stun:stun.example:3478>; rel=\"ice-server\"",
            "<turn:turn.example?transport=udp>; rel=\"ice-server\"; username=\"user\"; credential=\"pass\\\"word\"; credential-type=\"password\"",
            "<turns:turn.example:5349?transport=tcp>; rel=\"ice-server\"; username=\"user\"; credential=\"pass\\\"word\"; credential-type=\"password\"",
        ];
        Assert.Equal(expected, call.Links);
        using var options = new HttpRequestMessage(HttpMethod.Options, "whip/relay");
        using HttpResponseMessage described = await server.Http.SendAsync(options);
        Assert.Equal(expected, described.Headers.GetValues("Link"));
        Assert.Equal("application/sdp", Assert.Single(described.Headers.GetValues("Accept-Post")));
        using var sessionOptions = new HttpRequestMessage(HttpMethod.Options, call.Session);
        using HttpResponseMessage session = await server.Http.SendAsync(sessionOptions);
        Assert.Equal(WhipCall.FragmentType, Assert.Single(session.Headers.GetValues("Accept-Patch")));
        Assert.Contains("PATCH", Assert.Single(session.Headers.GetValues("Access-Control-Allow-Methods")));
    }

    [Fact]
    public async Task Restarts_without_end_leave_one_call()
    {
        await using SignallingServer server = await SignallingServer.StartAsync();
        WhipCall call = await WhipCall.StartAsync(server);
        await call.Caller.Connected;
        for (int i = 0; i < 200; i++)
        {
            string fragment = $"a=ice-ufrag:new{i:D3}\r\na=ice-pwd:newpasswordnewpassword{i:D3}\r\n{Section}{Candidate}";
            using HttpResponseMessage response = await call.PatchAsync(fragment, "*");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(1, server.Calls.ActiveCalls);
        call.Caller.Packet = [0x80, 1, 2, 3];
        call.Caller.TakeArrivals();
        await Until.TrueAsync(() => call.Caller.Received >= 10, () => "no media");
    }

    [Fact]
    public async Task Offers_without_callers_are_refused_beyond_the_limit_with_a_problem()
    {
        await using SignallingServer server = await SignallingServer.StartAsync(transportOptions: o => o with { MaxConnecting = 1 });
        string offer = (await server.Callers.OfferAsync(new WebRtcCaller())).Sdp!;
        HttpStatusCode[] statuses = new HttpStatusCode[5];
        for (int i = 0; i < statuses.Length; i++)
        {
            using var content = new StringContent(offer, System.Text.Encoding.UTF8, WhipCall.OfferType);
            using HttpResponseMessage response = await server.Http.PostAsync("whip/relay", content);
            statuses[i] = response.StatusCode;
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                Assert.Equal("overloaded", await WhipCall.CodeOf(response));
                Assert.NotNull(response.Headers.RetryAfter);
            }
        }

        Assert.Equal([HttpStatusCode.Created, .. Enumerable.Repeat(HttpStatusCode.ServiceUnavailable, 4)], statuses);
    }
}
