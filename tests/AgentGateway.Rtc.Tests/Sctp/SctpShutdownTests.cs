using AgentGateway.Rtc.Sctp;

namespace AgentGateway.Rtc.Tests.Sctp;

public sealed class SctpShutdownTests
{
    private const byte Shutdown = 7;
    private const byte ShutdownAck = 8;
    private const byte ShutdownComplete = 14;

    [Fact]
    public void Queued_data_is_delivered_first_and_both_sides_close()
    {
        SctpPair pair = new(1);
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(200_000, 1), isText: false);
        pair.Right.Association.Send(pair.Now, id, SctpTransferTests.Content(100_000, 2), isText: false);
        pair.Left.Association.Shutdown(pair.Now);
        Assert.Equal(DataSendResult.ClosedChannel, pair.Left.Association.Send(pair.Now, id, "late"u8, isText: true));
        pair.RunUntil(() => pair.Left.Association.State == SctpState.Closed && pair.Right.Association.State == SctpState.Closed, 10);
        Assert.Single(pair.Right.Messages);
        Assert.Single(pair.Left.Messages);
        Assert.Equal(SctpEventKind.Closed, pair.Left.Events[^1].Kind);
        Assert.Equal(SctpEventKind.Closed, pair.Right.Events[^1].Kind);
        Assert.Equal([id], pair.Right.Closed);
        Assert.Null(pair.Left.Association.NextTimeout);
        Assert.Null(pair.Right.Association.NextTimeout);
    }

    [Theory]
    [InlineData(Shutdown)]
    [InlineData(ShutdownAck)]
    [InlineData(ShutdownComplete)]
    public void Each_lost_packet_is_made_up_for(byte type)
    {
        SctpPair pair = new(2);
        pair.Connect();
        int seen = 0;
        pair.Drop = (_, packet) => packet.Has(type) && seen++ == 0;
        pair.Left.Association.Shutdown(pair.Now);
        pair.RunUntil(() => pair.Left.Association.State == SctpState.Closed && pair.Right.Association.State == SctpState.Closed, 10);
        Assert.Equal(SctpEventKind.Closed, pair.Left.Events[^1].Kind);
        Assert.Equal(SctpEventKind.Closed, pair.Right.Events[^1].Kind);
        Assert.Equal(2, seen);
    }

    [Fact]
    public void Both_shut_down_at_once()
    {
        SctpPair pair = new(3);
        pair.Connect();
        pair.Left.Association.Shutdown(pair.Now);
        pair.Right.Association.Shutdown(pair.Now);
        pair.RunUntil(() => pair.Left.Association.State == SctpState.Closed && pair.Right.Association.State == SctpState.Closed, 10);
        Assert.Equal(SctpEventKind.Closed, pair.Left.Events[^1].Kind);
        Assert.Equal(SctpEventKind.Closed, pair.Right.Events[^1].Kind);
    }

    [Fact]
    public void An_unanswered_shutdown_ends_in_an_abort()
    {
        SctpPair pair = new(4);
        pair.Connect();
        pair.Drop = (from, _) => from.Name == "left";
        pair.Left.Association.Shutdown(pair.Now);
        pair.RunUntil(() => pair.Left.Association.State == SctpState.Closed, 100);
        Assert.Equal(SctpEventKind.Aborted, pair.Left.Events[^1].Kind);
        Assert.Equal(SctpCloseReason.ShutdownTimeout, pair.Left.Events[^1].Reason);
        Assert.Equal(50_100, pair.Now.TotalMilliseconds);
    }

    [Fact]
    public void Abort_ends_both_sides_at_once()
    {
        SctpPair pair = new(5);
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(200_000, 1), isText: false);
        pair.Left.Association.Abort(pair.Now);
        pair.RunFor(0.1);
        Assert.Equal(SctpCloseReason.LocalAbort, pair.Left.Events[^1].Reason);
        Assert.Equal(SctpCloseReason.RemoteAbort, pair.Right.Events[^1].Reason);
        Assert.Equal([6], pair.Left.Sent[^1].Chunks);
        pair.Left.Association.Abort(pair.Now);
        pair.Left.Association.Shutdown(pair.Now);
        pair.Left.Association.Start(pair.Now);
        pair.RunFor(10);
        Assert.Equal([6], pair.Left.Sent[^1].Chunks);
    }

    [Fact]
    public void A_lost_abort_is_repeated_when_the_peer_goes_on()
    {
        SctpPair pair = new(6);
        pair.Connect();
        ushort id = pair.OpenChannel();
        bool dropped = false;
        pair.Drop = (_, packet) => !dropped && packet.Has(6) && (dropped = true);
        pair.Left.Association.Abort(pair.Now);
        pair.RunFor(1);
        Assert.Equal(SctpState.Established, pair.Right.Association.State);
        pair.Right.Association.Send(pair.Now, id, "anyone?"u8, isText: true);
        pair.RunFor(0.1);
        Assert.Equal(SctpState.Closed, pair.Right.Association.State);
        Assert.Equal(SctpCloseReason.RemoteAbort, pair.Right.Events[^1].Reason);
    }

    [Fact]
    public void Before_the_association_is_up_there_is_nothing_to_say()
    {
        SctpPair pair = new(7);
        pair.Left.Association.Start(pair.Now);
        pair.Left.Association.Shutdown(pair.Now);
        pair.RunFor(10);
        Assert.Empty(pair.Left.Sent);
        Assert.Equal(SctpEventKind.Closed, pair.Left.Events.Single().Kind);
        pair.Right.Association.Abort(pair.Now);
        pair.RunFor(1);
        Assert.Empty(pair.Right.Sent);
    }
}
