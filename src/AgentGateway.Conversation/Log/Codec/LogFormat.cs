namespace AgentGateway.Conversation.Log.Codec;

/// <summary>The constants of the file format; DESIGN.md describes it.</summary>
internal static class LogFormat
{
    public const byte Version = 1;

    /// <summary>Most bytes of one record.</summary>
    public const int MaxRecord = 1 << 18;

    /// <summary>Most bytes of one text; longer ones are cut by the writer.</summary>
    public const int MaxText = 1 << 16;

    /// <summary>Most names in a file.</summary>
    public const int MaxNames = 4096;

    /// <summary>Most bytes of a name.</summary>
    public const int MaxName = 128;

    /// <summary>Most bytes of a file that is read.</summary>
    public const int MaxFile = 256 << 20;

    /// <summary>Times and durations beyond it are damage: 30 days.</summary>
    public static readonly long MaxTicks = TimeSpan.FromDays(30).Ticks;

    public static ReadOnlySpan<byte> Magic => "AGCALLOG"u8;

    /// <summary>FNV-1a, 64 bits: finds accidents, not forgeries.</summary>
    public static ulong Hash(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
            hash = (hash ^ b) * 1099511628211;
        return hash;
    }

    public const ulong HashStart = 14695981039346656037;
}

/// <summary>What a record is: its first byte.</summary>
internal enum RecordKind : byte
{
    Name = 1,
    Header = 2,
    Fact = 3,
    Timeout = 4,
    Command = 5,
    Note = 6,
    Gap = 7,
    End = 8,
}

/// <summary>How a field's value is written: the low three bits of its tag.</summary>
internal enum FieldWire
{
    True = 0,

    /// <summary>Zigzag varint.</summary>
    Integer = 1,

    /// <summary>4 bytes, little endian.</summary>
    Single = 2,

    /// <summary>8 bytes, little endian.</summary>
    Double = 3,

    /// <summary>Length and UTF-8.</summary>
    Text = 4,

    /// <summary>The number of a name.</summary>
    Name = 5,

    /// <summary>Zigzag varint: difference from the field's value before.</summary>
    Delta = 6,

    /// <summary>Zigzag varint: how long before the record's time.</summary>
    Before = 7,
}

/// <summary>A field's value between a record and its bytes.</summary>
/// <param name="Wire">How it is written.</param>
/// <param name="Integer">Of integers and times: the value itself, not a difference. Of floating point: its bits.</param>
/// <param name="Text">Of texts and names.</param>
internal readonly record struct FieldValue(FieldWire Wire, long Integer, string? Text = null);
