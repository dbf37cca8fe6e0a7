using System.Reflection;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Log.Codec;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.Log;

public sealed class CallLogCodecTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(32);

    [Fact]
    public void Every_fact_command_and_note_survives_with_every_property()
    {
        List<CallLogEntry> entries = [];
        for (int i = 0; i < 40; i++)
        {
            Instant at = Instant.FromMilliseconds(1000 + (i * 31.7));
            entries.Add(new CallLogEntry.Fact(at, Filled<TurnFact>(i)));
            entries.Add(new CallLogEntry.Timeout(at, (TurnTimer)(i % Enum.GetValues<TurnTimer>().Length)));
            entries.Add(new CallLogEntry.Command(at, Filled<TurnCommand>(i)));
            entries.Add(new CallLogEntry.Note(at, Filled<DialogueNote>(i)));
            entries.Add(new CallLogEntry.Gap(at, i));
        }

        CallLogReader log = Open(Write(entries));

        Assert.Equal(entries, ReadAll(log));
        Assert.Equal(CallLogEnd.Complete, log.End);
        Assert.Empty(log.Unknown);
    }

    [Fact]
    public void What_is_absent_is_what_the_makers_of_facts_leave_out()
    {
        CallLogEntry[] entries =
        [
            new CallLogEntry.Fact(Instant.Zero, TurnFact.Ready(greeting: false)),
            new CallLogEntry.Fact(Instant.Zero, TurnFact.Voice(0, 0, Window, Instant.Zero)),
            new CallLogEntry.Fact(Instant.Zero, TurnFact.Transcript(1, "", isFinal: true)),
            new CallLogEntry.Fact(Instant.Zero, TurnFact.Typed("héllo 👋 \0", runImmediately: true, spoken: false)),
            new CallLogEntry.Fact(Instant.Zero, TurnFact.RecognizerLost()),
            new CallLogEntry.Fact(Instant.Zero, TurnFact.Reply(TurnFactKind.ReplyFinished, 3)),
            new CallLogEntry.Fact(Instant.Zero, TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true)),
            new CallLogEntry.Command(Instant.Zero, new TurnCommand { Kind = TurnCommandKind.HoldPlayout }),
        ];

        Assert.Equal(entries, ReadAll(Open(Write(entries))));
    }

    [Fact]
    public void The_header_survives()
    {
        var header = new CallLogHeader
        {
            CallId = "a-b_c",
            Agent = "receptionist",
            AgentVersion = "0123456789ab",
            Gateway = "1.2.3",
            StartedAt = new DateTimeOffset(2026, 2, 3, 4, 5, 6, 789, TimeSpan.Zero),
            EngineStart = 12345678,
            Options = new TurnTakerOptions { Language = "de", ActivationThreshold = 0.1 + 0.2, MinDelay = TimeSpan.FromTicks(1234567) },
        };
        var buffer = new CallLogBuffer();
        buffer.Begin(header);

        Assert.Equal(header, Open(buffer.Bytes).Header);
    }

    [Fact]
    public void A_window_of_voice_takes_less_than_24_bytes()
    {
        List<CallLogEntry> entries = [];
        for (int i = 1; i <= 1000; i++)
        {
            Instant at = Instant.FromMilliseconds((i * 32) + (i % 3));
            entries.Add(new CallLogEntry.Fact(at, TurnFact.Voice(1f / i, i * 512, Window, at - TimeSpan.FromMilliseconds(i % 5))));
        }

        int empty = Write([]).Length;
        Assert.InRange((Write(entries).Length - empty) / 1000.0, 8, 24);
    }

    [Fact]
    public void A_file_cut_anywhere_reads_up_to_there()
    {
        ReadOnlyMemory<byte> whole = Write(Sample());
        List<CallLogEntry> all = ReadAll(Open(whole));
        for (int length = 0; length < whole.Length; length++)
        {
            if (!CallLogReader.TryOpen(whole[..length], out CallLogReader? log, out string? problem))
            {
                Assert.False(string.IsNullOrEmpty(problem));
                continue;
            }

            List<CallLogEntry> read = ReadAll(log!);
            Assert.Equal(all.Take(read.Count), read);
            Assert.Equal(CallLogEnd.Truncated, log!.End);
        }
    }

    [Fact]
    public void A_damaged_file_never_throws_and_is_never_called_complete()
    {
        byte[] whole = Write(Sample()).ToArray();
        for (ulong seed = 1; seed <= 3000; seed++)
        {
            var random = new SeededRandom(seed);
            byte[] damaged = [.. whole];
            for (int flips = 1 + random.Next(4); flips > 0; flips--)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            if (damaged.AsSpan().SequenceEqual(whole) || !CallLogReader.TryOpen(damaged, out CallLogReader? log, out _))
                continue;
            ReadAll(log!);
            Assert.True(log!.End is CallLogEnd.Damaged or CallLogEnd.Truncated, $"{random}: {log.End}");
        }
    }

    [Fact]
    public void Random_bytes_behind_a_good_header_do_no_harm()
    {
        byte[] header = Write([]).ToArray();
        for (ulong seed = 1; seed <= 1000; seed++)
        {
            var random = new SeededRandom(seed);
            byte[] noise = new byte[random.Next(400)];
            random.Fill(noise);
            Assert.True(CallLogReader.TryOpen((byte[])[.. header[..^12], .. noise], out CallLogReader? log, out _));
            ReadAll(log!);
            Assert.NotEqual(CallLogEnd.NotReached, log!.End);
        }
    }

    [Fact]
    public void A_text_that_is_too_long_is_cut_between_characters()
    {
        string text = string.Concat(Enumerable.Repeat("👋", 40_000));
        var note = (CallLogEntry.Note)ReadAll(Open(Write([new CallLogEntry.Note(Instant.Zero, new DialogueNote { Text = text })])))[0];

        Assert.InRange(note.Value.Text!.Length, 20_000, text.Length);
        Assert.StartsWith(note.Value.Text, text, StringComparison.Ordinal);
        Assert.False(char.IsHighSurrogate(note.Value.Text[^1]));
    }

    [Fact]
    public void A_file_of_a_later_format_is_refused_by_its_version()
    {
        byte[] file = Write([]).ToArray();
        file[LogFormat.Magic.Length] = 9;

        Assert.False(CallLogReader.TryOpen(file, out _, out string? problem));
        Assert.Contains("version 9", problem, StringComparison.Ordinal);
    }

    internal static ReadOnlyMemory<byte> Write(IEnumerable<CallLogEntry> entries, CallLogHeader? header = null)
    {
        var buffer = new CallLogBuffer();
        buffer.Begin(header ?? new CallLogHeader());
        foreach (CallLogEntry entry in entries)
            buffer.Add(entry);
        buffer.Complete();
        return buffer.Bytes;
    }

    internal static CallLogReader Open(ReadOnlyMemory<byte> file)
    {
        Assert.True(CallLogReader.TryOpen(file, out CallLogReader? log, out string? problem), problem);
        return log!;
    }

    internal static List<CallLogEntry> ReadAll(CallLogReader log)
    {
        List<CallLogEntry> entries = [];
        while (log.TryRead(out CallLogEntry entry))
            entries.Add(entry);
        return entries;
    }

    private static IEnumerable<CallLogEntry> Sample()
    {
        for (int i = 0; i < 25; i++)
        {
            Instant at = Instant.FromMilliseconds(i * 32);
            yield return new CallLogEntry.Fact(at, TurnFact.Voice(0.5f, i * 512, Window, at));
            yield return new CallLogEntry.Fact(at, TurnFact.Transcript(1, "what are your opening hours", isFinal: i % 2 == 0));
            yield return new CallLogEntry.Command(at, new TurnCommand { Kind = TurnCommandKind.CommitTurn, Turn = i, Text = "x" });
            yield return new CallLogEntry.Note(at, new DialogueNote { Kind = DialogueNoteKind.Heard, Length = i });
        }
    }

    // Every property has a value of its own, so that one the codec forgot shows.
    private static T Filled<T>(int seed)
        where T : struct
    {
        object record = default(T);
        int value = (seed * 100) + 1;
        foreach (PropertyInfo property in typeof(T).GetProperties().Where(p => p.SetMethod is not null))
            property.SetValue(record, Value(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, value++));
        return (T)record;
    }

    private static object Value(Type type, int value)
    {
        if (type == typeof(string))
            return $"text {value}";
        if (type == typeof(bool))
            return value % 3 != 0;
        if (type == typeof(TimeSpan))
            return TimeSpan.FromTicks(value * 12345L);
        if (type == typeof(Instant))
            return new Instant(value * 54321L);
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(value % Enum.GetValues(type).Length)!;
        if (type.IsPrimitive)
            return Convert.ChangeType(value - 2000, type, System.Globalization.CultureInfo.InvariantCulture);
        return Array.CreateInstance(type.GetElementType() ?? type.GetGenericArguments()[0], 0);
    }
}
