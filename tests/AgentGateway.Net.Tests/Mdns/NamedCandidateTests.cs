using System.Net;
using AgentGateway.Net.Mdns;
using AgentGateway.Rtc.Peer;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Net.Tests.Mdns;

/// <summary>Callers that hide their addresses behind ".local" names.</summary>
public sealed class NamedCandidateTests
{
    private const string Name = "1f4712db-ea17-4bcf-a596-105139dfd8bf.local";

    [Fact]
    public async Task A_caller_with_a_name_is_reached_without_any_check_of_its_own()
    {
        IPAddress home = Loopback.NextCaller();
        await using var responder = new MdnsResponder((_, id) => [MdnsResponder.Record(id, Name, home.ToString())]);
        await using MediaTransport callers = Loopback.StartCaller();
        await using MediaTransport server = Start(responder, lite: false);
        (Recorder caller, Recorder callee) = await CallAsync(callers, server, home);
        await caller.Connected.Task.WaitAsync(ConnectedPair.Limit);
        await callee.Connected.Task.WaitAsync(ConnectedPair.Limit);
        Assert.Equal(1, responder.Questions);
    }

    [Fact]
    public async Task A_lite_agent_asks_nobody()
    {
        IPAddress home = Loopback.NextCaller();
        await using var responder = new MdnsResponder((_, _) => []);
        await using MediaTransport callers = Loopback.StartCaller();
        await using MediaTransport server = Start(responder, lite: true);
        (Recorder caller, _) = await CallAsync(callers, server, home, keepAnswer: true);
        await caller.Connected.Task.WaitAsync(ConnectedPair.Limit);
        Assert.Equal(0, responder.Questions);
    }

    private static async Task<(Recorder Caller, Recorder Callee)> CallAsync(MediaTransport callers, MediaTransport server, IPAddress home, bool keepAnswer = false)
    {
        var caller = new Recorder();
        var callee = new Recorder();
        RtcAcceptResult offer = await callers.OfferAsync(caller, home);
        string named = string.Join("\r\n", offer.Sdp!.Split("\r\n").Select(
            l => l.StartsWith("a=candidate", StringComparison.Ordinal) ? l.Replace(home.ToString(), Name, StringComparison.Ordinal) : l));
        RtcAcceptResult answer = await server.AcceptAsync(named, callee);
        string heard = keepAnswer ? answer.Sdp! : string.Concat(answer.Sdp!.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(l => !l.StartsWith("a=candidate", StringComparison.Ordinal)).Select(l => l + "\r\n"));
        SdpResult accepted = await offer.Connection!.InvokeAsync((now, peer) => peer.AcceptAnswer(now, heard));
        Assert.True(accepted.IsSuccess, accepted.Message);
        return (caller, callee);
    }

    private static MediaTransport Start(MdnsResponder responder, bool lite) => MediaTransport.Start(
        new MediaTransportOptions
        {
            ListenAddress = IPAddress.Loopback,
            Ports = [0],
            IceLite = lite,
            Mdns = new MdnsOptions { Groups = [responder.EndPoint], Timeout = ConnectedPair.Limit },
        },
        TimeProvider.System,
        NullLoggerFactory.Instance);
}
