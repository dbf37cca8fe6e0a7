using System.Net;
using System.Net.Sockets;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Net.Tests;

/// <summary>A STUN server that sees the transport behind a NAT.</summary>
public sealed class GatheringTests
{
    private const string Public = "203.0.113.44";
    private const ushort PublicPort = 31337;
    private static readonly TimeSpan Limit = ConnectedPair.Limit;

    [Theory]
    [InlineData(false, "typ srflx raddr 127.0.0.1 rport")]
    [InlineData(true, "typ host")]
    public async Task The_public_address_stands_in_every_offer(bool lite, string expected)
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using MediaTransport transport = Start((IPEndPoint)server.Client.LocalEndPoint!, lite);
        await AnswerAsync(server);
        await transport.Gathered.WaitAsync(Limit);

        RtcAcceptResult offer = await transport.OfferAsync(new Recorder());

        Assert.Contains($" {Public} {PublicPort} {expected}", offer.Sdp, StringComparison.Ordinal);
        Assert.Single(transport.GatheredCandidates);
    }

    [Fact]
    public async Task A_call_that_came_first_is_told_later()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using MediaTransport transport = Start((IPEndPoint)server.Client.LocalEndPoint!, lite: false);
        var handler = new Recorder();
        RtcAcceptResult offer = await transport.OfferAsync(handler, canTrickle: true);
        Assert.DoesNotContain(Public, offer.Sdp, StringComparison.Ordinal);
        Assert.DoesNotContain("end-of-candidates", offer.Sdp, StringComparison.Ordinal);

        await AnswerAsync(server);

        Assert.Contains($" {Public} {PublicPort} typ srflx", await handler.Candidate.Task.WaitAsync(Limit), StringComparison.Ordinal);
        await handler.CandidatesEnded.Task.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_description_that_nothing_can_follow_waits_for_the_servers()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using MediaTransport transport = Start((IPEndPoint)server.Client.LocalEndPoint!, lite: false);
        Task<RtcAcceptResult> offer = transport.OfferAsync(new Recorder());
        Assert.False(offer.IsCompleted);
        await AnswerAsync(server);
        string sdp = (await offer.WaitAsync(Limit)).Sdp!;
        Assert.Contains($" {Public} {PublicPort} typ srflx", sdp, StringComparison.Ordinal);
        Assert.Contains("a=end-of-candidates", sdp, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_holds_nobody_up_for_long()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using MediaTransport transport = Start((IPEndPoint)server.Client.LocalEndPoint!, lite: false, TimeSpan.Zero);
        string sdp = (await transport.OfferAsync(new Recorder()).WaitAsync(Limit)).Sdp!;
        Assert.False(transport.Gathered.IsCompleted);
        Assert.DoesNotContain(Public, sdp, StringComparison.Ordinal);
        Assert.Contains("a=end-of-candidates", sdp, StringComparison.Ordinal);
    }

    private static MediaTransport Start(IPEndPoint server, bool lite, TimeSpan? gatheringTimeout = null) => MediaTransport.Start(
        new MediaTransportOptions
        {
            ListenAddress = IPAddress.Loopback,
            Ports = [0],
            IceLite = lite,
            GatheringTimeout = gatheringTimeout ?? Limit,
            StunServers = [new StunServer(server.Address.ToString(), server.Port)],
        },
        TimeProvider.System,
        NullLoggerFactory.Instance);

    private static async Task AnswerAsync(UdpClient server)
    {
        UdpReceiveResult request = await server.ReceiveAsync().WaitAsync(Limit);
        await server.SendAsync(Answer(request.Buffer), request.RemoteEndPoint);
    }

    private static byte[] Answer(byte[] request)
    {
        Assert.True(StunMessage.TryParse(request, out StunMessage message));
        Assert.Equal((StunClass.Request, StunMethod.Binding), (message.Class, message.Method));
        byte[] buffer = new byte[128];
        var writer = new StunWriter(buffer, StunClass.SuccessResponse, StunMethod.Binding, message.TransactionId);
        writer.AddXorMappedAddress(TransportAddress.From(IPAddress.Parse(Public), PublicPort));
        writer.AddFingerprint();
        return buffer[..writer.Length];
    }
}
