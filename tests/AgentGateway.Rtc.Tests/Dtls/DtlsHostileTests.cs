using System.Buffers.Binary;
using AgentGateway.Rtc.Dtls;

namespace AgentGateway.Rtc.Tests.Dtls;

/// <summary>What somebody who can inject datagrams, but has no keys, can do to a handshake.</summary>
public sealed class DtlsHostileTests
{
    private static readonly DtlsEvent Connected = new(DtlsEventKind.Connected);

    [Fact]
    public void Real_time_between_the_calls_and_within_them_changes_nothing()
    {
        // OpenSSL reads the wall clock, so wall-clock time must pass for this test to mean anything: 20 ms is past its timer.
        string quick = Run(() => { }, () => { });
        Assert.Equal(quick, Run(() => Thread.Sleep(20), () => { }));
        Assert.Equal(quick, Run(() => { }, () => Thread.Sleep(20)));
        Assert.Equal(quick, Run(() => Thread.Sleep(20), () => Thread.Sleep(20)));
        Assert.EndsWith("Connected, Reason = None }", quick, StringComparison.Ordinal);

        static string Run(Action between, Action within)
        {
            var random = new Random(4);
            // The server's first flight takes two datagrams, and no message ends near the end of one (see DtlsLink.Describe).
            var options = new DtlsOptions { MaxDatagramSize = 600 };
            // A fingerprint is looked at in the middle of a call: messages were taken in, more are in the same datagram.
            using var link = new DtlsLink(
                options,
                options,
                new SlowList<DtlsFingerprint>([DtlsLink.ServerCertificate.Fingerprint], within),
                new SlowList<DtlsFingerprint>([DtlsLink.ClientCertificate.Fingerprint], within)) { BeforeEachStep = between };
            link.Impairment = (_, _, _) =>
                random.Next(4) == 0 ? DtlsLink.Lost : [TimeSpan.FromMilliseconds(random.Next(30)), TimeSpan.FromMilliseconds(40)];
            link.Connect(withinMilliseconds: 20_000);
            return string.Join('\n', link.Log);
        }
    }

    [Fact]
    public void Fragments_that_never_complete_cannot_wear_the_handshake_down()
    {
        using var link = new DtlsLink { BeforeEachStep = () => Thread.Sleep(18) };
        link.Start();
        link.RunUntil(() => link.Server.Statistics.DatagramsReceived == 1, 100);
        // A message beyond the flight, a byte at a time: each would be one look at an expired timer in OpenSSL.
        for (int i = 0; i < 40; i++)
            link.Inject(DtlsRole.Server, Fragment(type: 11, length: 9000, message: 6, offset: i, count: 1, record: (ulong)(100 + i)));
        link.RunUntil(() => link.Server.State != DtlsState.Handshaking, 1000);
        Assert.Equal([Connected], link.ServerEvents);
        Assert.True(link.Server.Statistics.DatagramsReceived > 40);
    }

    [Fact]
    public void Early_encrypted_records_are_kept_up_to_a_bound()
    {
        using var link = new DtlsLink();
        link.Server.Start(link.Clock.Now);
        for (int i = 0; i < 100; i++)
            link.Inject(DtlsRole.Server, Record(23, epoch: 1, (ulong)i, new byte[1000]));
        link.Run(15);
        Assert.Equal(96, link.Server.Statistics.DroppedExcess);
        link.Client.Start(link.Clock.Now);
        link.Drain();
        link.RunUntil(() => link.Server.State == DtlsState.Connected, 10_000);
        Assert.Equal([Connected], link.ServerEvents);
        Assert.Empty(link.ServerData);
    }

    [Fact]
    public void Contradicting_lengths_and_overruns_are_dropped()
    {
        using var link = new DtlsLink();
        link.Server.Start(link.Clock.Now);
        link.Inject(DtlsRole.Server, Fragment(type: 1, length: 100, message: 1, offset: 0, count: 50, record: 0));
        link.Inject(DtlsRole.Server, Fragment(type: 1, length: 200, message: 1, offset: 50, count: 50, record: 1));
        link.Inject(DtlsRole.Server, Fragment(type: 1, length: 20, message: 2, offset: 10, count: 11, record: 2));
        link.Inject(DtlsRole.Server, Fragment(type: 1, length: 0xFFFFFF, message: 0, offset: 0, count: 50, record: 3));
        link.Inject(DtlsRole.Server, Fragment(type: 1, length: 100, message: 0xFFFF, offset: 0, count: 50, record: 4));
        link.Run(20);
        Assert.Equal(3, link.Server.Statistics.DroppedExcess);
        Assert.Equal(1, link.Server.Statistics.DroppedDuplicate);
        Assert.Equal(DtlsState.Handshaking, link.Server.State);
        Assert.Equal(0, link.Server.Statistics.DatagramsSent);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Mutated_handshakes_never_throw_and_never_connect_wrongly(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 50; round++)
        {
            using var link = new DtlsLink();
            link.Impairment = (from, _, datagram) =>
            {
                for (int i = 0; i < 3; i++)
                {
                    byte[] copy = [.. datagram];
                    for (int flips = random.Next(1, 4); flips > 0; flips--)
                        copy[random.Next(random.Next(2) == 0 ? Math.Min(26, copy.Length) : copy.Length)] ^= (byte)(1 << random.Next(8));
                    link.Inject(from == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client, random.Next(4) == 0 ? copy[..random.Next(copy.Length)] : copy);
                }

                return random.Next(2) == 0 ? DtlsLink.OnTime : DtlsLink.Lost;
            };
            link.Start();
            link.Run(31_000);
            // Both ends agree on the transcript when they are connected; a one-sided one is the last flight lost.
            if (link.Client.State == DtlsState.Connected && link.Server.State == DtlsState.Connected)
            {
                byte[] atClient = new byte[56];
                byte[] atServer = new byte[56];
                link.Client.ExportSrtpKeys(atClient);
                link.Server.ExportSrtpKeys(atServer);
                Assert.Equal(atClient, atServer);
            }
            else
            {
                Assert.True(link.Client.State is DtlsState.Failed or DtlsState.Connected, $"seed {seed}, round {round}: {link.Client.State}");
            }
        }
    }

    private sealed class SlowList<T>(IReadOnlyList<T> items, Action beforeEnumeration) : IReadOnlyList<T>
    {
        public int Count => items.Count;

        public T this[int index] => items[index];

        public IEnumerator<T> GetEnumerator()
        {
            beforeEnumeration();
            return items.GetEnumerator();
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private static byte[] Fragment(byte type, int length, int message, int offset, int count, ulong record)
    {
        byte[] fragment = new byte[12 + count];
        BinaryPrimitives.WriteInt32BigEndian(fragment, length);
        fragment[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(4), (ushort)message);
        BinaryPrimitives.WriteInt32BigEndian(fragment.AsSpan(8), count);
        fragment[6] = (byte)(offset >> 16);
        fragment[7] = (byte)(offset >> 8);
        fragment[8] = (byte)offset;
        return Record(22, epoch: 0, record, fragment);
    }

    private static byte[] Record(byte type, ushort epoch, ulong sequence, byte[] fragment)
    {
        byte[] record = new byte[13 + fragment.Length];
        BinaryPrimitives.WriteUInt64BigEndian(record.AsSpan(3), sequence);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(3), epoch);
        record[0] = type;
        record[1] = 0xFE;
        record[2] = 0xFD;
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(11), (ushort)fragment.Length);
        fragment.CopyTo(record, 13);
        return record;
    }
}
