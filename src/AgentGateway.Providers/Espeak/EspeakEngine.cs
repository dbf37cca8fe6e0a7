using System.Runtime.InteropServices;
using System.Text;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.Espeak;

/// <summary>
/// espeak-ng has one global state: voice, rate and the callback belong to the process. This class is its only user; the caller makes sure
/// that one request runs at a time.
/// </summary>
internal static unsafe class EspeakEngine
{
    private static readonly Lazy<int> Rate = new(Initialize);

    // The callback runs on the thread that called espeak_Synth (synchronous mode).
    [ThreadStatic]
    private static Request? _current;

    /// <summary>Samples per second.</summary>
    /// <exception cref="SpeechProviderException">The library or its data is missing.</exception>
    public static int SampleRate => Rate.Value;

    /// <summary>Speaks on the calling thread.</summary>
    /// <exception cref="SpeechProviderException">There is no such voice, or the synthesis failed.</exception>
    public static void Speak(SpeechRequest request, string voice, Action<SpeechAudio> deliver, CancellationToken cancellationToken)
    {
        int rate = SampleRate;
        if (EspeakNative.SetVoiceByName(voice) != 0 && !TrySetLanguage(voice))
            throw new SpeechProviderException($"espeak-ng has no voice {voice}: name a language it speaks, such as de or fr, or a variant such as en-gb+f3.");
        int speed = Math.Clamp((int)Math.Round(EspeakNative.RateNormal * request.Rate), EspeakNative.RateMinimum, EspeakNative.RateMaximum);
        _ = EspeakNative.SetParameter(EspeakNative.ParameterRate, speed, 0);

        byte[] text = Encoding.UTF8.GetBytes(request.Text + "\0");
        Request run = new(request.Text, rate, deliver, cancellationToken);
        _current = run;
        try
        {
            fixed (byte* data = text)
            {
                int error = EspeakNative.Synthesize(data, (nuint)text.Length, 0, 0, 0, EspeakNative.CharsUtf8, null, 0);
                if (error != 0)
                    throw new SpeechProviderException($"espeak-ng could not speak the text (error {error}).");
            }
        }
        finally
        {
            _current = null;
        }

        if (run.Failure is not null)
            throw new SpeechProviderException("espeak-ng's audio could not be taken: " + run.Failure.Message, run.Failure);
        if (!cancellationToken.IsCancellationRequested)
            run.Finish();
    }

    // Voices are filed under other names than their languages: en-gb is "English (Great Britain)".
    private static bool TrySetLanguage(string language)
    {
        using NativeStrings strings = new();
        EspeakNative.Voice wanted = new() { Languages = strings.Add(language) };
        return EspeakNative.SetVoiceByProperties(&wanted) == 0;
    }

    private static int Initialize()
    {
        NativeLibraries.Require(NativeLibraries.Espeak);
        const int bufferMilliseconds = 60;
        int rate = EspeakNative.Initialize(EspeakNative.OutputSynchronous, bufferMilliseconds, 0, EspeakNative.InitializeDontExit);
        if (rate <= 0)
            throw new SpeechProviderException("espeak-ng could not find its data: install the Debian package espeak-ng-data.");
        EspeakNative.SetCallback(&OnAudio);
        return rate;
    }

    [UnmanagedCallersOnly]
    private static int OnAudio(short* samples, int count, EspeakNative.Event* events)
    {
        const int proceed = 0;
        const int abort = 1;
        Request? run = _current;
        if (run is null)
            return abort;
        try
        {
            return run.Take(samples, count, events) ? proceed : abort;
        }
        catch (Exception e)
        {
            // An exception must not cross native frames.
            run.Failure = e;
            return abort;
        }
    }

    private sealed class Request(string text, int rate, Action<SpeechAudio> deliver, CancellationToken cancellationToken)
    {
        private readonly int[] _positions = MapCodePoints(text);
        private readonly List<WordTiming> _words = [];
        private (int Offset, int Length, double Start)? _open;
        private long _delivered;

        public Exception? Failure { get; set; }

        public bool Take(short* samples, int count, EspeakNative.Event* events)
        {
            if (cancellationToken.IsCancellationRequested)
                return false;
            for (EspeakNative.Event* e = events; e is not null && e->Type != EspeakNative.EventListEnd; e++)
            {
                if (e->Type == EspeakNative.EventWord)
                    Open(e->TextPosition - 1, e->Length, e->AudioPosition / 1000.0);
            }

            if (samples is not null && count > 0)
            {
                short[] pcm = new ReadOnlySpan<short>(samples, count).ToArray();
                _delivered += count;
                deliver(new SpeechAudio(pcm, rate, TakeWords()));
            }

            return true;
        }

        /// <summary>The last word ends with the audio: it is told in a piece without samples, as is that there was nothing to say.</summary>
        public void Finish()
        {
            Close(_delivered / (double)rate);
            if (_words.Count > 0 || _delivered == 0)
                deliver(new SpeechAudio(ReadOnlyMemory<short>.Empty, rate, TakeWords()));
        }

        // Positions are counted in code points; WordTiming counts UTF-16 units.
        private static int[] MapCodePoints(string text)
        {
            List<int> map = new(text.Length + 1);
            for (int i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1)
                map.Add(i);
            map.Add(text.Length);
            return [.. map];
        }

        private void Open(int position, int length, double start)
        {
            Close(start);
            if (position < 0 || length <= 0 || position + length >= _positions.Length)
                return;
            int from = _positions[position];
            int to = _positions[position + length];
            while (to > from && (char.IsPunctuation(text[to - 1]) || char.IsWhiteSpace(text[to - 1])))
                to--;
            if (to > from)
                _open = (from, to - from, start);
        }

        // espeak-ng tells when a word begins; it ends where the next begins.
        private void Close(double end)
        {
            if (_open is { } word && end > word.Start)
                _words.Add(new WordTiming(word.Offset, word.Length, TimeSpan.FromSeconds(word.Start), TimeSpan.FromSeconds(end)));
            _open = null;
        }

        private WordTiming[] TakeWords()
        {
            WordTiming[] words = [.. _words];
            _words.Clear();
            return words;
        }
    }
}
