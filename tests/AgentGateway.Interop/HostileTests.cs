using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AgentGateway.Interop.Support;
using AgentGateway.Net;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing.Calls;

namespace AgentGateway.Interop;

/// <summary>Attacks on a real gateway, each beside a healthy call that must not notice, each visible to the operator.</summary>
[Collection("real peers")]
public sealed partial class HostileTests(HostileTests.Gateway fixture) : IClassFixture<HostileTests.Gateway>
{
    private const int Seed = 20261121;

    private static readonly byte[] Silence = [0xF8, 0xFF, 0xFE];

    private GatewayCalls Calls => fixture.Calls;

    [Fact]
    public async Task A_caller_with_another_certificate_than_it_announced_never_connects()
    {
        await using Bystander bystander = await Bystander.StartAsync(Calls, fixture.Quiet);
        var impostor = new WebRtcCaller { RewriteOffer = s => Fingerprint().Replace(s, m => m.Groups[1].Value + (m.Groups[2].Value == "00" ? "11" : "00")) };

        string id = await Calls.OfferAsync(impostor);

        await Assert.ThrowsAsync<InvalidOperationException>(() => impostor.Connected);
        await Calls.Gateway.LoggedAsync($"Call {id}", "never connected: HandshakeFailed", "FingerprintMismatch");
        await bystander.AssertUndisturbedAsync();
        await Calls.AssertReadyAsync(calls: 1);
    }

    [Fact]
    public async Task Garbage_replayed_and_forged_packets_from_the_callers_own_address_change_nothing()
    {
        var random = new Random(Seed);
        await using Bystander bystander = await Bystander.StartAsync(Calls, fixture.Quiet);
        await using var box = new UdpMiddlebox(Calls.Media);
        var caller = new WebRtcCaller { RewriteAnswer = box.Rewrite, Packet = Silence };
        string id = await Calls.ConnectAsync(caller, "echo-relay");
        await Eventually.TrueAsync(() => Task.FromResult(box.Recorded.Count(IsRtp) >= 50), WebRtcCaller.Limit, () => "no audio");
        caller.TakeArrivals();

        byte[][] recorded = [.. box.Recorded];
        byte[][] rtp = [.. recorded.Where(IsRtp).TakeLast(50)];
        byte[] garbage = new byte[1200];
        for (int i = 0; i < 3000; i++)
        {
            random.NextBytes(garbage);
            garbage[0] = (i % 4) switch { 0 => 0x80, 1 => (byte)(20 + random.Next(5)), 2 => (byte)random.Next(4), _ => garbage[0] };
            box.Inject(garbage.AsSpan(0, random.Next(1, garbage.Length)));
            if (i % 100 == 0)
                await Task.Yield();
        }

        foreach (byte[] packet in rtp)
        {
            box.Inject(packet);
            byte[] forged = [.. packet];
            forged[random.Next(12, forged.Length)] ^= 0x10;

            // A number that was not used yet, so that it is the tag that must tell.
            forged[2] ^= 0x01;
            box.Inject(forged);
        }

        // The whole handshake once more, and plain-text alerts.
        foreach (byte[] packet in recorded.Where(d => d[0] is >= 20 and < 64))
            box.Inject(packet);
        for (byte description = 0; description < 120; description += 10)
            box.Inject([21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, description]);

        await caller.SendAsync("""{"label":"rtvi-ai","type":"client-message","id":"1","data":{"t":"ping"}}""");
        Assert.Contains("server-response", await caller.Messages.ReadAsync().AsTask().WaitAsync(WebRtcCaller.Limit));
        await bystander.AssertUndisturbedAsync();
        await Eventually.TrueAsync(() => Task.FromResult(caller.Received > 100), WebRtcCaller.Limit, () => $"the attacked call: {caller.Received} packets");
        AudioArrivals arrivals = caller.TakeArrivals();
        Assert.True(arrivals.Lost == 0, $"the attacked call: {arrivals}");
        await caller.HangUpAsync();
        string line = await Calls.Gateway.EndLineAsync(id);
        Assert.InRange(Count(line, "rtc.RtpForged"), 50, 3100);
        Assert.InRange(Count(line, "rtc.RtpReplayed"), 50, 3100);
        Assert.Contains("CallerHungUp", line);
        await Calls.AssertReadyAsync(calls: 1);
    }

