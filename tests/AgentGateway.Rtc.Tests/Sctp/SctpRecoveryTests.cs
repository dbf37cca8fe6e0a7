using AgentGateway.Primitives;
using AgentGateway.Rtc.Sctp;

namespace AgentGateway.Rtc.Tests.Sctp;

public sealed class SctpRecoveryTests
{
    [Fact]
    public void One_lost_packet_of_a_window_costs_exactly_one_fast_retransmission()
    {
        SctpPair pair = new(1);
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.RunFor(1);
        int before = pair.Left.Sent.Count;
        bool dropped = false;
        pair.Drop = (from, packet) => !dropped && from.Name == "left" && packet.Has(0) && (dropped = true);
        double start = pair.Now.TotalMilliseconds;
        for (byte i = 0; i < 10; i++)
            pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(1100, i), isText: false);
        pair.RunUntil(() => pair.Right.Messages.Count == 10, 5);
        SctpStatistics statistics = pair.Left.Association.Statistics;
        Assert.Equal(1, statistics.Retransmissions);
        Assert.Equal(1, statistics.FastRecoveries);
        Assert.Equal(0, statistics.RetransmissionTimeouts);
        Assert.Equal(11, pair.Left.Sent.Count - before);
        // Out with the window, back with the third report, out again: one and a half round trips.
        Assert.Equal(75, pair.Now.TotalMilliseconds - start);
        Assert.Equal(pair.Left.Sent[before].Tsns, pair.Left.Sent[^1].Tsns);
    }

    [Fact]
    public void Two_missing_reports_do_not_retransmit()
    {
        SctpPair pair = new(2);
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.RunFor(1);
        bool dropped = false;
        pair.Drop = (from, packet) => !dropped && from.Name == "left" && packet.Has(0) && (dropped = true);
        double start = pair.Now.TotalMilliseconds;
        for (byte i = 0; i < 3; i++)
            pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(1100, i), isText: false);
        pair.RunUntil(() => pair.Right.Messages.Count == 3, 5);
        Assert.Equal(0, pair.Left.Association.Statistics.FastRecoveries);
        Assert.Equal(1, pair.Left.Association.Statistics.RetransmissionTimeouts);
        Assert.Equal(1, pair.Left.Association.Statistics.Retransmissions);
        Assert.Equal(425, pair.Now.TotalMilliseconds - start);
    }

    [Fact]
    public void Fast_recovery_halves_the_window_and_a_timeout_makes_it_one_packet()
    {
        SctpPair pair = new(3);
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.RunFor(1);
        int start = pair.Left.Association.Statistics.CongestionWindow;
        Assert.Equal(10 * 1148, start);
        bool dropped = false;
        pair.Drop = (from, packet) => !dropped && from.Name == "left" && packet.Has(0) && (dropped = true);
        pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(10 * 1120, 1), isText: false);
        pair.RunUntil(() => pair.Left.Association.Statistics.FastRecoveries == 1, 5);
        Assert.Equal(start / 2, pair.Left.Association.Statistics.CongestionWindow);
        pair.RunUntil(() => pair.Right.Messages.Count == 1, 5);
        pair.RunFor(1);
        pair.Drop = (from, packet) => from.Name == "left";
        pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(10 * 1120, 1), isText: false);
        pair.RunUntil(() => pair.Left.Association.Statistics.RetransmissionTimeouts == 1, 5);
        Assert.Equal(1148, pair.Left.Association.Statistics.CongestionWindow);
    }

    [Fact]
    public void Slow_start_doubles_the_window_each_round_trip_when_every_packet_counts()
    {
        SctpPair pair = new(4) { Delay = TimeSpan.FromMilliseconds(100) };
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.RunFor(1);
        int start = pair.Left.Association.Statistics.CongestionWindow;
        for (int i = 0; i < 4; i++)
            pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(250_000, 1), isText: false);
        pair.RunFor(0.25);
        int first = pair.Left.Association.Statistics.CongestionWindow;
        // An acknowledgement for each second packet allows one packet more: half as much again.
        Assert.InRange(first, start * 1.4, start * 2.0);
        pair.RunFor(0.2);
        Assert.InRange(pair.Left.Association.Statistics.CongestionWindow, first * 1.3, first * 2.0);
    }

    [Fact]
    public void The_timeout_doubles_and_after_ten_the_association_fails()
    {
        SctpPair pair = new(5, new SctpOptions { HeartbeatInterval = null });
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.RunFor(1);
        Assert.Equal(400, pair.Left.Association.Statistics.RetransmissionTimeout.TotalMilliseconds);
        Assert.Equal(50, pair.Left.Association.Statistics.SmoothedRoundTrip!.Value.TotalMilliseconds);
        pair.Drop = (from, packet) => from.Name == "left" && packet.Has(0);
        int before = pair.Left.Sent.Count;
        double start = pair.Now.TotalMilliseconds;
        pair.Left.Association.Send(pair.Now, id, "lost"u8, isText: true);
        pair.RunUntil(() => pair.Left.Association.State == SctpState.Closed, 200);
        double[] expected = [0, 400, 1200, 2800, 6000, 12400, 22400, 32400, 42400, 52400, 62400, 72400];
        Assert.Equal(expected, pair.Left.Sent.Skip(before).Select(p => p.At.TotalMilliseconds - start));
        // The last one is the ABORT.
        Assert.Equal([6], pair.Left.Sent[^1].Chunks);
        Assert.Equal(SctpCloseReason.TooManyRetransmissions, pair.Left.Events[^1].Reason);
        Assert.Equal([id], pair.Left.Closed);
        pair.RunUntil(() => pair.Right.Association.State == SctpState.Closed, 5);
        Assert.Equal(SctpCloseReason.RemoteAbort, pair.Right.Events[^1].Reason);
        Assert.Null(pair.Left.Association.NextTimeout);
        Assert.Equal(DataSendResult.ClosedChannel, pair.Left.Association.Send(pair.Now, id, "x"u8, isText: true));
    }

    [Fact]
    public void An_outage_of_ten_seconds_is_survived()
    {
        SctpPair pair = new(6);
        pair.Connect();
        ushort id = pair.OpenChannel();
        bool isOut = true;
        pair.Drop = (_, _) => isOut;
        pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(50_000, 3), isText: false);
        pair.Right.Association.Send(pair.Now, id, SctpTransferTests.Content(50_000, 4), isText: false);
        pair.RunFor(10);
        isOut = false;
        pair.RunUntil(() => pair.Left.Messages.Count == 1 && pair.Right.Messages.Count == 1, 15);
        Assert.Equal(SctpTransferTests.Content(50_000, 3), pair.Right.Messages[0].Data);
    }

    [Fact]
    public void A_lone_packet_is_acknowledged_after_200_ms_and_a_second_at_once()
    {
        SctpPair pair = new(7);
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.RunFor(1);
        int before = pair.Right.Sent.Count;
        double start = pair.Now.TotalMilliseconds;
        pair.Left.Association.Send(pair.Now, id, "one"u8, isText: true);
        pair.RunFor(1);
        Assert.Equal([start + 25 + 200], pair.Right.Sent.Skip(before).Select(p => p.At.TotalMilliseconds));
        before = pair.Right.Sent.Count;
        start = pair.Now.TotalMilliseconds;
        for (int i = 0; i < 4; i++)
            pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(1000, 1), isText: false);
        pair.RunFor(1);
        Assert.Equal([start + 25, start + 25], pair.Right.Sent.Skip(before).Select(p => p.At.TotalMilliseconds));
    }

    [Fact]
    public void An_acknowledgement_travels_with_data()
    {
        SctpPair pair = new(8);
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.RunFor(1);
        int before = pair.Right.Sent.Count;
        pair.Left.Association.Send(pair.Now, id, "question"u8, isText: true);
        pair.RunUntil(() => pair.Right.Messages.Count == 1, 5);
        pair.Right.Association.Send(pair.Now, id, "answer"u8, isText: true);
        pair.RunFor(0.1);
        Assert.Equal([[3, 0]], pair.Right.Sent.Skip(before).Select(p => p.Chunks));
    }

    [Fact]
    public void A_closed_window_is_probed_for_as_long_as_it_takes_and_opens_again()
    {
        SctpPair pair = new(9, new SctpOptions(), new SctpOptions { ReceiveBufferSize = 300_000 });
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.RunFor(1);
        pair.Right.TakesEvents = false;
        for (byte i = 0; i < 10; i++)
            Assert.Equal(DataSendResult.Ok, pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(100_000, i), isText: false));
        pair.RunFor(300);
        Assert.Equal(SctpState.Established, pair.Left.Association.State);
        Assert.InRange(pair.Left.Association.Statistics.PeerReceiveWindow, 0, 2000);
        Assert.True(pair.Right.Association.Statistics[SctpDropReason.ReceiveBufferFull] > 10);
        pair.Right.TakesEvents = true;
        double start = pair.Now.TotalMilliseconds;
        pair.RunUntil(() => pair.Right.Messages.Count == 10, 20);
        Assert.InRange(pair.Now.TotalMilliseconds - start, 0, 12_000);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => SctpTransferTests.Content(100_000, (byte)i)), pair.Right.Messages.Select(m => m.Data));
    }

    [Fact]
    public void What_waits_for_the_application_is_bounded_by_the_receive_buffer()
    {
        SctpPair pair = new(10, new SctpOptions(), new SctpOptions { ReceiveBufferSize = 300_000 }) { Loss = 0.1 };
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.Right.TakesEvents = false;
        for (int i = 0; i < 3000; i++)
            pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(300, (byte)i), isText: false);
        pair.RunFor(120);
        int bytes = 0;
        int count = 0;
        while (pair.Right.Association.TryPollEvent(out SctpEvent e))
        {
            bytes += e.Payload.Length;
            count += e.Kind == SctpEventKind.Message ? 1 : 0;
        }

        // 300 bytes and 64 of bookkeeping for each message; what arrived early may come on top.
        Assert.InRange(count, 700, 2 * 300_000 / 364);
        Assert.Equal(count * 300, bytes);
    }

    [Fact]
    public void Heartbeats_notice_a_dead_peer()
    {
        SctpPair pair = new(11, new SctpOptions { MaxRetransmissions = 4 });
        pair.Connect();
        pair.OpenChannel();
        pair.RunFor(100);
        Assert.Equal(SctpState.Established, pair.Left.Association.State);
        Assert.InRange(pair.Left.Sent.Count(p => p.Has(4)), 3, 4);
        Assert.Equal(pair.Left.Sent.Count(p => p.Has(4)), pair.Right.Sent.Count(p => p.Has(5)));
        pair.Drop = (_, _) => true;
        double start = pair.Now.TotalMilliseconds;
        pair.RunUntil(() => pair.Left.Association.State == SctpState.Closed, 100);
        Assert.Equal(SctpCloseReason.TooManyRetransmissions, pair.Left.Events[^1].Reason);
        // At most an interval with its jitter, then 0.4 + 0.8 + 1.6 + 3.2 + 6.4 s.
        Assert.InRange(pair.Now.TotalMilliseconds - start, 12_000, 44_000);
    }

    [Fact]
    public void A_revoked_gap_ack_is_sent_again()
    {
        SctpPair pair = new(12);
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.RunFor(1);
        pair.Drop = (_, _) => true;
        for (byte i = 0; i < 3; i++)
            pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(1100, i), isText: false);
        pair.Drain();
        uint first = pair.Left.Sent[^3].Tsns.Single();
        byte[] like = pair.Right.Sent[^1].Data;
        pair.Left.Association.Handle(pair.Now, SctpPackets.Sack(like, first - 1, 100_000, (2, 3)));
        pair.Drain();
        Assert.Equal(1100 + 16, pair.Left.Association.Statistics.BytesInFlight);
        pair.Left.Association.Handle(pair.Now, SctpPackets.Sack(like, first, 100_000));
        pair.Drain();
        Assert.Equal(2 * (1100 + 16), pair.Left.Association.Statistics.BytesInFlight);
        pair.Drop = null;
        // Only the two that the peer took back are sent, after the timeout.
        int before = pair.Left.Sent.Count;
        pair.RunFor(0.6);
        Assert.Contains(first + 1, pair.Left.Sent.Skip(before).SelectMany(p => p.Tsns));
        Assert.DoesNotContain(first, pair.Left.Sent.Skip(before).SelectMany(p => p.Tsns));
    }

    [Fact]
    public void An_idle_window_decays_but_not_below_the_first_one()
    {
        SctpPair pair = new(13);
        pair.Connect();
        ushort id = pair.OpenChannel();
        for (int i = 0; i < 4; i++)
            pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(250_000, 1), isText: false);
        pair.RunUntil(() => pair.Right.Messages.Count == 4, 10);
        Assert.InRange(pair.Left.Association.Statistics.CongestionWindow, 100_000, int.MaxValue);
        pair.RunFor(20);
        pair.Left.Association.Send(pair.Now, id, "x"u8, isText: false);
        pair.RunFor(1);
        Assert.Equal(10 * 1148, pair.Left.Association.Statistics.CongestionWindow);
    }

    [Fact]
    public void Timers_that_are_not_due_do_nothing()
    {
        SctpPair pair = new(14);
        pair.Connect();
        int before = pair.Left.Sent.Count;
        for (int i = 0; i < 100; i++)
            pair.Left.Association.HandleTimeout(pair.Now + TimeSpan.FromMilliseconds(i));
        pair.Drain();
        Assert.Equal(before, pair.Left.Sent.Count);
        Assert.True(pair.Left.Association.NextTimeout > Instant.FromMilliseconds(30_000));
    }
}
