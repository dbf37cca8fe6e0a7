using System.Text;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Log.Codec;
using AgentGateway.Conversation.Log.Replay;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.Log;

/// <summary>A log is a file of anybody's: what is wrong with it is said, with the byte at which it shows, and costs no more than the file.</summary>
public sealed class HostileLogTests
{
    private const string Header = """{"CallId":"c","Agent":"a","AgentVersion":"v","Gateway":"g","Options":{}}""";

    // Kind, Probability: the names that the records below use.
    private static readonly byte[][] Names = [Record(RecordKind.Name, "Kind"), Record(RecordKind.Name, "Text"), Record(RecordKind.Name, "Position")];

    public static TheoryData<string, byte[], string> Damages => new()
    {
        { "a record of no bytes", [0], "A record of 0 bytes is none." },
        { "a record larger than any", Varint(LogFormat.MaxRecord + 1), $"A record of {LogFormat.MaxRecord + 1} bytes is none." },
        { "a record of 2^63 bytes", Varint(1ul << 63), "A record of 9223372036854775808 bytes is none." },
        { "a length without end", [.. Enumerable.Repeat((byte)0xFF, 16)], "A length cannot be read." },
        { "a text of 2^31 bytes", Record(RecordKind.Fact, [0, Tag(1, FieldWire.Text), .. Varint(1ul << 31)]), "cannot be read" },
        { "a text of 2^64 bytes less one", Record(RecordKind.Fact, [0, Tag(1, FieldWire.Text), .. Varint(ulong.MaxValue)]), "cannot be read" },
        { "a name that was not told", Record(RecordKind.Fact, [0, Tag(9, FieldWire.True)]), "cannot be read" },
        { "a value that is no name", Record(RecordKind.Fact, [0, Tag(0, FieldWire.Name), .. Varint(77)]), "cannot be read" },
        { "a timer that was not told", Record(RecordKind.Timeout, [0, .. Varint(5)]), "cannot be read" },
        { "a timer that is none", Record(RecordKind.Timeout, [0, .. Varint(0)]), "cannot be read" },
        { "time that goes back", Record(RecordKind.Fact, Varint(1)), "cannot be read" },
        { "time beyond 30 days", Record(RecordKind.Fact, Varint((ulong)LogFormat.MaxTicks * 2 + 2)), "cannot be read" },
        { "a gap of 2^64 entries less one", Record(RecordKind.Gap, [0, .. Varint(ulong.MaxValue)]), "cannot be read" },
        { "half a number", Record(RecordKind.Fact, [0, Tag(2, FieldWire.Double), 1, 2, 3]), "cannot be read" },
        { "a name of 200 bytes", Record(RecordKind.Name, new string('n', 200)), "too many names, or one that is too long" },
        { "an end of nothing", Record(RecordKind.End, []), "Something follows its end." },
        { "an end with another checksum", Record(RecordKind.End, [1, 0, .. new byte[8]]), "Its checksum is wrong" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Damage_is_named_with_its_byte(string what, byte[] damage, string expected)
    {
        byte[] good = [.. Beginning(), .. Names.SelectMany(n => n)];
        CallLogReader log = CallLogCodecTests.Open((byte[])[.. good, .. damage]);

        Assert.Empty(CallLogCodecTests.ReadAll(log));
        Assert.Equal((what, CallLogEnd.Damaged), (what, log.End));
        Assert.Contains(expected, log.Problem, StringComparison.Ordinal);
        Assert.EndsWith($"(Byte {good.Length}.)", log.Problem, StringComparison.Ordinal);
        Assert.Contains(log.Problem!, CallReplay.Run(CallLogCodecTests.Open((byte[])[.. good, .. damage])).Remarks);
    }

    [Theory]
    [InlineData("", "It is no call log.")]
    [InlineData("AGCALLOGX", "version 88")]
    [InlineData("GIF89a and more of it", "It is no call log.")]
    public void What_is_no_log_is_refused(string file, string expected)
    {
        Assert.False(CallLogReader.TryOpen(Encoding.ASCII.GetBytes(file), out CallLogReader? log, out string? problem));
        Assert.Null(log);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"CallId":null,"Agent":"a","AgentVersion":"v","Gateway":"g","Options":{}}""")]
    [InlineData("""{"CallId":"c","Agent":"a","AgentVersion":"v","Gateway":"g","Options":null}""")]
    [InlineData("""{"CallId":"c","Agent":"a","AgentVersion":"v","Gateway":"g","Options":{"Language":null}}""")]
    [InlineData("""{"CallId":"c","Agent":"a","AgentVersion":"v","Gateway":"g","Options":{"MinDelay":"-00:00:01"}}""")]
    [InlineData("""{"CallId":"c","Agent":"a","AgentVersion":"v","Gateway":"g","Options":{"MaxTurn":"3650.00:00:00"}}""")]
    [InlineData("""{"CallId":"c","Agent":"a","AgentVersion":"v","Gateway":"g","Options":{"MaxSpeculations":1e99}}""")]
    [InlineData("""{"CallId":"c","Agent":"a","AgentVersion":"v","Gateway":"g","EngineStart":-1,"Options":{}}""")]
    [InlineData("""{"CallId":"c","Agent":"a","AgentVersion":"v","Gateway":"g","Options":{},"More":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}""")]
    public void A_header_that_no_gateway_wrote_is_refused(string header)
    {
        Assert.False(CallLogReader.TryOpen(Beginning(header), out _, out string? problem));
        Assert.Equal($"Its header cannot be read. (Byte {LogFormat.Magic.Length + 1}.)", problem);
    }

    [Fact]
    public void A_file_that_breaks_off_says_where()
    {
        byte[] good = Beginning();
        byte[] next = Record(RecordKind.Name, "Kind");
        for (int length = 0; length < next.Length; length++)
        {
            CallLogReader log = CallLogCodecTests.Open((byte[])[.. good, .. next[..length]]);
            Assert.Empty(CallLogCodecTests.ReadAll(log));
            Assert.Equal((CallLogEnd.Truncated, $"It breaks off. (Byte {good.Length}.)"), (log.End, log.Problem));
        }

        Assert.False(CallLogReader.TryOpen(good.AsMemory(0, good.Length - 1), out _, out string? problem));
        Assert.Equal($"It breaks off. (Byte {LogFormat.Magic.Length + 1}.)", problem);
    }

    [Fact]
    public void Names_are_bounded()
    {
        byte[] file = [.. Beginning(), .. Enumerable.Range(0, LogFormat.MaxNames + 1).SelectMany(i => Record(RecordKind.Name, $"{i}"))];
        CallLogReader log = CallLogCodecTests.Open(file);

        Assert.Empty(CallLogCodecTests.ReadAll(log));
        Assert.StartsWith("It has too many names", log.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_and_fields_of_a_later_program_are_passed_over_and_told()
    {
        byte[] file =
        [
            .. Beginning(), .. Names.SelectMany(n => n), .. Record(RecordKind.Name, "Mood"), .. Record((RecordKind)99, "whatever it is"),
            .. Record(RecordKind.Fact, [0, Tag(0, FieldWire.Name), .. Varint(3), Tag(3, FieldWire.True), Tag(2, FieldWire.Delta), .. Varint(2 * 512)]),
        ];
        CallLogReader log = CallLogCodecTests.Open(file);

        CallLogEntry entry = Assert.Single(CallLogCodecTests.ReadAll(log));
        Assert.Equal(512, Assert.IsType<CallLogEntry.Fact>(entry).Value.Position);
        Assert.Equal(["Kind.Mood", "Mood", "record 99"], log.Unknown);
    }

    [Fact]
    public void Facts_that_no_driver_would_tell_do_not_break_the_replay()
    {
        Instant late = new(LogFormat.MaxTicks);
        TimeSpan day = TimeSpan.FromDays(29);
        TurnFact[] facts =
        [
            TurnFact.Ready(greeting: true),
            TurnFact.Voice(float.NaN, long.MinValue, day, Instant.Zero, float.PositiveInfinity),
            TurnFact.Voice(1, long.MaxValue, day, late),
            TurnFact.Voice(1, long.MinValue, -day, Instant.Zero),
            TurnFact.Voice(float.NegativeInfinity, 0, day, late),
            TurnFact.Transcript(int.MinValue, "x", isFinal: true, float.NaN),
            TurnFact.Transcript(1, new string('a', 60_000), isFinal: false, -5),
            TurnFact.EndOfTurn(1, float.NaN),
            TurnFact.Reply(TurnFactKind.PlayoutStarted, int.MaxValue),
            TurnFact.Reply(TurnFactKind.PlayoutStarted, 1),
            TurnFact.Reply((TurnFactKind)999, 1),
            TurnFact.ListenFor(1, (ListeningContext)999),
            new TurnFact { Kind = TurnFactKind.Dtmf, Text = "not a key" },
            new TurnFact { Kind = TurnFactKind.TypedText, Text = "" },
            TurnFact.End((ConversationEndReason)999, afterReply: true),
        ];
        for (ulong seed = 1; seed <= 400; seed++)
        {
            var random = new SeededRandom(seed);
            Instant at = Instant.Zero;
            List<CallLogEntry> entries = [];
            for (int i = 0; i < 60; i++)
            {
                at += TimeSpan.FromTicks(random.Next(4) == 0 ? random.Next(int.MaxValue) * 10L : random.Next(1000));
                entries.Add(random.Next(4) == 0 ? new CallLogEntry.Timeout(at, (TurnTimer)random.Next(14)) : new CallLogEntry.Fact(at, facts[random.Next(facts.Length)]));
            }

            ReadOnlyMemory<byte> file = CallLogCodecTests.Write(entries, new CallLogHeader { Options = new TurnTakerOptions { Speculate = true, JudgeEndOfTurn = true } });
            CallReplay.Run(CallLogCodecTests.Open(file));
            CallTranscript.Of(CallLogCodecTests.Open(file));
        }
    }

    private static byte[] Beginning(string header = Header) => [.. LogFormat.Magic, LogFormat.Version, .. Record(RecordKind.Header, header)];

    private static byte[] Record(RecordKind kind, string body) => Record(kind, Encoding.UTF8.GetBytes(body));

    private static byte[] Record(RecordKind kind, byte[] body) => [.. Varint((ulong)body.Length + 1), (byte)kind, .. body];

    private static byte Tag(int name, FieldWire wire) => (byte)((name << 3) | (int)wire);

    private static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