    [Fact]
    public async Task Hostile_messages_cost_their_sender_only()
    {
        await using Bystander bystander = await Bystander.StartAsync(Calls, fixture.Quiet);
        var caller = new WebRtcCaller();
        string id = await Calls.ConnectAsync(caller);

        await caller.SendAsync([0x22, 0xC3, 0x28, 0x22], isText: true);
        await caller.SendAsync(RandomNumberGenerator.GetBytes(200_000), isText: false);
        await caller.SendAsync(new string('[', 200_000));
        for (int i = 0; i < 10_000; i++)
            await caller.SendAsync($$$"""{"label":"rtvi-ai","type":"client-message","id":"{{{i}}}","data":{"t":"ping"}}""");
        const string Last = """{"label":"rtvi-ai","type":"client-message","id":"last","data":{"t":"ping"}}""";
        await caller.SendAsync(Last);

        int answers = 0;
        string message;
        do
        {
            // It is dropped like others when the flood still fills the queue; then it is said again.
            Task<string> next = caller.Messages.ReadAsync().AsTask();
            for (int i = 0; i < WebRtcCaller.Limit.TotalSeconds && await Task.WhenAny(next, Task.Delay(TimeSpan.FromSeconds(1))) != next; i++)
                await caller.SendAsync(Last);
            message = await next.WaitAsync(WebRtcCaller.Limit);
            answers++;
        }
        while (!message.Contains("\"last\"", StringComparison.Ordinal));

        Assert.InRange(answers, 2, 10_030);
        await bystander.AssertUndisturbedAsync();
        await caller.HangUpAsync();
        string line = await Calls.Gateway.EndLineAsync(id);
        Assert.Equal(1, Count(line, "call.MessageNotUtf8"));
        Assert.Equal(1, Count(line, "call.MessageBinary"));
        await Calls.AssertReadyAsync(calls: 1);
    }

    [Fact]
    public async Task A_message_of_300_KB_ends_its_senders_call_with_a_reason()
    {
        await using Bystander bystander = await Bystander.StartAsync(Calls, fixture.Quiet);
        var caller = new WebRtcCaller { RewriteAnswer = s => MaxMessageSize().Replace(s, "a=max-message-size:1000000") };
        string id = await Calls.ConnectAsync(caller);

        Assert.Equal(DataSendResult.Ok, await caller.SendAsync(new byte[300_000], isText: true));

        Assert.Equal(RtcCloseReason.RemoteClose, await caller.Closed);
        Assert.Contains("MessageTooLarge", await Calls.Gateway.EndLineAsync(id));
        await bystander.AssertUndisturbedAsync();
        await Calls.AssertReadyAsync(calls: 1);
    }

