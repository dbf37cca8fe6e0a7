namespace AgentGateway.Audio.Codecs;

/// <summary>
/// One band of G.722: adaptive quantiser and predictor (two poles, six zeros), in the recommendation's integer arithmetic. Names in the comments
/// are its blocks.
/// </summary>
internal sealed class G722Band(bool isLow)
{
    private const int MaxLowScale = 18432;
    private const int MaxHighScale = 22528;

    // Decision levels, output levels and adaptation of the 6-bit quantiser and its 4-bit core (tables 14 to 20).
    private static readonly int[] Decisions =
    [
        0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765,
        1980, 2195, 2557, 2919,
    ];

    private static readonly int[] Levels6 =
    [
        -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
        -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
        24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
        4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
    ];

    private static readonly int[] Levels4 =
        [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];

    private static readonly int[] Levels2 = [-7408, -1616, 7408, 1616];

    private static readonly int[] LowSteps = [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];

    private static readonly int[] HighSteps = [798, -214, 798, -214];

    private static readonly int[] ScaleMantissa =
    [
        2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
        2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
    ];

    private readonly int[] _zeros = new int[7];
    private readonly int[] _differences = new int[7];
    private int _pole1;
    private int _pole2;
    private int _reconstructed1;
    private int _reconstructed2;
    private int _partial1;
    private int _partial2;
    private int _zeroPrediction;
    private int _prediction;
    private int _logScale;
    private int _scale = isLow ? 32 : 8;

    public static int Saturate(int value) => Math.Clamp(value, short.MinValue, short.MaxValue);

    public void Reset()
    {
        Array.Clear(_zeros);
        Array.Clear(_differences);
        _pole1 = _pole2 = _reconstructed1 = _reconstructed2 = _partial1 = _partial2 = 0;
        _zeroPrediction = _prediction = _logScale = 0;
        _scale = isLow ? 32 : 8;
    }

    /// <summary>Encodes a sample of the lower band to 6 bits.</summary>
    public int EncodeLow(int sample)
    {
        // QUANTL
        int error = Saturate(sample - _prediction);
        int magnitude = error >= 0 ? error : -(error + 1);
        int level = 1;
        while (level < Decisions.Length && magnitude >= (Decisions[level] * _scale) >> 12)
            level++;
        int code = error < 0 ? (level <= 2 ? 64 - level : 34 - level) : 62 - level;
        UpdateLow(code >> 2);
        return code;
    }

    /// <summary>Decodes 6 bits to a sample of the lower band.</summary>
    public int DecodeLow(int code)
    {
        // INVQBL: all six bits make the sound, four of them the state, so that the encoder may steal the others.
        int sample = Math.Clamp(_prediction + ((_scale * Levels6[code]) >> 15), -16384, 16383);
        UpdateLow(code >> 2);
        return sample;
    }

    /// <summary>Encodes a sample of the upper band to 2 bits.</summary>
    public int EncodeHigh(int sample)
    {
        // QUANTH
        int error = Saturate(sample - _prediction);
        int magnitude = error >= 0 ? error : -(error + 1);
        bool large = magnitude >= (564 * _scale) >> 12;
        int code = error < 0 ? (large ? 0 : 1) : large ? 2 : 3;
        UpdateHigh(code);
        return code;
    }

    /// <summary>Decodes 2 bits to a sample of the upper band.</summary>
    public int DecodeHigh(int code)
    {
        int sample = Math.Clamp(_prediction + ((_scale * Levels2[code]) >> 15), -16384, 16383);
        UpdateHigh(code);
        return sample;
    }

    private void UpdateLow(int code)
    {
        // INVQAL, LOGSCL, SCALEL
        int difference = (_scale * Levels4[code]) >> 15;
        _logScale = Math.Clamp(((_logScale * 127) >> 7) + LowSteps[code], 0, MaxLowScale);
        _scale = Scale(8);
        Predict(difference);
    }

    private void UpdateHigh(int code)
    {
        // INVQAH, LOGSCH, SCALEH
        int difference = (_scale * Levels2[code]) >> 15;
        _logScale = Math.Clamp(((_logScale * 127) >> 7) + HighSteps[code], 0, MaxHighScale);
        _scale = Scale(10);
        Predict(difference);
    }

    private int Scale(int shift)
    {
        int mantissa = ScaleMantissa[(_logScale >> 6) & 31];
        int exponent = shift - (_logScale >> 11);
        return (exponent < 0 ? mantissa << -exponent : mantissa >> exponent) << 2;
    }

    private void Predict(int difference)
    {
        // RECONS, PARREC
        int reconstructed = Saturate(_prediction + difference);
        int partial = Saturate(_zeroPrediction + difference);

        // UPPOL2
        int sign = partial >> 15;
        int step = Saturate(_pole1 << 2);
        step = Math.Min(sign == _partial1 >> 15 ? -step : step, short.MaxValue);
        int pole2 = (sign == _partial2 >> 15 ? 128 : -128) + (step >> 7) + ((_pole2 * 32512) >> 15);
        pole2 = Math.Clamp(pole2, -12288, 12288);

        // UPPOL1
        int limit = Saturate(15360 - pole2);
        int pole1 = Saturate((sign == _partial1 >> 15 ? 192 : -192) + ((_pole1 * 32640) >> 15));
        pole1 = Math.Clamp(pole1, -limit, limit);

        // UPZERO, DELAYA
        int gain = difference == 0 ? 0 : 128;
        int differenceSign = difference >> 15;
        for (int i = 6; i > 0; i--)
        {
            int move = _differences[i] >> 15 == differenceSign ? gain : -gain;
            _zeros[i] = Saturate(move + ((_zeros[i] * 32640) >> 15));
        }

        for (int i = 6; i > 1; i--)
            _differences[i] = _differences[i - 1];
        _differences[1] = difference;
        (_reconstructed2, _reconstructed1) = (_reconstructed1, reconstructed);
        (_partial2, _partial1) = (_partial1, partial);
        (_pole1, _pole2) = (pole1, pole2);

        // FILTEP, FILTEZ, PREDIC
        int poles = Saturate(
            ((_pole1 * Saturate(2 * _reconstructed1)) >> 15) + ((_pole2 * Saturate(2 * _reconstructed2)) >> 15));
        int zeros = 0;
        for (int i = 6; i > 0; i--)
            zeros = Saturate(zeros + ((_zeros[i] * Saturate(2 * _differences[i])) >> 15));
        _zeroPrediction = zeros;
        _prediction = Saturate(poles + zeros);
    }
}
