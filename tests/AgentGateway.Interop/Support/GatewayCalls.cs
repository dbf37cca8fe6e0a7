using System.Net;
using System.Text;
using AgentGateway.Net;
using AgentGateway.Testing.Calls;

namespace AgentGateway.Interop.Support;

/// <summary>Calls of our own peer to a gateway process, over WHIP.</summary>
internal sealed class GatewayCalls(GatewayProcess gateway) : IAsyncDisposable
{
    private readonly MediaTransport _transport = WebRtcCaller.StartTransport(maxConnections: 10_000);
    private readonly HttpClient _http = new() { BaseAddress = gateway.Url };

    internal GatewayProcess Gateway => gateway;

    /// <summary>Where the gateway listens for media.</summary>
    internal IPEndPoint Media { get; } = new(IPAddress.Loopback, gateway.MediaPort);

    /// <summary>Calls an agent and waits until media can flow; returns the call's id.</summary>
    internal async Task<string> ConnectAsync(WebRtcCaller caller, string agent = "echo")
    {
        string id = await OfferAsync(caller, agent);
        await caller.Connected;
        return id;
    }

    /// <summary>Calls an agent without waiting; returns the call's id.</summary>
    internal async Task<string> OfferAsync(WebRtcCaller caller, string agent = "echo")
    {
        string id = "";
        await caller.CallAsync(_transport, async offer =>
        {
            (string answer, id) = await PostAsync(agent, offer);
            return answer;
        });
        return id;
    }

    /// <summary>Posts an offer behind which nobody will ever connect.</summary>
    internal async Task AbandonAsync(string agent = "echo")
    {
        RtcAcceptResult offer = await _transport.OfferAsync(new WebRtcCaller());
        await PostAsync(agent, offer.Sdp!);
        offer.Connection!.Close();
    }

    internal async Task AssertReadyAsync(int calls)
    {
        await Eventually.TrueAsync(
            async () => (await gateway.GetJsonAsync("readyz")).GetProperty("active_calls").GetInt32() == calls,
            () => $"there are not {calls} calls\n{gateway.Log}");
        Assert.Equal("ready", (await gateway.GetJsonAsync("readyz")).GetProperty("status").GetString());
    }

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        _http.Dispose();
    }

    private async Task<(string Answer, string Id)> PostAsync(string agent, string offer)
    {
        using var content = new StringContent(offer, Encoding.UTF8, "application/sdp");
        using HttpResponseMessage response = await _http.PostAsync($"whip/{agent}", content);
        string answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, $"{response.StatusCode}: {answer}");
        return (answer, response.Headers.Location!.ToString().Split('/')[^1]);
    }
}
