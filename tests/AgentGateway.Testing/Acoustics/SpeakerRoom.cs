namespace AgentGateway.Testing.Acoustics;

/// <summary>
/// A speakerphone in a room: what is played comes back later, quieter, with reflections that fade. 16 kHz. The same seed makes
/// the same room.
/// </summary>
public sealed class SpeakerRoom
{
    private readonly float[] _response;
    private readonly float[] _past;
    private readonly int _delay;
    private readonly short[] _waiting;
    private int _at;
    private int _newest;

    /// <param name="random">Decides the reflections.</param>
    /// <param name="delayMs">From playing to the first sound heard, network and buffers included.</param>
    /// <param name="echoDb">Level of what is heard against what was played.</param>
    /// <param name="reverberationMs">Time in which reflections fall by 60 dB.</param>
    /// <param name="directDb">Level of the direct sound against all reflections together.</param>
    public SpeakerRoom(SeededRandom random, double delayMs, double echoDb, double reverberationMs = 300, double directDb = 3)
    {
        _delay = (int)(delayMs * 16);
        _waiting = new short[_delay + 1];
        int length = (int)Math.Min(4000, reverberationMs * 16 * 0.7);
        double[] response = new double[length];
        double reflections = 0;
        for (int i = 32; i < length; i++)
        {
            response[i] = random.NextGaussian(0, Math.Pow(10, -3 * i / (reverberationMs * 16)));
            reflections += response[i] * response[i];
        }

        double direct = Math.Pow(10, directDb / 20) * Math.Sqrt(reflections);
        // A small loudspeaker: a few samples wide.
        response[0] = direct * 0.7;
        response[1] = direct * 0.6;
        response[2] = -direct * 0.35;
        double total = Math.Sqrt(response.Sum(x => x * x));
        double gain = Math.Pow(10, echoDb / 20) / total;
        _response = [.. response.Select(x => (float)(x * gain))];
        _past = new float[length * 4];
        _newest = _past.Length - length;
    }

    /// <summary>Plays a frame and adds its echo to what the microphone hears.</summary>
    public void Play(ReadOnlySpan<short> played, Span<short> microphone)
    {
        for (int i = 0; i < played.Length; i++)
        {
            _waiting[_at] = played[i];
            _at = (_at + 1) % _waiting.Length;
            if (--_newest < 0)
            {
                _newest = _past.Length - _response.Length;
                Array.Copy(_past, 0, _past, _newest + 1, _response.Length - 1);
            }

            _past[_newest] = _waiting[_at];
            float echo = Dot(_response, _past, _newest);
            microphone[i] = (short)Math.Clamp(microphone[i] + echo, short.MinValue, short.MaxValue);
        }
    }

    private static float Dot(float[] a, float[] b, int from)
    {
        var sum = System.Numerics.Vector<float>.Zero;
        int i = 0;
        for (; i <= a.Length - System.Numerics.Vector<float>.Count; i += System.Numerics.Vector<float>.Count)
            sum += new System.Numerics.Vector<float>(a, i) * new System.Numerics.Vector<float>(b, from + i);
        float total = System.Numerics.Vector.Sum(sum);
        for (; i < a.Length; i++)
            total += a[i] * b[from + i];
        return total;
    }
}
