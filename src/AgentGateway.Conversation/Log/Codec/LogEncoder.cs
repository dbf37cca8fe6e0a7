using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Log.Codec;

/// <summary>Turns entries into the bytes of a log. Not thread-safe: one owner.</summary>
internal sealed class LogEncoder
{
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly ArrayBufferWriter<byte> _body = new(512);
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<(RecordKind, int), long> _last = [];
    private ulong _hash = LogFormat.HashStart;
    private Instant _at;
    private long _entries;

    /// <summary>Bytes that were not taken yet.</summary>
    public ReadOnlyMemory<byte> Pending => _output.WrittenMemory;

    /// <summary>Forgets the pending bytes: they were written.</summary>
    public void Clear() => _output.ResetWrittenCount();

    public void Begin(CallLogHeader header)
    {
        Emit([.. LogFormat.Magic, LogFormat.Version]);
        Put((byte)RecordKind.Header);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        _body.Write(json);
        Finish();
    }

    public void Add(CallLogEntry entry)
    {
        _entries++;
        switch (entry)
        {
            case CallLogEntry.Fact fact:
                Head(RecordKind.Fact, entry.At);
                Write(RecordKind.Fact, fact.Value, entry.At);
                break;
            case CallLogEntry.Timeout timeout:
                Head(RecordKind.Timeout, entry.At);
                PutUnsigned((ulong)Number(timeout.Timer.ToString()));
                break;
            case CallLogEntry.Command command:
                Head(RecordKind.Command, entry.At);
                Write(RecordKind.Command, command.Value, entry.At);
                break;
            case CallLogEntry.Note note:
                Head(RecordKind.Note, entry.At);
                Write(RecordKind.Note, note.Value, entry.At);
                break;
            case CallLogEntry.Gap gap:
                Head(RecordKind.Gap, entry.At);
                PutUnsigned((ulong)gap.Count);
                break;
            default:
                throw new ArgumentException($"{entry.GetType()} is no entry of a log.", nameof(entry));
        }

        Finish();
    }

    /// <summary>Nothing follows.</summary>
    public void End(CallLogEnd how)
    {
        Put((byte)RecordKind.End);
        Put((byte)how);
        PutUnsigned((ulong)_entries);
        Span<byte> hash = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, _hash);
        _body.Write(hash);
        Finish();
    }

    /// <summary>The bytes of one command, independent of a file: equal bytes are equal decisions.</summary>
    public static byte[] Canonical(in TurnCommand command)
    {
        var encoder = new LogEncoder();
        encoder.Write(RecordKind.Command, command, Instant.Zero);
        encoder.Finish();
        return encoder.Pending.ToArray();
    }

    private void Head(RecordKind kind, Instant at)
    {
        Put((byte)kind);
        PutSigned(at.Ticks - _at.Ticks);
        _at = at;
    }

    private void Write<T>(RecordKind kind, T record, Instant at)
        where T : struct
    {
        foreach (RecordField<T> field in RecordShape<T>.Instance.Fields)
        {
            if (!field.TryGet(ref record, out FieldValue value))
                continue;
            int name = Number(field.Name);
            PutUnsigned(((ulong)name << 3) | (uint)value.Wire);
            switch (value.Wire)
            {
                case FieldWire.Integer:
                    PutSigned(value.Integer);
                    break;
                case FieldWire.Delta:
                    PutSigned(value.Integer - _last.GetValueOrDefault((kind, name)));
                    _last[(kind, name)] = value.Integer;
                    break;
                case FieldWire.Before:
                    PutSigned(at.Ticks - value.Integer);
                    break;
                case FieldWire.Single:
                    BinaryPrimitives.WriteInt32LittleEndian(_body.GetSpan(sizeof(int)), (int)value.Integer);
                    _body.Advance(sizeof(int));
                    break;
                case FieldWire.Double:
                    BinaryPrimitives.WriteInt64LittleEndian(_body.GetSpan(sizeof(long)), value.Integer);
                    _body.Advance(sizeof(long));
                    break;
                case FieldWire.Text:
                    PutText(value.Text!);
                    break;
                case FieldWire.Name:
                    PutUnsigned((ulong)Number(value.Text!));
                    break;
            }
        }
    }

    private void PutText(string text)
    {
        ReadOnlySpan<char> kept = text;
        // Three bytes of UTF-8 for a UTF-16 unit at most; cut between characters.
        if (kept.Length > LogFormat.MaxText / 3)
        {
            kept = kept[..(LogFormat.MaxText / 3)];
            if (char.IsHighSurrogate(kept[^1]))
                kept = kept[..^1];
        }

        int length = Encoding.UTF8.GetByteCount(kept);
        PutUnsigned((ulong)length);
        Encoding.UTF8.GetBytes(kept, _body.GetSpan(length));
        _body.Advance(length);
    }

    // A name is told once, before the record that needs it.
    private int Number(string name)
    {
        if (_names.TryGetValue(name, out int number))
            return number;
        number = _names.Count;
        _names.Add(name, number);
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        Emit([.. Varint((ulong)utf8.Length + 1), (byte)RecordKind.Name, .. utf8]);
        return number;
    }

    private void Finish()
    {
        Emit(Varint((ulong)_body.WrittenCount));
        Emit(_body.WrittenSpan);
        _body.ResetWrittenCount();
    }

    private void Emit(ReadOnlySpan<byte> bytes)
    {
        _hash = LogFormat.Hash(_hash, bytes);
        _output.Write(bytes);
    }

    private void Put(byte value)
    {
        _body.GetSpan(1)[0] = value;
        _body.Advance(1);
    }

    private void PutSigned(long value) => PutUnsigned((ulong)((value << 1) ^ (value >> 63)));

    private void PutUnsigned(ulong value) => _body.Advance(Varint(value, _body.GetSpan(10)));

    private static byte[] Varint(ulong value)
    {
        byte[] bytes = new byte[10];
        return bytes[..Varint(value, bytes)];
    }

    private static int Varint(ulong value, Span<byte> destination)
    {
        int count = 0;
        while (value >= 0x80)
        {
            destination[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[count++] = (byte)value;
        return count;
    }
}
