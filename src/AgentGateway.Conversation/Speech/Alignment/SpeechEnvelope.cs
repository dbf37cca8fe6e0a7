namespace AgentGateway.Conversation.Speech.Alignment;

/// <summary>Measures synthesized speech as it comes: how loud each 10 ms are, in whole and where vowels are.</summary>
internal sealed class SpeechEnvelope
{
    /// <summary>Frames per second.</summary>
    public const int Rate = 100;

    private const double VowelsBelow = 900;

    private readonly List<SpeechFrame> _frames = [];
    private double _low;
    private double _energy;
    private double _lowEnergy;
    private int _count;
    private long _samples;
    private long _taken;

    /// <summary>Whole frames that were not taken yet.</summary>
    public int Waiting => _frames.Count;

    /// <summary>Adds audio; all of one envelope has one rate.</summary>
    /// <param name="pcm">Mono PCM.</param>
    /// <param name="sampleRate">8000..48000.</param>
    public void Add(ReadOnlySpan<short> pcm, int sampleRate)
    {
        double share = 1 - Math.Exp(-2 * Math.PI * VowelsBelow / sampleRate);
        long end = FrameEnd(sampleRate);
        foreach (short sample in pcm)
        {
            _low += share * (sample - _low);
            _energy += (double)sample * sample;
            _lowEnergy += _low * _low;
            _count++;
            if (++_samples < end)
                continue;
            _frames.Add(new SpeechFrame((float)(_energy / _count), (float)(_lowEnergy / _count)));
            _energy = _lowEnergy = _count = 0;
            end = FrameEnd(sampleRate);
        }
    }

    /// <summary>Takes the frames that are whole by now.</summary>
    public SpeechFrame[] Take()
    {
        SpeechFrame[] frames = [.. _frames];
        _taken += frames.Length;
        _frames.Clear();
        return frames;
    }

    private long FrameEnd(int sampleRate) => (_taken + _frames.Count + 1) * sampleRate / Rate;
}
