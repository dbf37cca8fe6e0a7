using System.Runtime.InteropServices;
using System.Text;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Providers.Flite;

/// <summary>Synthesizes one sentence on the calling thread and hands its audio out piece by piece while it is made.</summary>
internal sealed unsafe class FliteUtterance
{
    private const float MinDurationStretch = 0.4f;

    // flite puts some 0.12 s of silence before a sentence, which a caller would hear as slowness; this much of it stays for the word's onset.
    private static readonly TimeSpan KeptLeadIn = TimeSpan.FromMilliseconds(30);
    private readonly FliteText _text;
    private readonly TimeSpan _offset;
    private readonly Action<SpeechAudio> _deliver;
    private readonly CancellationToken _cancellationToken;
    private bool _timed;
    private int _taken;
    private int _lead;
    private IReadOnlyList<WordTiming> _words = [];
    private Exception? _failure;

    private FliteUtterance(FliteText text, TimeSpan offset, Action<SpeechAudio> deliver, CancellationToken cancellationToken)
    {
        _text = text;
        _offset = offset;
        _deliver = deliver;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Runs the synthesis; returns early when cancelled.</summary>
    /// <param name="voice">The voice.</param>
    /// <param name="text">One sentence.</param>
    /// <param name="rate">1 is normal, 2 twice as fast.</param>
    /// <param name="chunkSamples">Smallest piece while more is coming.</param>
    /// <param name="offset">Where the sentence starts in the request's audio: added to word times.</param>
    /// <param name="deliver">Called for each piece, on this thread.</param>
    /// <param name="cancellationToken">Stops within one piece.</param>
    /// <returns>The length of the audio delivered.</returns>
    /// <exception cref="SpeechProviderException">flite refused the text.</exception>
    public static TimeSpan Run(
        FliteVoice voice, FliteText text, double rate, int chunkSamples, TimeSpan offset, Action<SpeechAudio> deliver, CancellationToken cancellationToken)
    {
        FliteUtterance run = new(text, offset, deliver, cancellationToken);
        GCHandle self = GCHandle.Alloc(run);
        try
        {
            return run.Synthesize(voice, rate, chunkSamples, GCHandle.ToIntPtr(self));
        }
        finally
        {
            self.Free();
        }
    }

    private TimeSpan Synthesize(FliteVoice voice, double rate, int chunkSamples, nint self)
    {
        FliteNative.Utterance* utterance = FliteNative.NewUtterance();
        try
        {
            byte[] text = Encoding.ASCII.GetBytes(_text.Ascii + "\0");
            fixed (byte* data = text)
                _ = FliteNative.SetInputText(utterance, data);
            FliteNative.InitUtterance(utterance, voice.Handle);

            FliteNative.AudioStreamingInfo* streaming = FliteNative.NewAudioStreamingInfo();
            streaming->MinBufferSize = chunkSamples;
            streaming->Callback = &OnAudio;
            streaming->UserData = self;
            fixed (byte* name = "streaming_info\0"u8)
                FliteNative.SetValue(utterance->Features, name, FliteNative.WrapAudioStreamingInfo(streaming)); // The utterance frees it.
            if (rate != 1.0)
            {
                fixed (byte* name = "duration_stretch\0"u8)
                    FliteNative.SetFloat(utterance->Features, name, Math.Max(MinDurationStretch, (float)(1 / rate)));
            }

            bool made = FliteNative.Synthesize(utterance) is not null;
            if (_failure is not null)
                throw new SpeechProviderException("flite's audio could not be taken: " + _failure.Message, _failure);
            if (_cancellationToken.IsCancellationRequested)
                return TimeSpan.Zero;
            if (!made)
                throw new SpeechProviderException($"flite's voice {voice.Name} could not speak the text.");

            FliteNative.Wave* wave = FliteNative.GetWave(utterance);
            if (wave is null || wave->SampleRate <= 0)
                return TimeSpan.Zero;
            if (wave->SampleCount > _taken)
                Take(utterance, wave, _taken, wave->SampleCount - _taken); // A voice that does not stream.
            return TimeSpan.FromSeconds(Math.Max(0, _taken - _lead) / (double)wave->SampleRate);
        }
        finally
        {
            FliteNative.DeleteUtterance(utterance);
        }
    }

    [UnmanagedCallersOnly]
    private static int OnAudio(FliteNative.Wave* wave, int start, int size, int last, FliteNative.AudioStreamingInfo* info)
    {
        var run = (FliteUtterance)GCHandle.FromIntPtr(info->UserData).Target!;
        try
        {
            if (run._cancellationToken.IsCancellationRequested)
                return FliteNative.StreamStop;
            if (size > 0)
                run.Take(info->Utterance, wave, start, size);
            return FliteNative.StreamContinue;
        }
        catch (Exception e)
        {
            // An exception must not cross native frames.
            run._failure = e;
            return FliteNative.StreamStop;
        }
    }

    private void Take(FliteNative.Utterance* utterance, FliteNative.Wave* wave, int start, int size)
    {
        if (!_timed && utterance is not null)
        {
            // Durations are decided before the first sample is made, so the first piece carries all words.
            _timed = true;
            IReadOnlyList<WordTiming> whole = FliteWordTimings.Read(utterance, _text, TimeSpan.Zero);
            TimeSpan lead = whole.Count > 0 && whole[0].Start > KeptLeadIn ? whole[0].Start - KeptLeadIn : TimeSpan.Zero;
            _lead = (int)(lead.TotalSeconds * wave->SampleRate);
            TimeSpan shift = _offset - TimeSpan.FromSeconds(_lead / (double)wave->SampleRate);
            _words = [.. whole.Select(w => w with { Start = w.Start + shift, End = w.End + shift })];
        }

        _taken = start + size;
        int from = Math.Max(start, _lead);
        if (from >= _taken)
            return;
        IReadOnlyList<WordTiming> words = _words;
        _words = [];
        short[] pcm = new ReadOnlySpan<short>(wave->Samples + from, _taken - from).ToArray();
        _deliver(new SpeechAudio(pcm, wave->SampleRate, words));
    }
}
