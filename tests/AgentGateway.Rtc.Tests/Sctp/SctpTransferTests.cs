using AgentGateway.Primitives;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Sctp;

public sealed class SctpTransferTests
{
    private static readonly int[] Sizes = [1, 2, 3, 4, 100, 1121, 1122, 1123, 1124, 5000, 65535, 65536, 100_000, 262_144];

    public static TheoryData<double, double, ulong> Networks()
    {
        TheoryData<double, double, ulong> data = [];
        foreach ((double loss, double duplication) in new[] { (0.0, 0.0), (0.05, 0.0), (0.2, 0.0), (0.05, 0.1), (0.2, 0.3) })
        {
            for (ulong seed = 1; seed <= 3; seed++)
                data.Add(loss, duplication, seed);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Messages_of_all_sizes_both_ways_arrive_in_order_and_unchanged(double loss, double duplication, ulong seed)
    {
        SctpPair pair = new(seed)
        {
            Loss = loss,
            Duplication = duplication,
            Jitter = TimeSpan.FromMilliseconds(loss > 0 ? 20 : 0),
        };
        pair.Connect();
        ushort id = pair.OpenChannel();
        List<byte[]> sent = [.. Sizes.Select((size, i) => Content(size, (byte)i))];
        foreach (byte[] message in sent)
        {
            Assert.Equal(DataSendResult.Ok, pair.Left.Association.Send(pair.Now, id, message, isText: false));
            Assert.Equal(DataSendResult.Ok, pair.Right.Association.Send(pair.Now, id, message, isText: true));
        }

        pair.RunUntil(() => pair.Left.Messages.Count == sent.Count && pair.Right.Messages.Count == sent.Count, 1200);
        Assert.Equal(sent, pair.Right.Messages.Select(m => m.Data));
        Assert.Equal(sent, pair.Left.Messages.Select(m => m.Data));
        Assert.All(pair.Right.Messages, m => Assert.False(m.IsText));
        Assert.All(pair.Left.Messages, m => Assert.True(m.IsText));
        pair.RunFor(5);
        Assert.Equal(0, pair.Left.Association.Statistics.BytesInFlight);
        Assert.Equal(0, pair.Left.Association.BufferedAmount(id));
        Assert.All(pair.Left.Sent.Concat(pair.Right.Sent), p => Assert.InRange(p.Data.Length, 16, 1150));
    }

    [Fact]
    public void Without_loss_nothing_is_sent_twice()
    {
        SctpPair pair = new(20);
        pair.Connect();
        ushort id = pair.OpenChannel();
        for (int i = 0; i < 8; i++)
            pair.Left.Association.Send(pair.Now, id, Content(262_144, (byte)i), isText: false);
        pair.RunUntil(() => pair.Right.Messages.Count == 8, 60);
        Assert.Equal(0, pair.Left.Association.Statistics.Retransmissions);
        Assert.Equal(0, pair.Left.Association.Statistics.RetransmissionTimeouts);
        Assert.Equal(0, pair.Right.Association.Statistics.TotalDrops);
    }

    [Fact]
    public void Many_small_messages_share_packets()
    {
        SctpPair pair = new(21);
        pair.Connect();
        ushort id = pair.OpenChannel();
        int before = pair.Left.Sent.Count;
        for (int i = 0; i < 40; i++)
            pair.Left.Association.Send(pair.Now, id, [(byte)i], isText: false);
        pair.Drain();
        // 1138 bytes behind the header, 20 for each message of one byte.
        Assert.Equal(1, pair.Left.Sent.Count - before);
        pair.RunUntil(() => pair.Right.Messages.Count == 40, 5);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (byte)i), pair.Right.Messages.Select(m => m.Data[0]));
    }

    [Fact]
    public void Empty_messages_stay_empty_and_keep_their_kind()
    {
        SctpPair pair = new(22);
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.Left.Association.Send(pair.Now, id, default, isText: true);
        pair.Left.Association.Send(pair.Now, id, default, isText: false);
        pair.RunUntil(() => pair.Right.Messages.Count == 2, 5);
        Assert.Equal([(true, 0), (false, 0)], pair.Right.Messages.Select(m => (m.IsText, m.Data.Length)));
    }

