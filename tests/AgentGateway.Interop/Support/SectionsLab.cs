using System.Diagnostics;
using System.Net;
using System.Text.Json;
using AgentGateway.Interop.Matrix;
using AgentGateway.Net;
using AgentGateway.Rtc.Peer;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Interop.Support;

/// <summary>A call with several audio sections between our transport and another stack's program, each track told from the others by its tone.</summary>
internal sealed class SectionsLab : IAsyncDisposable
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private const double Tolerance = 12;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    private readonly MediaTransport _transport = MediaTransport.Start(
        new MediaTransportOptions { ListenAddress = IPAddress.Loopback, Ports = [0], IceLite = false }, TimeProvider.System, NullLoggerFactory.Instance);

    private SectionsLab(MatrixPeer peer) => Peer = peer;

    internal SectionsCall Call { get; } = new();

    internal MatrixPeer Peer { get; }

    /// <param name="command">Starts the program, which does what audio-sections.mjs says.</param>
    internal static async Task<SectionsLab> StartAsync(params string[] command) => new(await MatrixPeer.StartAsync(command, Limit));

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        await Peer.DisposeAsync();
        Call.Dispose();
    }

    /// <summary>Their first offer, our answer, and the connection.</summary>
    internal async Task ConnectAsync()
    {
        RtcAcceptResult accepted = await _transport.AcceptAsync(await SdpAsync("offer"), Call);
        Call.Connection = accepted.Connection ?? throw new InvalidOperationException(accepted.Refusal?.Message);
        await DoAsync("accept", new { sdp = accepted.Sdp });
        await Call.Connected.WaitAsync(Limit);
    }

    /// <summary>Who is heard by us (frequency by mid) and in which sections we are heard.</summary>
    internal async Task AssertHeardAsync(Dictionary<string, int> theirs, string[] spoken)
    {
        await Task.Delay(Settle);
        long since = Stopwatch.GetTimestamp();
        await Call.ForgetAsync();
        await Task.Delay(Settle);
        Dictionary<string, short[]> heard = await Call.HeardAsync();
        int most = (int)(2 * 48_000 * Stopwatch.GetElapsedTime(since).TotalSeconds);
        Assert.Equal(theirs.Keys.Order(), heard.Keys.Order());
        foreach ((string mid, int frequency) in theirs)
        {
            Assert.InRange(heard[mid].Length, 24_000, most);
            Assert.True(Tone.ShareAt(heard[mid], 48000, frequency) > 0.9, $"{mid}: not {frequency} Hz");
        }

        Dictionary<string, double> voices = await Call.SpokenAsync();
        Assert.Equal(spoken.Order(), voices.Keys.Order());
        Peer.Do("hear");
        JsonElement result = await Peer.WaitAsync("hear", Limit);
        var byThem = result.GetProperty("tracks").EnumerateArray()
            .Where(t => t.GetProperty("direction").GetString() is "sendrecv" or "recvonly")
            .ToDictionary(t => t.GetProperty("mid").GetString()!, t => t.GetProperty("frequency").GetDouble());
        Assert.Equal(voices.Keys.Order(), byThem.Keys.Order());
        Assert.All(voices, v => Assert.InRange(byThem[v.Key], v.Value - Tolerance, v.Value + Tolerance));
    }

    internal Task<JsonElement> AddAsync(int frequency, string direction) => DoAsync("add", new { frequency, direction });

    internal async Task WeOfferAsync(bool restartIce = false)
    {
        string offer = await Call.InvokeAsync((now, peer) => peer.CreateOffer(now, restartIce: restartIce));
        await AcceptAsync(await SdpAsync("answer", new { sdp = offer }));
    }

    internal async Task AcceptAsync(string answer)
    {
        SdpResult result = await Call.InvokeAsync((now, peer) => peer.AcceptAnswer(now, answer));
        Assert.True(result.IsSuccess, $"{result.Message} (line {result.Line})\n{answer}");
    }

    internal async Task TheyOfferAsync()
    {
        string offer = await SdpAsync("offer");
        SdpResult result = await Call.InvokeAsync((now, peer) => peer.AcceptOffer(now, offer));
        Assert.True(result.IsSuccess, $"{result.Message} (line {result.Line})\n{offer}");
        await DoAsync("accept", new { sdp = result.Answer });
    }

    internal async Task<string> SdpAsync(string command, object? arguments = null) => (await DoAsync(command, arguments)).GetProperty("sdp").GetString()!;

    internal Task<JsonElement> DoAsync(string command, object? arguments = null)
    {
        Peer.Do(command, arguments);
        return Peer.WaitAsync(command, Limit);
    }
}