    [Fact]
    public async Task Offers_that_never_connect_are_given_up_and_their_memory_returns()
    {
        const int offers = 200;
        await using Bystander bystander = await Bystander.StartAsync(Calls, fixture.Quiet);
        List<double> megabytes = [];
        for (int round = 0; round < 6; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, offers).Select(_ => Calls.AbandonAsync()));
            await Calls.AssertReadyAsync(calls: 1);
            megabytes.Add(fixture.Process.ResidentMegabytes);
        }

        // The first rounds fill the collector's heaps; a leak would go on growing.
        string told = string.Join(", ", megabytes.Select(m => m.ToString("F0", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.True(megabytes[5] - megabytes[3] < 25, $"resident megabytes after each round of {offers} offers: {told}");
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(fixture.Process.Log.Split("never connected: ConnectTimeout").Length > offers);
        await bystander.AssertUndisturbedAsync();
    }

    [Fact]
    public async Task A_flood_of_handshakes_from_strangers_is_dropped_and_counted()
    {
        const int flood = 40_000;
        GatewayProcess own = await GatewayProcess.StartOnLoopbackAsync();
        await using (own)
        {
            await using var calls = new GatewayCalls(own);
            await using var box = new UdpMiddlebox(calls.Media);
            var caller = new WebRtcCaller { RewriteAnswer = box.Rewrite };
            await calls.ConnectAsync(caller);
            byte[] hello = box.Recorded.First(d => d[0] == 22);
            await using (Bystander bystander = await Bystander.StartAsync(calls, fixture.Quiet))
            {
                Socket[] strangers = [.. Enumerable.Range(0, 50).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))];
                for (int i = 0; i < flood; i++)
                {
                    strangers[i % strangers.Length].SendTo(hello, calls.Media);
                    if (i % 200 == 0)
                        await Task.Yield();
                }

                Array.ForEach(strangers, s => s.Dispose());
                await bystander.AssertUndisturbedAsync();
                await caller.HangUpAsync();
                await calls.AssertReadyAsync(calls: 1);
            }

            await calls.AssertReadyAsync(calls: 0);
        }

        Match line = EndOfMedia().Match(own.Log);
        Assert.True(line.Success, own.Log);
        Assert.InRange(int.Parse(line.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), flood / 4, flood + 100);
    }

    [Fact]
    public async Task A_slow_offer_is_given_up()
    {
        await using Bystander bystander = await Bystander.StartAsync(Calls, fixture.Quiet);

        // Faster than the server's minimum rate, and yet for ever.
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, fixture.Process.Url.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("POST /whip/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\nContent-Length: 60000\r\n\r\n"u8.ToArray());
        Task<string> answer = ReadStatusAsync(stream);
        using (var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100)))
        {
            try
            {
                for (int i = 0; i < 300 && !answer.IsCompleted && await pace.WaitForNextTickAsync(); i++)
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(new string('a', 60)));
            }
            catch (IOException)
            {
                // Given up between our look at the answer and this.
            }
        }

        Assert.StartsWith("HTTP/1.1 408", await answer.WaitAsync(TimeSpan.FromSeconds(5)));
        await bystander.AssertUndisturbedAsync();
        AssertNoStackTraces();
    }

    [Fact]
    public async Task A_stalled_offer_is_given_up()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, fixture.Process.Url.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("POST /whip/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\nContent-Length: 1000\r\n\r\nv=0"u8.ToArray());

        Assert.StartsWith("HTTP/1.1 408", await ReadStatusAsync(stream).WaitAsync(TimeSpan.FromSeconds(20)));
        AssertNoStackTraces();
    }

    [Fact]
    public async Task Huge_headers_are_refused()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, fixture.Process.Url.Port);
        NetworkStream stream = client.GetStream();
        Task<string> answer = ReadStatusAsync(stream);
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /whip/echo HTTP/1.1\r\nHost: x\r\nX-Huge: {new string('a', 200_000)}\r\n\r\n"));
        }
        catch (IOException)
        {
            // Refused before all of it was sent.
        }

        Assert.StartsWith("HTTP/1.1 431", await answer.WaitAsync(TimeSpan.FromSeconds(10)));
        AssertNoStackTraces();
    }

    [Fact]
    public async Task An_endless_offer_in_chunks_is_refused()
    {
        using var http = new HttpClient { BaseAddress = fixture.Process.Url };
        using var content = new StreamContent(new MemoryStream(new byte[1 << 20]));
        content.Headers.ContentType = new("application/sdp");
        using var request = new HttpRequestMessage(HttpMethod.Post, "whip/echo") { Content = content };
        request.Headers.TransferEncodingChunked = true;

        using HttpResponseMessage response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("sdp_too_large", await response.Content.ReadAsStringAsync());
        AssertNoStackTraces();
    }

    private static bool IsRtp(byte[] datagram) => datagram.Length > 12 && datagram[0] is >= 128 and < 192 && (datagram[1] & 0x7F) is < 64 or >= 96;

    private static int Count(string line, string reason) => Regex.Match(line, Regex.Escape(reason) + @" (\d+)") is { Success: true } match
        ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
        : 0;

    private static async Task<string> ReadStatusAsync(NetworkStream stream)
    {
        byte[] buffer = new byte[4096];
        int length = await stream.ReadAsync(buffer);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    private void AssertNoStackTraces() => Assert.DoesNotContain("   at ", fixture.Process.Log);

    [GeneratedRegex(@"(a=fingerprint:sha-256 )([0-9A-F]{2})")]
    private static partial Regex Fingerprint();

    [GeneratedRegex(@"a=max-message-size:\d+")]
    private static partial Regex MaxMessageSize();

    [GeneratedRegex(@"Media on UDP .* (\d+) of no call")]
    private static partial Regex EndOfMedia();

    public sealed class Gateway : IAsyncLifetime
    {
        internal GatewayProcess Process { get; private set; } = null!;

        internal GatewayCalls Calls { get; private set; } = null!;

        /// <summary>To a gateway that nobody attacks.</summary>
        internal GatewayCalls Quiet { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Process = await GatewayProcess.StartOnLoopbackAsync("Media:ConnectTimeout=00:00:02");
            Calls = new GatewayCalls(Process);
            Quiet = new GatewayCalls(await GatewayProcess.StartOnLoopbackAsync());
        }

        public async ValueTask DisposeAsync()
        {
            await Calls.DisposeAsync();
            await Process.DisposeAsync();
            await Quiet.DisposeAsync();
            await Quiet.Gateway.DisposeAsync();
        }
    }
}