    [Fact]
    public void Unordered_messages_overtake_a_lost_one_and_ordered_ones_wait()
    {
        foreach (bool ordered in new[] { false, true })
        {
            SctpPair pair = new(23);
            pair.Connect();
            ushort id = pair.OpenChannel(new DataChannelOptions { Ordered = ordered });
            pair.RunFor(1);
            bool dropped = false;
            pair.Drop = (from, packet) => !dropped && from.Name == "left" && packet.Has(0) && (dropped = true);
            for (byte i = 0; i < 3; i++)
                pair.Left.Association.Send(pair.Now, id, Content(1000, i), isText: false);
            pair.RunUntil(() => pair.Right.Messages.Count == 3, 5);
            byte[] expected = ordered ? [0, 1, 2] : [1, 2, 0];
            Assert.Equal(expected, pair.Right.Messages.Select(m => m.Data[0]));
        }
    }

    [Fact]
    public void A_lost_packet_of_one_channel_does_not_hold_up_another()
    {
        SctpPair pair = new(24);
        pair.Connect();
        ushort first = pair.OpenChannel();
        ushort second = pair.OpenChannel();
        pair.RunFor(1);
        bool dropped = false;
        pair.Drop = (from, packet) => !dropped && from.Name == "left" && packet.Has(0) && (dropped = true);
        pair.Left.Association.Send(pair.Now, first, Content(1000, 1), isText: false);
        pair.Left.Association.Send(pair.Now, second, Content(3000, 2), isText: false);
        double start = pair.Now.TotalMilliseconds;
        pair.RunUntil(() => pair.Right.Messages.Count == 1, 5);
        Assert.Equal(second, pair.Right.Messages[0].Channel);
        Assert.Equal(25, pair.Now.TotalMilliseconds - start);
        pair.RunUntil(() => pair.Right.Messages.Count == 2, 5);
        Assert.Equal(Content(1000, 1), pair.Right.Messages[1].Data);
    }

    [Fact]
    public void Channels_take_turns_message_by_message()
    {
        SctpPair pair = new(25);
        pair.Connect();
        ushort first = pair.OpenChannel();
        ushort second = pair.OpenChannel();
        for (byte i = 0; i < 20; i++)
            pair.Left.Association.Send(pair.Now, first, Content(10_000, i), isText: false);
        pair.Left.Association.Send(pair.Now, second, "urgent"u8, isText: true);
        pair.RunUntil(() => pair.Right.Messages.Count == 21, 60);
        Assert.InRange(pair.Right.Messages.FindIndex(m => m.Channel == second), 0, 2);
    }

    [Fact]
    public void Buffered_amount_counts_what_was_not_sent_and_its_fall_is_told_once()
    {
        SctpPair pair = new(26);
        pair.Connect();
        ushort id = pair.OpenChannel(new DataChannelOptions { BufferedAmountLowThreshold = 50_000 });
        pair.Left.Association.Send(pair.Now, id, Content(200_000, 1), isText: false);
        Assert.Equal(200_000, pair.Left.Association.BufferedAmount(id));
        pair.Drain();
        Assert.Equal(200_000 - (10 * 1120), pair.Left.Association.BufferedAmount(id));
        pair.RunUntil(() => pair.Right.Messages.Count == 1, 5);
        Assert.Equal(0, pair.Left.Association.BufferedAmount(id));
        Assert.Equal(1, pair.Left.Count(SctpEventKind.BufferedAmountLow));
    }

    [Fact]
    public void A_full_send_buffer_refuses_and_recovers()
    {
        SctpPair pair = new(27, new SctpOptions { SendBufferSize = 100_000, ReceiveBufferSize = 262_144 });
        pair.Connect();
        ushort id = pair.OpenChannel();
        Assert.Equal(DataSendResult.TooLarge, pair.Left.Association.Send(pair.Now, id, Content(100_000, 0), isText: false));
        int accepted = 0;
        while (pair.Left.Association.Send(pair.Now, id, Content(10_000, 1), isText: false) == DataSendResult.Ok)
            accepted++;
        Assert.Equal(9, accepted);
        pair.RunUntil(() => pair.Right.Messages.Count == accepted, 5);
        pair.RunFor(1);
        Assert.Equal(DataSendResult.Ok, pair.Left.Association.Send(pair.Now, id, Content(90_000, 1), isText: false));
    }

