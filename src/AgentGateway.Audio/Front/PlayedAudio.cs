namespace AgentGateway.Audio.Front;

/// <summary>
/// What was played, at 16 kHz in the coordinates of what was received: the microphone's sample at a position can hear what was
/// played at it or before. The media thread writes, one other thread reads; no locks, no allocation.
/// </summary>
public sealed class PlayedAudio
{
    private const int Frame48 = 960;
    private const int Frame16 = 320;

    // 2 s: the reader is a window behind, unless it is in trouble.
    private const int Capacity = 1 << 15;
    private const int Mask = Capacity - 1;
    private const int Taps = 48;

    // Two pulls without a push put the next frame behind; more than this and the clocks are laid side by side again.
    private const int MostAhead = 5 * Frame16;

    private static readonly float[] Filter = MakeFilter();

    private readonly short[] _ring = new short[Capacity];
    private readonly float[] _input = new float[Taps + Frame48];
    private long _end;
    private bool _wasSpeech;

    /// <summary>Adds the 20 ms that were sent. The media thread only.</summary>
    /// <param name="position">How many samples at 16 kHz were received before.</param>
    /// <param name="pcm48k">960 samples.</param>
    /// <param name="speech">False when the frame is silence.</param>
    public void Push(long position, ReadOnlySpan<short> pcm48k, bool speech)
    {
        if (pcm48k.Length != Frame48)
            return;
        long end = _end;
        long start = position < end ? end : position;
        if (start - position > MostAhead)
            return;
        for (long at = Math.Max(end, start - Capacity); at < start; at++)
            _ring[at & Mask] = 0;
        if (speech || _wasSpeech)
            Decimate(pcm48k, start);
        else
            Clear(start);
        _wasSpeech = speech;
        Volatile.Write(ref _end, start + Frame16);
    }

    /// <summary>Reads 20 ms; what was not written, or is long gone, is silence.</summary>
    public void Read(long position, Span<short> pcm16k)
    {
        long end = Volatile.Read(ref _end);
        for (int i = 0; i < pcm16k.Length; i++)
        {
            long at = position + i;
            pcm16k[i] = at >= 0 && at < end && at >= end - Capacity + MostAhead ? _ring[at & Mask] : (short)0;
        }
    }

    private void Clear(long start)
    {
        for (int i = 0; i < Frame16; i++)
            _ring[(start + i) & Mask] = 0;
    }

    private void Decimate(ReadOnlySpan<short> pcm48k, long start)
    {
        _input.AsSpan(Frame48).CopyTo(_input);
        for (int i = 0; i < Frame48; i++)
            _input[Taps + i] = pcm48k[i];
        for (int n = 0; n < Frame16; n++)
        {
            float value = LowBand.Dot(Filter, _input.AsSpan((n * 3) + 3, Taps));
            _ring[(start + n) & Mask] = (short)Math.Clamp(value, short.MinValue, short.MaxValue);
        }
    }

    // A Hann-windowed sinc with its edge at 7 kHz.
    private static float[] MakeFilter()
    {
        float[] filter = new float[Taps];
        float sum = 0;
        for (int i = 0; i < Taps; i++)
        {
            double x = i - ((Taps - 1) / 2.0);
            filter[i] = (float)(Math.Sin(2 * Math.PI * 7000 / 48000 * x) / (Math.PI * x) * (0.5 - (0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / Taps))));
            sum += filter[i];
        }

        for (int i = 0; i < Taps; i++)
            filter[i] /= sum;
        return filter;
    }
}
