using AgentGateway.Audio;
using AgentGateway.Conversation.Ports;
using AgentGateway.Testing;
using AgentGateway.TurnBench.Engines;

namespace AgentGateway.TurnBench.Audio;

/// <summary>What callers say: recordings of people, and sentences in voices that are not the agent's. Each cast has recordings of its own.</summary>
internal sealed class Callers(BenchEngines engines, Cast cast)
{
    private static readonly string[] Hesitations = ["um", "uh"];

    private readonly BenchEngines _engines = WithEspeak(engines, cast);
    private readonly List<Utterance> _recordings = [.. cast.Excerpts.Count > 0 ? cast.Excerpts.Select(Load) : Load(cast)];
    private List<Utterance>? _sentences;

    // A pause is put into a turn: where the speaker paused, too, it would be longer than is asked for, or lie between sentences.
    private List<Utterance> Sentences => _sentences ??= [.. _recordings.Where(said => LongestPause(said) <= TimeSpan.FromSeconds(0.25))];

    /// <summary>Turn number n: every third one is a recording of a person who does not pause.</summary>
    internal Utterance Turn(int n) => n % 3 == 2 ? Sentences[n / 3 % Sentences.Count] : OneOf(cast.Requests, n);

    /// <summary>Recording number n of a person.</summary>
    internal Utterance Person(int n) => _recordings[n % _recordings.Count];

    /// <summary>
    /// Somebody who thinks in the middle of a sentence: the phrase before the pause is left open as a comma leaves it, its last syllable is
    /// drawn out, and every second time "um" or "uh" follows.
    /// </summary>
    internal Utterance Hesitation(int n, TimeSpan pause)
    {
        string text = cast.Requests[n % cast.Requests.Length];
        CallerVoice voice = cast.Voices[((n / cast.Requests.Length) + n) % cast.Voices.Length];
        (string before, string after) = InTwo(text);
        List<short> pcm = [.. Sounds.DrawOut(Speak(before, voice).Pcm)];
        string hum = n % 2 == 0 ? "" : Hesitations[n / 2 % 2];
        if (hum.Length > 0)
        {
            pcm.AddRange(new short[Utterance.SampleRate / 12]);
            pcm.AddRange(Sounds.DrawOut(Speak(hum + ",", voice).Pcm));
        }

        double at = (double)pcm.Count / Utterance.SampleRate;
        pcm.AddRange(new short[(int)(pause.TotalSeconds * Utterance.SampleRate)]);
        pcm.AddRange(Speak(after, voice).Pcm);
        return new Utterance($"{voice.Name}: {before} {hum} ... {after} [{pause.TotalMilliseconds:F0} ms at {at:F2} s]", [.. pcm], []);
    }

    internal Utterance BackChannel(int n) => OneOf(cast.BackChannels, n);

    internal Utterance Interruption(int n) => OneOf(cast.Interruptions, n);

    /// <summary>A word or two that take the floor.</summary>
    internal Utterance ShortInterruption(int n) => OneOf(cast.ShortInterruptions, n);

    // Every text by every voice, in turn.
    private Utterance OneOf(string[] texts, int n) => Speak(texts[n % texts.Length], cast.Voices[((n / texts.Length) + n) % cast.Voices.Length]);

    private static (string Before, string After) InTwo(string text)
    {
        string[] words = text.Split(' ');
        int middle = words.Length / 2;
        return (string.Join(' ', words[..middle]) + ",", string.Join(' ', words[middle..]));
    }

    // What espeak-ng's voices say depends on what they said before, so they say all in one order, whichever suites and callers a run has.
    // The unseen cast speaks last, so that nobody else sounds otherwise because of it.
    private static BenchEngines WithEspeak(BenchEngines engines, Cast cast)
    {
        Cast[] before = [Cast.Tuned, Cast.HeldOut, Cast.Fresh];
        foreach (Cast each in before)
            SayAll(engines.Espeak, each, Whole(each));
        foreach (Cast each in before)
            SayAll(engines.Espeak, each, Halves(each));
        if (cast == Cast.Unseen)
            SayAll(engines.Espeak, cast, [.. Whole(cast), .. Halves(cast)]);
        return engines;
    }

    private static string[] Whole(Cast cast) => [.. cast.Requests, .. cast.BackChannels, .. cast.Interruptions, .. cast.ShortInterruptions];

