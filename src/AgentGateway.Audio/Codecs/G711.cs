namespace AgentGateway.Audio.Codecs;

/// <summary>The two laws of ITU-T G.711 between 16-bit samples and bytes. Tables are computed once.</summary>
internal static class G711
{
    private const int MuBias = 33 << 2;
    private const int MuClip = 32635;

    private static readonly short[] MuToLinear = BuildMu();
    private static readonly short[] AToLinear = BuildA();

    public static short FromMu(byte value) => MuToLinear[value];

    public static short FromA(byte value) => AToLinear[value];

    /// <summary>The mu-law byte of a sample: sign, three bits of exponent, four of mantissa, all inverted.</summary>
    public static byte ToMu(short sample)
    {
        int sign = sample < 0 ? 0x80 : 0;

        // The negative side is the positive one's mirror between, not at, the steps, as the ITU's reference code has it.
        int magnitude = Math.Min(sample >= 0 ? sample : ~sample, MuClip) + MuBias;
        int exponent = Math.Max(0, Log2(magnitude) - 7);
        return (byte)~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0F));
    }

    /// <summary>The A-law byte of a sample: like mu-law, but linear near zero, and with every other bit inverted.</summary>
    public static byte ToA(short sample)
    {
        int sign = sample >= 0 ? 0x80 : 0;

        // 13 bits, mirrored likewise.
        int magnitude = (sample >= 0 ? sample : ~sample) >> 3;
        int exponent = Math.Max(0, Log2(magnitude) - 4);
        int mantissa = (magnitude >> Math.Max(1, exponent)) & 0x0F;
        return (byte)((sign | (exponent << 4) | mantissa) ^ 0x55);
    }

    private static int Log2(int value) => value <= 0 ? 0 : System.Numerics.BitOperations.Log2((uint)value);

    private static short[] BuildMu()
    {
        short[] table = new short[256];
        for (int i = 0; i < table.Length; i++)
        {
            int bits = ~i;
            int magnitude = ((((bits & 0x0F) << 3) + MuBias) << ((bits >> 4) & 7)) - MuBias;
            table[i] = (short)((bits & 0x80) != 0 ? -magnitude : magnitude);
        }

        return table;
    }

    private static short[] BuildA()
    {
        short[] table = new short[256];
        for (int i = 0; i < table.Length; i++)
        {
            int bits = i ^ 0x55;
            int exponent = (bits >> 4) & 7;
            int magnitude = ((bits & 0x0F) << 4) + 8;
            if (exponent > 0)
                magnitude = (magnitude + 0x100) << (exponent - 1);
            table[i] = (short)((bits & 0x80) != 0 ? magnitude : -magnitude);
        }

        return table;
    }
}
