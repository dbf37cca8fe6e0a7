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
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private const double Tolerance = 12;
    private static readonly TimeSpan Listening = TimeSpan.FromSeconds(1);

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

    /// <summary>
    /// Who is heard by us (frequency by mid) and in which sections we are heard. How long the other program takes to play and to decode what was
    /// negotiated is its machine's business, but from then on every second must be right: some second soon is, wholly.
    /// </summary>
    internal async Task AssertHeardAsync(Dictionary<string, int> theirs, string[] spoken)
    {
        long since = Stopwatch.GetTimestamp();
        while (await DifferenceAsync(theirs, spoken) is { } difference)
            Assert.True(Stopwatch.GetElapsedTime(since) < Limit, difference);
    }

    // Null when all of it is so.
    private async Task<string?> DifferenceAsync(Dictionary<string, int> theirs, string[] spoken)
    {
        long since = Stopwatch.GetTimestamp();
        await Call.ForgetAsync();
        await Task.Delay(Listening);
        Dictionary<string, short[]> heard = await Call.HeardAsync();
        int most = (int)(2 * 48_000 * Stopwatch.GetElapsedTime(since).TotalSeconds);
        if (!theirs.Keys.Order().SequenceEqual(heard.Keys.Order()))
            return $"we hear {string.Join(' ', heard.Keys.Order())}, not {string.Join(' ', theirs.Keys.Order())}";
        foreach ((string mid, int frequency) in theirs)
        {
            double share = Tone.ShareAt(heard[mid], 48000, frequency);
            if (heard[mid].Length < 24_000 || heard[mid].Length > most || share <= 0.9)
                return $"we hear {heard[mid].Length} samples of {mid}, {share:P0} of them {frequency} Hz";
        }

        Dictionary<string, double> voices = await Call.SpokenAsync();
        Assert.Equal(spoken.Order(), voices.Keys.Order());
        Peer.Do("hear");
        JsonElement result = await Peer.WaitAsync("hear", Limit);
        var byThem = result.GetProperty("tracks").EnumerateArray()
            .Where(t => t.GetProperty("direction").GetString() is "sendrecv" or "recvonly")
            .ToDictionary(t => t.GetProperty("mid").GetString()!, t => t.GetProperty("frequency").GetDouble());
        bool same = voices.Keys.Order().SequenceEqual(byThem.Keys.Order()) && voices.All(v => Math.Abs(byThem[v.Key] - v.Value) <= Tolerance);
        return same ? null : $"they hear {result.GetProperty("tracks")}, not {string.Join(", ", voices)}";
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