    private static string[] Halves(Cast cast) =>
        [.. cast.Requests.Select(InTwo).SelectMany(halves => new[] { halves.Before, halves.After }), .. Hesitations.Select(hum => hum + ",")];

    private static void SayAll(SpokenTexts espeak, Cast cast, string[] texts)
    {
        foreach (CallerVoice voice in cast.Voices.Where(v => v.Engine == VoiceEngine.Espeak))
        {
            foreach (string text in texts)
                espeak.Get(Request(text, voice));
        }
    }

    private static SpeechRequest Request(string text, CallerVoice voice) =>
        voice.Engine == VoiceEngine.Espeak ? new SpeechRequest(text, voice.Name, Rate: voice.Rate) : new SpeechRequest(text, "en", voice.Name, voice.Rate);

    private Utterance Speak(string text, CallerVoice voice)
    {
        SpokenTexts engine = voice.Engine switch { VoiceEngine.Espeak => _engines.Espeak, VoiceEngine.Festival => _engines.Festival, _ => _engines.Flite };
        SpokenText spoken = engine.Get(Request(text, voice));
        short[] pcm = Sounds.Resample(spoken.Pcm, spoken.SampleRate);
        short[] normal = Sounds.Normalize(pcm);
        int trimmed = 0;
        while (trimmed < pcm.Length - normal.Length && Math.Abs((int)pcm[trimmed]) < 100)
            trimmed++;
        int[] gaps = [.. spoken.Words.Skip(1).Select(word => (int)(word.Start.TotalSeconds * Utterance.SampleRate) - trimmed)
            .Where(at => at > normal.Length / 5 && at < normal.Length * 4 / 5)];
        return new Utterance($"{voice.Name}: {text}", normal, gaps.Length > 0 ? gaps : Sounds.FindGaps(normal));
    }

    // As the voice activity model hears it, to which a breath is a pause.
    private TimeSpan LongestPause(Utterance said)
    {
        using IVoiceActivityDetector detector = _engines.VoiceActivity.CreateDetector();
        int longest = 0;
        int pause = 0;
        for (int at = 0; at + detector.WindowSamples <= said.Pcm.Length; at += detector.WindowSamples)
        {
            pause = detector.Process(said.Pcm.AsSpan(at, detector.WindowSamples)) < 0.5f ? pause + detector.WindowSamples : 0;
            longest = Math.Max(longest, pause);
        }

        return TimeSpan.FromSeconds((double)longest / Utterance.SampleRate);
    }

    private static Utterance Load(Excerpt excerpt)
    {
        Recording recording = Recordings.Get(excerpt.Recording);
        short[] pcm = Sounds.Resample(WavReader.ReadAllMono(recording.Path, out int rate), rate);
        short[] normal = Sounds.Normalize(pcm.AsSpan((int)(excerpt.From * Utterance.SampleRate)..Math.Min(pcm.Length, (int)(excerpt.To * Utterance.SampleRate))));
        return new Utterance($"{recording.Name} from {excerpt.From} s", normal, Sounds.FindGaps(normal));
    }

    // Every other one of the short recordings is kept for checking what was tuned on the rest; the fresh callers are the long ones and those of other rates.
    private static IEnumerable<Utterance> Load(Cast cast)
    {
        bool fresh = cast == Cast.Fresh;
        int n = 0;
        foreach (Recording recording in Recordings.All)
        {
            bool short16k = recording is { SampleRate: 16_000, Seconds: < 8 and > 1.5 };
            bool sentences = recording.Name.StartsWith("telephone", StringComparison.Ordinal);
            bool usable = recording is { Channels: 1, Seconds: < 20 and > 1.5 } && recording.Transcript.Length > 0 && !recording.Transcript.StartsWith('(')
                && !recording.Name.StartsWith("two-speaker", StringComparison.Ordinal);
            if (!(usable || (sentences && fresh)) || short16k == fresh || (short16k && n++ % 2 != (cast == Cast.HeldOut ? 1 : 0)))
                continue;
            short[] pcm = Sounds.Resample(WavReader.ReadAllMono(recording.Path, out int rate), rate);
            foreach (short[] said in sentences ? Sounds.Sentences(Sounds.Normalize(pcm)) : [pcm])
            {
                short[] normal = Sounds.Normalize(said);
                yield return new Utterance(recording.Name, normal, Sounds.FindGaps(normal));
            }
        }
    }
}
