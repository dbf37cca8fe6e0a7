using AgentGateway.Primitives;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Sctp;

public sealed class SctpPartialReliabilityTests
{
    private const byte ForwardTsn = 192;

    [Fact]
    public void Without_retransmissions_a_lost_message_is_skipped()
    {
        SctpPair pair = new(1);
        pair.Connect();
        ushort id = pair.OpenChannel(new DataChannelOptions { MaxRetransmits = 0 });
        pair.RunFor(1);
        bool dropped = false;
        pair.Drop = (from, packet) => !dropped && from.Name == "left" && packet.Has(0) && (dropped = true);
        for (byte i = 0; i < 6; i++)
            pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(1100, i), isText: false);
        pair.RunFor(3);
        Assert.Equal([1, 2, 3, 4, 5], pair.Right.Messages.Select(m => (int)m.Data[0]));
        Assert.Equal(0, pair.Left.Association.Statistics.Retransmissions);
        Assert.Equal(1, pair.Left.Association.Statistics.MessagesAbandoned);
        Assert.Equal(0, pair.Left.Association.Statistics.BytesInFlight);
        Assert.Single(pair.Left.Sent, p => p.Has(ForwardTsn));
        pair.Left.Association.Send(pair.Now, id, "after"u8, isText: true);
        pair.RunUntil(() => pair.Right.Messages.Count == 6, 5);
    }

    [Fact]
    public void A_lost_forward_tsn_is_sent_again()
    {
        SctpPair pair = new(2);
        pair.Connect();
        ushort id = pair.OpenChannel(new DataChannelOptions { MaxRetransmits = 0 });
        pair.RunFor(1);
        int data = 0;
        int forward = 0;
        pair.Drop = (from, packet) =>
            from.Name == "left" && ((packet.Has(0) && data++ == 0) || (packet.Has(ForwardTsn) && forward++ < 2));
        pair.Left.Association.Send(pair.Now, id, "lost"u8, isText: true);
        pair.RunFor(5);
        Assert.True(forward >= 3);
        pair.Left.Association.Send(pair.Now, id, "kept"u8, isText: true);
        pair.RunUntil(() => pair.Right.Messages.Count == 1, 5);
        Assert.Equal("kept"u8, pair.Right.Messages[0].Data);
    }

    [Theory]
    [InlineData(1u, 2)]
    [InlineData(3u, 4)]
    public void A_message_is_sent_as_often_as_allowed(uint retransmits, int transmissions)
    {
        SctpPair pair = new(3);
        pair.Connect();
        ushort id = pair.OpenChannel(new DataChannelOptions { MaxRetransmits = retransmits });
        pair.RunFor(1);
        int before = pair.Left.Sent.Count;
        pair.Drop = (from, packet) => from.Name == "left" && packet.Has(0);
        pair.Left.Association.Send(pair.Now, id, "never"u8, isText: true);
        pair.RunFor(60);
        Assert.Equal(transmissions, pair.Left.Sent.Skip(before).Count(p => p.Has(0)));
        Assert.Equal(1, pair.Left.Association.Statistics.MessagesAbandoned);
        Assert.Equal(SctpState.Established, pair.Left.Association.State);
        Assert.Equal(0, pair.Left.Association.Statistics.BytesInFlight);
    }

    [Fact]
    public void A_lifetime_ends_retransmission_and_empties_a_stuck_queue()
    {
        SctpPair pair = new(4);
        pair.Connect();
        ushort id = pair.OpenChannel(new DataChannelOptions { MaxPacketLifeTime = TimeSpan.FromMilliseconds(1000), Ordered = false });
        pair.RunFor(1);
        pair.Drop = (from, packet) => from.Name == "left" && packet.Has(0);
        for (byte i = 0; i < 100; i++)
            pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(1100, i), isText: false);
        pair.RunFor(20);
        Assert.Equal(0, pair.Left.Association.BufferedAmount(id));
        Assert.Equal(100, pair.Left.Association.Statistics.MessagesAbandoned);
        pair.Drop = null;
        pair.Left.Association.Send(pair.Now, id, "fresh"u8, isText: true);
        pair.RunUntil(() => pair.Right.Messages.Count == 1, 15);
    }

    [Fact]
    public void A_large_message_given_up_half_way_leaves_the_next_ones_whole()
    {
        SctpPair pair = new(5);
        pair.Connect();
        ushort id = pair.OpenChannel(new DataChannelOptions { MaxRetransmits = 0 });
        pair.RunFor(1);
        int seen = 0;
        // One piece in the middle of the first window is lost; most of the message is not even sent then.
        pair.Drop = (from, packet) => from.Name == "left" && packet.Has(0) && ++seen == 5;
        pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(200_000, 1), isText: false);
        pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(5000, 2), isText: false);
        pair.RunUntil(() => pair.Right.Messages.Count == 1, 10);
        Assert.Equal(SctpTransferTests.Content(5000, 2), pair.Right.Messages[0].Data);
        Assert.Equal(1, pair.Left.Association.Statistics.MessagesAbandoned);
        Assert.Equal(0, pair.Left.Association.BufferedAmount(id));
        pair.RunFor(5);
        Assert.Equal(0, pair.Left.Association.Statistics.BytesInFlight);
    }

    [Fact]
    public void Whatever_arrives_over_a_bad_network_is_whole_unique_and_in_order()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            SeededRandom random = new(seed);
            bool ordered = seed % 2 == 0;
            SctpPair pair = new(seed) { Loss = 0.2, Duplication = 0.1, Jitter = TimeSpan.FromMilliseconds(random.Next(40)) };
            pair.Connect();
            ushort lossy = pair.OpenChannel(new DataChannelOptions
            {
                Ordered = ordered,
                MaxRetransmits = seed % 3 == 0 ? null : (uint)random.Next(2),
                MaxPacketLifeTime = seed % 3 == 0 ? TimeSpan.FromMilliseconds(150) : null,
            });
            ushort reliable = pair.OpenChannel();
            List<byte[]> sent = [];
            for (int i = 0; i < 150; i++)
            {
                byte[] content = SctpTransferTests.Content(1 + (random.Next(4) == 0 ? random.Next(30_000) : random.Next(1500)), (byte)i);
                pair.Left.Association.Send(pair.Now, lossy, content, isText: false);
                sent.Add(content);
                pair.Left.Association.Send(pair.Now, reliable, [(byte)i], isText: false);
                pair.RunFor(random.NextDouble() * 0.1);
            }

            pair.RunUntil(() => pair.Right.Messages.Count(m => m.Channel == reliable) == 150, 600);
            pair.RunFor(60);
            Assert.Equal(Enumerable.Range(0, 150).Select(i => (byte)i), pair.Right.Messages.Where(m => m.Channel == reliable).Select(m => m.Data[0]));
            List<int> received = [.. pair.Right.Messages.Where(m => m.Channel == lossy).Select(m => sent.FindIndex(s => s.AsSpan().SequenceEqual(m.Data)))];
            Assert.DoesNotContain(-1, received);
            Assert.Equal(received.Count, received.Distinct().Count());
            if (ordered)
                Assert.Equal(received.Order(), received);
            Assert.InRange(received.Count, 5, 149);
            Assert.Equal(0, pair.Left.Association.Statistics.BytesInFlight);
            // Nothing vanishes untold; a message may be given up after it arrived, when the acknowledgements were lost.
            Assert.InRange(received.Count + pair.Left.Association.Statistics.MessagesAbandoned, 150, 180);
        }
    }
}
