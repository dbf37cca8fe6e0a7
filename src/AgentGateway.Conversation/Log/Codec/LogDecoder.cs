using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Log.Codec;

/// <summary>Turns the bytes of a log into entries. The bytes are anybody's: nothing in them makes it throw or grow beyond them.</summary>
internal sealed class LogDecoder(ReadOnlyMemory<byte> file)
{
    private const int MaxUnknown = 64;

    private readonly List<string> _names = [];
    private readonly Dictionary<(RecordKind, int), long> _last = [];
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);
    private int _record;
    private int _position;
    private ulong _hash = LogFormat.HashStart;
    private Instant _at;
    private long _entries;

    /// <summary>How reading ended.</summary>
    public CallLogEnd End { get; private set; }

    /// <summary>What is wrong with a file that is damaged or cut off, and at which byte the record begins in which it shows.</summary>
    public string? Problem { get; private set; }

    /// <summary>Fields and values that this program does not know.</summary>
    public IReadOnlyCollection<string> Unknown => _unknown;

    public CallLogHeader? ReadHeader()
    {
        ReadOnlySpan<byte> bytes = file.Span;
        int start = LogFormat.Magic.Length + 1;
        if (bytes.Length < start || !bytes.StartsWith(LogFormat.Magic))
        {
            Fail("It is no call log.");
            return null;
        }

        if (bytes[start - 1] != LogFormat.Version)
        {
            Fail($"Its format has version {bytes[start - 1]}; this program reads version {LogFormat.Version}.");
            return null;
        }

        Take(start);
        if (!TryRecord(out ReadOnlySpan<byte> body))
            return null;
        if ((RecordKind)body[0] != RecordKind.Header)
        {
            Fail("It does not begin with a header.");
            return null;
        }

        try
        {
            CallLogHeader? header = JsonSerializer.Deserialize<CallLogHeader>(body[1..]);
            if (header?.Options is not null && header is { CallId: not null, Agent: not null, AgentVersion: not null, Gateway: not null } && IsSane(header))
            {
                _at = Instant.Zero;
                return header;
            }
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or FormatException or OverflowException)
        {
            // Told below.
        }

        Fail("Its header cannot be read.");
        return null;
    }

    /// <summary>The next entry; null at the end, see <see cref="End"/>.</summary>
    public CallLogEntry? Read()
    {
        while (End == CallLogEnd.NotReached)
        {
            ulong before = _hash;
            if (!TryRecord(out ReadOnlySpan<byte> body))
                return null;
            var kind = (RecordKind)body[0];
            var cursor = new Cursor(body[1..]);
            switch (kind)
            {
                case RecordKind.Name:
                    if (_names.Count == LogFormat.MaxNames || body.Length > LogFormat.MaxName)
                    {
                        Fail("It has too many names, or one that is too long.");
                        return null;
                    }

                    _names.Add(Encoding.UTF8.GetString(body[1..]));
                    continue;
                case RecordKind.End:
                    ReadEnd(cursor, before);
                    return null;
                case RecordKind.Fact or RecordKind.Timeout or RecordKind.Command or RecordKind.Note or RecordKind.Gap:
                    CallLogEntry? entry = ReadEntry(kind, cursor);
                    if (entry is null)
                        Fail($"Record {_entries + 1} cannot be read.");
                    _entries++;
                    return entry;
                default:
                    // A later program's record: skipped as a whole.
                    AddUnknown($"record {body[0]}");
                    _entries++;
                    continue;
            }
        }

        return null;
    }

    private CallLogEntry? ReadEntry(RecordKind kind, Cursor cursor)
    {
        long ticks = _at.Ticks + cursor.Signed();
        if (cursor.Failed || ticks < 0 || ticks > LogFormat.MaxTicks || ticks < _at.Ticks)
            return null;
        _at = new Instant(ticks);
        switch (kind)
        {
            case RecordKind.Fact:
                return ReadFields(kind, ref cursor, out TurnFact fact) ? new CallLogEntry.Fact(_at, fact) : null;
            case RecordKind.Command:
                return ReadFields(kind, ref cursor, out TurnCommand command) ? new CallLogEntry.Command(_at, command) : null;
            case RecordKind.Note:
                return ReadFields(kind, ref cursor, out DialogueNote note) ? new CallLogEntry.Note(_at, note) : null;
            case RecordKind.Timeout:
                string? name = Name(cursor.Unsigned());
                return cursor.Failed || !Enum.TryParse(name, out TurnTimer timer) ? null : new CallLogEntry.Timeout(_at, timer);
            default:
                ulong count = cursor.Unsigned();
                return cursor.Failed || count > long.MaxValue ? null : new CallLogEntry.Gap(_at, (long)count);
        }
    }

    private bool ReadFields<T>(RecordKind kind, ref Cursor cursor, out T record)
        where T : struct
    {
        RecordShape<T> shape = RecordShape<T>.Instance;
        record = shape.Blank();
        while (!cursor.AtEnd)
        {
            ulong tag = cursor.Unsigned();
            if (cursor.Failed || Name(tag >> 3) is not { } name)
                return false;
            var wire = (FieldWire)(tag & 7);
            long integer = 0;
            string? text = null;
            switch (wire)
            {
                case FieldWire.Integer:
                    integer = cursor.Signed();
                    break;
                case FieldWire.Delta:
                    integer = unchecked(_last.GetValueOrDefault((kind, (int)(tag >> 3))) + cursor.Signed());
                    _last[(kind, (int)(tag >> 3))] = integer;
                    break;
                case FieldWire.Before:
                    integer = unchecked(_at.Ticks - cursor.Signed());
                    break;
                case FieldWire.Single:
                    ReadOnlySpan<byte> single = cursor.Bytes(sizeof(int));
                    integer = single.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(single);
                    break;
                case FieldWire.Double:
                    ReadOnlySpan<byte> number = cursor.Bytes(sizeof(long));
                    integer = number.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(number);
                    break;
                case FieldWire.Text:
                    text = Encoding.UTF8.GetString(cursor.Bytes((int)Math.Min(cursor.Unsigned(), int.MaxValue)));
                    break;
                case FieldWire.Name:
                    text = Name(cursor.Unsigned());
                    break;
            }

            if (cursor.Failed || (wire == FieldWire.Name && text is null))
                return false;
            if (shape.Find(name) is not { } field)
                AddUnknown(name);
            else if (!field.TrySet(ref record, new FieldValue(wire, integer, text)))
                AddUnknown(wire == FieldWire.Name ? $"{name}.{text}" : name);
        }

        return true;
    }

    private void ReadEnd(Cursor cursor, ulong hash)
    {
        ReadOnlySpan<byte> how = cursor.Bytes(1);
        ulong entries = cursor.Unsigned();
        ReadOnlySpan<byte> told = cursor.Bytes(sizeof(ulong));
        if (cursor.Failed || _position != file.Length)
            Fail("Something follows its end.");
        else if (entries != (ulong)_entries || BinaryPrimitives.ReadUInt64LittleEndian(told) != hash)
            Fail("Its checksum is wrong: it was changed.");
        else if ((CallLogEnd)how[0] is not (CallLogEnd.Complete or CallLogEnd.SizeLimit))
            Fail("It ends in no known way: it was changed.");
        else
            End = (CallLogEnd)how[0];
    }

    private bool TryRecord(out ReadOnlySpan<byte> body)
    {
        body = default;
        _record = _position;
        var cursor = new Cursor(file.Span[_position..]);
        ulong length = cursor.Unsigned();
        if (cursor.Failed)
        {
            bool isCut = file.Length - _position < 10;
            Stop(isCut ? CallLogEnd.Truncated : CallLogEnd.Damaged, isCut ? "It breaks off." : "A length cannot be read.");
            return false;
        }

        if (length is 0 or > LogFormat.MaxRecord)
        {
            Fail($"A record of {length} bytes is none.");
            return false;
        }

        body = cursor.Bytes((int)length);
        if (cursor.Failed)
        {
            Stop(CallLogEnd.Truncated, "It breaks off.");
            return false;
        }

        Take(cursor.Position);
        return true;
    }

    private void Take(int count)
    {
        _hash = LogFormat.Hash(_hash, file.Span.Slice(_position, count));
        _position += count;
    }

    private string? Name(ulong number) => number < (ulong)_names.Count ? _names[(int)number] : null;

    private void AddUnknown(string what)
    {
        if (_unknown.Count < MaxUnknown)
            _unknown.Add(what);
    }

    private void Fail(string problem) => Stop(CallLogEnd.Damaged, problem);

    private void Stop(CallLogEnd end, string problem)
    {
        if (End != CallLogEnd.NotReached)
            return;
        End = end;
        Problem = $"{problem} (Byte {_record}.)";
    }

    // The engine trusts its options; those of a file are checked.
    private static bool IsSane(CallLogHeader header)
    {
        if (header.EngineStart < 0 || header.EngineStart > LogFormat.MaxTicks)
            return false;
        return typeof(TurnTakerOptions).GetProperties().All(property => property.GetValue(header.Options) switch
        {
            TimeSpan time => time >= TimeSpan.Zero && time.Ticks <= LogFormat.MaxTicks,
            double number => double.IsFinite(number),
            null => new System.Reflection.NullabilityInfoContext().Create(property).ReadState != System.Reflection.NullabilityState.NotNull,
            _ => true,
        });
    }

    /// <summary>Reads forward and remembers that it could not.</summary>
    private ref struct Cursor(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public int Position { get; private set; }

        public bool Failed { get; private set; }

        public readonly bool AtEnd => Failed || Position == _bytes.Length;

        public ulong Unsigned()
        {
            ulong value = 0;
            for (int shift = 0; shift < 64; shift += 7)
            {
                if (Position == _bytes.Length)
                    break;
                byte b = _bytes[Position++];
                if (shift == 63 && b > 1)
                    break;
                value |= (ulong)(b & 0x7F) << shift;
                if (b < 0x80)
                    return value;
            }

            Failed = true;
            return 0;
        }

        public long Signed()
        {
            ulong value = Unsigned();
            return (long)(value >> 1) ^ -(long)(value & 1);
        }

        public ReadOnlySpan<byte> Bytes(int count)
        {
            if (Failed || count > _bytes.Length - Position)
            {
                Failed = true;
                return default;
            }

            Position += count;
            return _bytes.Slice(Position - count, count);
        }
    }
}
