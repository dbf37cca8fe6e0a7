using System.Diagnostics;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Sctp;

/// <summary>Against SCTP stacks of others, where they are installed; in real time, over the loopback.</summary>
public sealed class SctpInteropTests
{
    private static readonly int[] Sizes = [1, 3, 100, 1122, 1200, 1201, 5000, 65535, 65536];

    private static readonly Lazy<bool> HasAiortc = new(() => Succeeds("/usr/bin/python3", "-c", "import aiortc"));

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 0.05)]
    public void Aiortc_echoes_messages_of_all_sizes(bool peerStarts, double loss)
    {
        using UdpPeer peer = StartAiortc(peerStarts);
        peer.Loss = loss;
        ushort id = Connect(peer, peerStarts);
        foreach (int size in Sizes)
            Assert.Equal(DataSendResult.Ok, peer.End.Association.Send(peer.Now, id, SctpTransferTests.Content(size, 65), isText: false));
        Assert.Equal(DataSendResult.Ok, peer.End.Association.Send(peer.Now, id, "grüße"u8, isText: true));
        peer.RunUntil(() => peer.End.Messages.Count == Sizes.Length + 1, 120);
        Assert.Equal(Sizes.Select(size => SctpTransferTests.Content(size, 65)), peer.End.Messages.SkipLast(1).Select(m => m.Data));
        Assert.True(peer.End.Messages[^1].IsText);
        Assert.Equal("grüße"u8, peer.End.Messages[^1].Data);
    }

    [Fact]
    public void Aiortc_opens_a_channel_of_its_own_and_closes_ours()
    {
        using UdpPeer peer = StartAiortc(peerStarts: false);
        ushort id = Connect(peer, peerStarts: false);
        peer.End.Association.Send(peer.Now, id, "!open"u8, isText: true);
        peer.RunUntil(() => peer.End.Messages.Count == 1, 60);
        SctpEvent opened = peer.End.Events.Single(e => e is { Kind: SctpEventKind.ChannelOpened, OpenedByRemote: true });
        Assert.Equal(new DataChannelOptions { Label = "py", Ordered = false, MaxRetransmits = 3, Priority = opened.Channel!.Priority }, opened.Channel);
        Assert.Equal("hello"u8, peer.End.Messages[0].Data);
        peer.End.Association.Send(peer.Now, id, "!close"u8, isText: true);
        peer.RunUntil(() => peer.End.Closed.Any(), 60);
        Assert.Equal([id], peer.End.Closed);
        peer.End.Association.CloseChannel(peer.Now, opened.ChannelId);
        peer.RunUntil(() => peer.End.Closed.Count() == 2, 60);
        // The id is free again on both sides.
        peer.End.Events.Clear();
        Assert.Equal(id, peer.End.Association.OpenChannel(peer.Now, new DataChannelOptions { Label = "again" }));
        peer.RunUntil(() => peer.End.Opened.Any(), 60);
        peer.End.Association.Send(peer.Now, id, "second life"u8, isText: true);
        peer.RunUntil(() => peer.End.Messages.Count == 2, 60);
    }

    [Fact]
    public void Aiortc_shuts_down_with_us()
    {
        using UdpPeer peer = StartAiortc(peerStarts: false);
        Connect(peer, peerStarts: false);
        peer.End.Association.Shutdown(peer.Now);
        peer.RunUntil(() => peer.End.Association.State == SctpState.Closed, 60);
        Assert.Equal(SctpEventKind.Closed, peer.End.Events[^1].Kind);
    }

    private static UdpPeer StartAiortc(bool peerStarts)
    {
        Assert.SkipUnless(HasAiortc.Value, "python3-aiortc is not installed for /usr/bin/python3");
        string script = Path.Combine(TestPaths.RepositoryRoot, "tests", "AgentGateway.Rtc.Tests", "Sctp", "Peers", "aiortc_sctp_peer.py");
        // It announces no max-message-size of its own here; 64 KiB is what its descriptions say.
        return new UdpPeer(["/usr/bin/python3", script], peerStarts, new SctpOptions { RemoteMaxMessageSize = 65536 });
    }

    private static ushort Connect(UdpPeer peer, bool peerStarts)
    {
        if (!peerStarts)
            peer.End.Association.Start(peer.Now);
        peer.RunUntil(() => peer.End.Association.State == SctpState.Established, 60);
        ushort id = peer.End.Association.OpenChannel(peer.Now, new DataChannelOptions { Label = "test" });
        peer.RunUntil(() => peer.End.Opened.Contains(id), 60);
        return id;
    }

    private static bool Succeeds(params string[] command)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
