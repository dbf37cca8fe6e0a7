namespace AgentGateway.Audio;

/// <summary>Reads the header of Opus packets and checks their framing (RFC 6716 section 3). Pure; thread-safe.</summary>
public static class OpusPacket
{
    /// <summary>The largest frame inside a packet in bytes (RFC 6716 section 3.4, R2).</summary>
    public const int MaxFrameBytes = 1275;

    /// <summary>
    /// Parses a packet. False when it breaks one of the rules R1 to R7 of RFC 6716 section 3.4; the codec would refuse it too.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out OpusPacketInfo info)
    {
        info = default;
        if (packet.IsEmpty)
            return false;
        byte toc = packet[0];
        int frameSamples = FrameSamples(toc);
        Framing framing;
        bool valid = (toc & 3) switch
        {
            0 => TryOne(packet[1..], out framing),
            1 => TryTwoEqual(packet[1..], out framing),
            2 => TryTwo(packet[1..], out framing),
            _ => TryMany(packet[1..], frameSamples, out framing),
        };
        if (!valid)
            return false;

        int config = toc >> 3;
        bool stereo = (toc & 4) != 0;
        OpusMode mode = config < 12 ? OpusMode.Silk : config < 16 ? OpusMode.Hybrid : OpusMode.Celt;
        bool fec = mode != OpusMode.Celt && framing.First.Length > 1 && HasLbrr(framing.First[0], frameSamples, stereo);
        info = new OpusPacketInfo(mode, Bandwidth(config), stereo, frameSamples, framing.Count, fec, framing.MaxLength <= 1);
        return true;
    }

    private static int FrameSamples(byte toc)
    {
        int config = toc >> 3;
        if (config >= 16)
            return 120 << (config & 3);
        if (config >= 12)
            return 480 << (config & 1);
        return (config & 3) == 3 ? 2880 : 480 << (config & 3);
    }

    private static int Bandwidth(int config) => config switch
    {
        < 4 => 4_000,
        < 8 => 6_000,
        < 12 => 8_000,
        < 14 => 12_000,
        < 16 => 20_000,
        < 20 => 4_000,
        < 24 => 8_000,
        < 28 => 12_000,
        _ => 20_000,
    };

    // The header bits have probability 1/2 each, so they stand unmodified at the top of the first byte: per channel one VAD flag for
    // each SILK frame of 20 ms, then the LBRR flag.
    private static bool HasLbrr(byte first, int frameSamples, bool stereo)
    {
        int silkFrames = Math.Max(1, frameSamples / 960);
        if ((first & (0x80 >> silkFrames)) != 0)
            return true;
        return stereo && (first & (0x80 >> ((2 * silkFrames) + 1))) != 0;
    }

    private static bool TryOne(ReadOnlySpan<byte> rest, out Framing framing)
    {
        framing = new Framing(1, rest, rest.Length);
        return rest.Length <= MaxFrameBytes;
    }

    private static bool TryTwoEqual(ReadOnlySpan<byte> rest, out Framing framing)
    {
        int length = rest.Length / 2;
        framing = new Framing(2, rest[..length], length);
        return rest.Length % 2 == 0 && length <= MaxFrameBytes;
    }

    private static bool TryTwo(ReadOnlySpan<byte> rest, out Framing framing)
    {
        framing = default;
        if (!TryReadLength(ref rest, out int first) || first > rest.Length)
            return false;
        int second = rest.Length - first;
        framing = new Framing(2, rest[..first], Math.Max(first, second));
        return second <= MaxFrameBytes;
    }

    private static bool TryMany(ReadOnlySpan<byte> rest, int frameSamples, out Framing framing)
    {
        framing = default;
        if (rest.IsEmpty)
            return false;
        byte header = rest[0];
        int count = header & 0x3F;
        rest = rest[1..];
        if (count == 0 || count * frameSamples > AudioFormat.MaxPacketSamples)
            return false;
        if ((header & 0x40) != 0 && !TryDropPadding(ref rest))
            return false;

        if ((header & 0x80) == 0)
        {
            int length = rest.Length / count;
            framing = new Framing(count, rest[..length], length);
            return rest.Length % count == 0 && length <= MaxFrameBytes;
        }

        int total = 0;
        int firstLength = 0;
        int longest = 0;
        for (int i = 0; i < count - 1; i++)
        {
            if (!TryReadLength(ref rest, out int length))
                return false;
            firstLength = i == 0 ? length : firstLength;
            longest = Math.Max(longest, length);
            total += length;
        }

        int last = rest.Length - total;
        if (last is < 0 or > MaxFrameBytes)
            return false;
        framing = new Framing(count, rest[..(count == 1 ? last : firstLength)], Math.Max(longest, last));
        return true;
    }

    private static bool TryDropPadding(ref ReadOnlySpan<byte> rest)
    {
        int padding = 0;
        byte value;
        do
        {
            if (rest.IsEmpty)
                return false;
            value = rest[0];
            rest = rest[1..];
            padding += value == 255 ? 254 : value;
        }
        while (value == 255);

        if (padding > rest.Length)
            return false;
        rest = rest[..^padding];
        return true;
    }

    // RFC 6716 section 3.2.1: one byte up to 251, else two.
    private static bool TryReadLength(ref ReadOnlySpan<byte> rest, out int length)
    {
        length = 0;
        if (rest.IsEmpty)
            return false;
        length = rest[0];
        if (length < 252)
        {
            rest = rest[1..];
            return true;
        }

        if (rest.Length < 2)
            return false;
        length += rest[1] * 4;
        rest = rest[2..];
        return true;
    }

    private readonly ref struct Framing(int count, ReadOnlySpan<byte> first, int maxLength)
    {
        public int Count { get; } = count;

        public ReadOnlySpan<byte> First { get; } = first;

        public int MaxLength { get; } = maxLength;
    }
}
