using AgentGateway.Rtc.Sctp;
using AgentGateway.Rtc.Tests.Wire.Sctp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Sctp;

/// <summary>Mutated and generated packets against live associations: no exception, bounded answers, bounded memory.</summary>
public sealed class SctpFuzzTests
{
    // More than the suite has time for: set the variable and let it run.
    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("AGENTGATEWAY_FUZZ_ROUNDS"), out int rounds) ? rounds : 8_000;

    private static readonly byte[] KnownTypes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 130, 132, 192];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Mutated_packets(int seed)
    {
        SeededRandom random = new((ulong)seed);
        List<byte[]> corpus = [.. Record((ulong)seed), .. CapturedPacketTests.Load()];
        SctpPair pair = Fresh((ulong)seed);
        int rounds = 0;
        for (int i = 0; i < Rounds; i++)
        {
            // The tag of the association at hand, or nothing would get past the first check.
            byte[] packet = Mutate(random, corpus[random.Next(corpus.Count)]);
            if (packet.Length >= 8 && random.Next(10) > 0 && pair.Left.Sent.Count > 0 && !(packet.Length > 12 && packet[12] == 1))
                pair.Left.Sent[^1].Data.AsSpan(4, 4).CopyTo(packet.AsSpan(4));
            Inject(pair, random, packet);
            if (pair.Right.Association.State == SctpState.Established && i % 400 != 0)
                continue;
            // The same seed again: tags, TSNs and cookies of the corpus belong to it.
            rounds++;
            pair = Fresh((ulong)seed);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} associations");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Generated_chunks_near_the_state_of_the_association(int seed)
    {
        SeededRandom random = new((ulong)seed);
        SctpPair pair = Fresh((ulong)seed);
        int rounds = 0;
        for (int i = 0; i < Rounds; i++)
        {
            byte[] like = pair.Left.Sent[^1].Data;
            byte[][] chunks = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Generate(random, pair))];
            Inject(pair, random, SctpPackets.WithChunks(like, chunks));
            rounds = Renew(ref pair, random, rounds);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} associations were ended");
    }

    private static SctpPair Fresh(ulong seed)
    {
        SctpPair pair = new(seed);
        pair.Connect();
        pair.OpenChannel(new DataChannelOptions { MaxRetransmits = 1 });
        pair.OpenChannel();
        return pair;
    }

    private static void Inject(SctpPair pair, SeededRandom random, byte[] packet)
    {
        int before = pair.Right.Sent.Count;
        pair.Right.Association.Handle(pair.Now, packet);
        pair.Drain();
        // Acknowledgements open the window for what is queued; beyond that a packet makes few packets.
        Assert.InRange(pair.Right.Sent.Count - before, 0, 400);
        if (random.Next(8) == 0)
        {
            pair.Right.Association.Send(pair.Now, (ushort)(2 * random.Next(3)), new byte[1 + random.Next(3000)], isText: false);
            pair.Left.Association.Send(pair.Now, (ushort)(2 * random.Next(3)), new byte[1 + random.Next(3000)], isText: false);
        }

        pair.RunFor(random.Next(4) == 0 ? 0.2 : 0.001);
    }

    private static int Renew(ref SctpPair pair, SeededRandom random, int rounds)
    {
        bool ended = pair.Right.Association.State != SctpState.Established || pair.Left.Association.State != SctpState.Established;
        // A long record makes the search for the next TSN slow, and an association with its channels closed finds little.
        if (!ended && pair.Left.Sent.Count < 1500)
            return rounds;
        pair = Fresh(random.Next());
        return rounds + (ended ? 1 : 0);
    }

    private static List<byte[]> Record(ulong seed)
    {
        SctpPair pair = Fresh(seed);
        pair.Loss = 0.1;
        ushort id = pair.OpenChannel(new DataChannelOptions { Ordered = false, MaxRetransmits = 0 });
        for (byte i = 0; i < 20; i++)
        {
            pair.Left.Association.Send(pair.Now, id, SctpTransferTests.Content(1 + (i * 300), i), isText: false);
            pair.Right.Association.Send(pair.Now, id, SctpTransferTests.Content(1 + (i * 30), i), isText: true);
            pair.RunFor(0.05);
        }

        pair.Left.Association.CloseChannel(pair.Now, id);
        pair.RunFor(60);
        pair.Left.Association.Shutdown(pair.Now);
        pair.RunFor(5);
        return [.. pair.Left.Sent.Select(p => p.Data)];
    }

    private static byte[] Mutate(SeededRandom random, byte[] original)
    {
        List<byte> packet = [.. original];
        for (int i = random.Next(6); i >= 0 && packet.Count > 0; i--)
        {
            int position = random.Next(packet.Count);
            switch (random.Next(5))
            {
                case 0:
                    packet[position] = (byte)random.Next(256);
                    break;
                case 1:
                    packet[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    packet.RemoveRange(position, Math.Min(random.Next(16), packet.Count - position));
                    break;
                case 3:
                    packet.InsertRange(position, packet.GetRange(position, Math.Min(random.Next(64), packet.Count - position)));
                    break;
                default:
                    packet[position] = random.Next(2) == 0 ? (byte)0 : (byte)255;
                    break;
            }
        }

        byte[] result = [.. packet];
        return random.Next(20) == 0 ? result : SctpPackets.Seal(result);
    }

    private static byte[] Generate(SeededRandom random, SctpPair pair)
    {
        uint near = SctpPackets.NextTsn(random.Next(2) == 0 ? pair.Left : pair.Right) + (uint)random.Next(60) - 20;
        byte type = random.Next(20) == 0 ? (byte)random.Next(256) : KnownTypes[random.Next(KnownTypes.Length)];
        byte[] tail = new byte[random.Next(80)];
        random.Fill(tail);
        for (int i = 0; i < tail.Length; i++)
        {
            if (random.Next(2) == 0)
                tail[i] = (byte)random.Next(4);
        }

        byte[] number = [(byte)(near >> 24), (byte)(near >> 16), (byte)(near >> 8), (byte)near];
        return type switch
        {
            0 => SctpPackets.Data(
                near,
                (ushort)random.Next(6),
                (ushort)random.Next(4),
                (uint)(50 + random.Next(8)),
                (byte)random.Next(16),
                tail.Length == 0 ? [1] : tail),
            130 => SctpPackets.Chunk(type, 0, [0, (byte)(13 + random.Next(6)), 0, (byte)(4 + random.Next(20)), .. number, .. tail]),
            // Ending the association each time would leave nothing to look at.
            1 or 6 or 7 or 8 or 14 when random.Next(20) > 0 => SctpPackets.Chunk(4, 0, tail),
            _ => SctpPackets.Chunk(type, (byte)random.Next(4), [.. number, .. tail]),
        };
    }
}
