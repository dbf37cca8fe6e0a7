using System.Buffers.Binary;
using AgentGateway.Rtc.Dtls;

namespace AgentGateway.Rtc.Tests.Dtls;

public sealed class DtlsFlightAssemblerTests
{
    private const byte ClientHello = 1, ServerHello = 2, VerifyRequest = 3, Certificate = 11, HelloDone = 14, Verify = 15, KeyExchange = 16;

    private static readonly byte[] ChangeCipherSpec = Record(20, 0, [1]);
    private static readonly byte[] Finished = Record(22, 1, new byte[40]);

    [Fact]
    public void Server_waits_for_the_whole_second_flight_in_any_order()
    {
        byte[][] parts = [Message(Certificate, 1, 300), Message(KeyExchange, 2, 66), Message(Verify, 3, 72), ChangeCipherSpec, Finished];
        for (int seed = 0; seed < 30; seed++)
        {
            var assembler = new DtlsFlightAssembler(DtlsRole.Server);
            Assert.Equal(DtlsFlightAssembler.Outcome.Ready, assembler.Add(Message(ClientHello, 0, 200), out _));
            int[] order = [.. Enumerable.Range(0, parts.Length)];
            new Random(seed).Shuffle(order);
            for (int i = 0; i < order.Length; i++)
            {
                DtlsFlightAssembler.Outcome outcome = assembler.Add(parts[order[i]], out ReadOnlySpan<byte> flight);
                bool last = i == order.Length - 1;
                Assert.True(outcome == (last ? DtlsFlightAssembler.Outcome.Ready : DtlsFlightAssembler.Outcome.Held), $"seed {seed}: {outcome}");
                Assert.Equal(last ? "h11 h16 h15 20 [22]" : "", Describe(flight));
            }
        }
    }

    [Fact]
    public void Server_needs_no_proof_for_an_empty_certificate()
    {
        var assembler = new DtlsFlightAssembler(DtlsRole.Server);
        assembler.Add(Message(ClientHello, 0, 200), out _);
        assembler.Add([.. Message(Certificate, 1, 3), .. Message(KeyExchange, 2, 66)], out _);
        Assert.Equal(DtlsFlightAssembler.Outcome.Ready, assembler.Add([.. ChangeCipherSpec, .. Finished], out ReadOnlySpan<byte> flight));
        Assert.Equal("h11 h16 20 [22]", Describe(flight));
    }

    [Fact]
    public void Client_takes_a_verify_request_then_the_flight_then_finished()
    {
        var assembler = new DtlsFlightAssembler(DtlsRole.Client);
        assembler.Add(Message(VerifyRequest, 0, 20), out ReadOnlySpan<byte> flight);
        Assert.Equal("h3", Describe(flight));
        Assert.Equal(DtlsFlightAssembler.Outcome.Held, assembler.Add([.. Message(ServerHello, 1, 80), .. Message(HelloDone, 3, 0)], out _));
        assembler.Add(Message(Certificate, 2, 400), out flight);
        Assert.Equal("h2 h11 h14", Describe(flight));
        Assert.Equal(DtlsFlightAssembler.Outcome.Held, assembler.Add(ChangeCipherSpec, out _));
        assembler.Add(Finished, out flight);
        Assert.Equal("20 [22]", Describe(flight));
        // From here on OpenSSL has the keys.
        assembler.Add(Record(23, 1, new byte[30]), out flight);
        Assert.Equal("[23]", Describe(flight));
    }