    [Fact]
    public void A_message_above_the_peers_limit_is_refused_here()
    {
        SctpPair pair = new(28, new SctpOptions { RemoteMaxMessageSize = 1000 });
        pair.Connect();
        ushort id = pair.OpenChannel();
        Assert.Equal(DataSendResult.TooLarge, pair.Left.Association.Send(pair.Now, id, Content(1001, 0), isText: false));
        Assert.Equal(DataSendResult.Ok, pair.Left.Association.Send(pair.Now, id, Content(1000, 0), isText: false));
        Assert.Equal(DataSendResult.ClosedChannel, pair.Left.Association.Send(pair.Now, 77, Content(1, 0), isText: false));
    }

    [Theory]
    [InlineData(2000)]
    [InlineData(20_000)]
    public void A_message_above_our_limit_ends_the_association(int size)
    {
        SctpPair pair = new(29, new SctpOptions(), new SctpOptions { MaxMessageSize = 1999 });
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.Left.Association.Send(pair.Now, id, Content(1999, 0), isText: false);
        pair.RunUntil(() => pair.Right.Messages.Count == 1, 5);
        pair.Left.Association.Send(pair.Now, id, Content(size, 0), isText: false);
        pair.RunUntil(() => pair.Left.Association.State == SctpState.Closed, 5);
        Assert.Equal(SctpCloseReason.MessageTooLarge, pair.Right.Events.Last().Reason);
        Assert.Equal(SctpCloseReason.RemoteAbort, pair.Left.Events.Last().Reason);
    }

    [Fact]
    public void Random_traffic_on_many_channels_equals_a_reference_queue()
    {
        for (ulong seed = 1; seed <= 12; seed++)
        {
            SeededRandom random = new(seed);
            SctpPair pair = new(seed)
            {
                Loss = random.NextDouble() * 0.2,
                Duplication = random.NextDouble() * 0.2,
                Jitter = TimeSpan.FromMilliseconds(random.Next(60)),
                Delay = TimeSpan.FromMilliseconds(1 + random.Next(100)),
            };
            pair.Connect();
            ushort[] channels = [.. Enumerable.Range(0, 5).Select(_ => pair.OpenChannel())];
            Dictionary<ushort, List<byte[]>> toRight = channels.ToDictionary(c => c, _ => new List<byte[]>());
            Dictionary<ushort, List<byte[]>> toLeft = channels.ToDictionary(c => c, _ => new List<byte[]>());
            for (int i = 0; i < 120; i++)
            {
                byte[] content = Content(1 + (random.Next(6) == 0 ? random.Next(60_000) : random.Next(2000)), (byte)i);
                ushort channel = channels[random.Next(channels.Length)];
                bool right = random.Next(2) == 0;
                End from = right ? pair.Left : pair.Right;
                Assert.Equal(DataSendResult.Ok, from.Association.Send(pair.Now, channel, content, isText: false));
                (right ? toRight : toLeft)[channel].Add(content);
                pair.RunFor(random.NextDouble() * 0.05);
            }

            pair.RunUntil(() => pair.Left.Messages.Count + pair.Right.Messages.Count == 120, 600);
            foreach (ushort channel in channels)
            {
                Assert.Equal(toRight[channel], pair.Right.Messages.Where(m => m.Channel == channel).Select(m => m.Data));
                Assert.Equal(toLeft[channel], pair.Left.Messages.Where(m => m.Channel == channel).Select(m => m.Data));
            }
        }
    }

    [Fact]
    public void Same_seed_same_packets()
    {
        Assert.Equal(Run(5), Run(5));
        Assert.NotEqual(Run(5), Run(6));
    }

    private static string Run(ulong seed)
    {
        SctpPair pair = new(seed) { Loss = 0.1, Duplication = 0.05, Jitter = TimeSpan.FromMilliseconds(15) };
        pair.Connect();
        ushort first = pair.OpenChannel();
        ushort second = pair.OpenChannel(new DataChannelOptions { Ordered = false, MaxRetransmits = 1 });
        for (byte i = 0; i < 30; i++)
        {
            pair.Left.Association.Send(pair.Now, first, Content(i * 700 + 1, i), isText: false);
            pair.Right.Association.Send(pair.Now, second, Content(i * 300 + 1, i), isText: true);
            pair.RunFor(0.01);
        }

        pair.Left.Association.CloseChannel(pair.Now, second);
        pair.RunFor(100);
        pair.Left.Association.Shutdown(pair.Now);
        pair.RunFor(100);
        return pair.Digest();
    }

    internal static byte[] Content(int size, byte seed)
    {
        byte[] content = new byte[size];
        new SeededRandom(seed).Fill(content);
        content[0] = seed;
        return content;
    }
}