    [Fact]
    public void Fragments_overlap_repeat_and_come_backwards()
    {
        var assembler = new DtlsFlightAssembler(DtlsRole.Server);
        byte[] body = new byte[100];
        new Random(1).NextBytes(body);
        Assert.Equal(DtlsFlightAssembler.Outcome.Held, assembler.Add(Fragment(ClientHello, 0, body, 60, 40), out _));
        Assert.Equal(DtlsFlightAssembler.Outcome.Held, assembler.Add(Fragment(ClientHello, 0, body, 30, 50), out _));
        Assert.Equal(DtlsFlightAssembler.Outcome.Duplicate, assembler.Add(Fragment(ClientHello, 0, body, 40, 30), out _));
        Assert.Equal(DtlsFlightAssembler.Outcome.Ready, assembler.Add(Fragment(ClientHello, 0, body, 0, 31), out ReadOnlySpan<byte> flight));
        Assert.Equal(body, flight[25..].ToArray());
        Assert.Equal(DtlsFlightAssembler.Outcome.Duplicate, assembler.Add(Fragment(ClientHello, 0, body, 0, 31), out _));
    }

    [Fact]
    public void Only_fatal_alerts_pass_and_one_at_a_time()
    {
        var assembler = new DtlsFlightAssembler(DtlsRole.Client);
        Assert.Equal(DtlsFlightAssembler.Outcome.Duplicate, assembler.Add(Record(21, 0, [1, 0]), out _));
        byte[] fatal = Record(21, 0, [2, 40]);
        Assert.Equal(DtlsFlightAssembler.Outcome.Ready, assembler.Add([.. fatal, .. fatal, .. fatal], out ReadOnlySpan<byte> flight));
        Assert.Equal("21", Describe(flight));
    }

    [Fact]
    public void What_is_held_is_bounded()
    {
        var assembler = new DtlsFlightAssembler(DtlsRole.Server);
        Assert.Equal(DtlsFlightAssembler.Outcome.Excess, assembler.Add(Message(ClientHello, 0, 200, claimed: 0xFFFFFF), out _));
        Assert.Equal(DtlsFlightAssembler.Outcome.Held, assembler.Add(Message(ClientHello, 1, 200, claimed: 9000), out _));
        Assert.Equal(DtlsFlightAssembler.Outcome.Excess, assembler.Add(Message(ClientHello, 2, 200, claimed: 9000), out _));
        Assert.Equal(DtlsFlightAssembler.Outcome.Excess, assembler.Add(Message(ClientHello, 8, 20), out _));
        for (int i = 0; i < 4; i++)
            Assert.Equal(DtlsFlightAssembler.Outcome.Held, assembler.Add(Record(23, 1, new byte[1000]), out _));
        Assert.Equal(DtlsFlightAssembler.Outcome.Excess, assembler.Add(Record(23, 1, new byte[1000]), out _));
        Assert.Equal(DtlsFlightAssembler.Outcome.Held, assembler.Add(Finished, out _));
    }

    private static byte[] Message(byte type, ushort number, int length, int? claimed = null) =>
        Fragment(type, number, new byte[length], 0, length, claimed);

    private static byte[] Fragment(byte type, ushort number, byte[] body, int offset, int count, int? claimed = null)
    {
        byte[] fragment = new byte[12 + count];
        BinaryPrimitives.WriteInt32BigEndian(fragment, claimed ?? body.Length);
        fragment[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(4), number);
        BinaryPrimitives.WriteInt32BigEndian(fragment.AsSpan(8), count);
        fragment[8] = (byte)offset;
        body.AsSpan(offset, count).CopyTo(fragment.AsSpan(12));
        return Record(22, 0, fragment);
    }

    private static byte[] Record(byte type, byte epoch, byte[] fragment) =>
        [type, 0xFE, 0xFD, 0, epoch, 0, 0, 0, 0, 0, 0, (byte)(fragment.Length >> 8), (byte)fragment.Length, .. fragment];

    private static string Describe(ReadOnlySpan<byte> flight)
    {
        var parts = new List<string>();
        while (flight.Length > 0)
        {
            parts.Add(flight[4] > 0 ? $"[{flight[0]}]" : flight[0] == 22 ? $"h{flight[13]}" : $"{flight[0]}");
            flight = flight[(13 + BinaryPrimitives.ReadUInt16BigEndian(flight[11..]))..];
        }

        return string.Join(' ', parts);
    }
}
