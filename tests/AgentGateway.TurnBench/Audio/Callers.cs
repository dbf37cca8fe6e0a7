using AgentGateway.Audio;
using AgentGateway.Conversation.Ports;
using AgentGateway.Testing;
using AgentGateway.TurnBench.Engines;

namespace AgentGateway.TurnBench.Audio;

/// <summary>
/// What callers say: recordings of people, and sentences in voices that are not the agent's. The held-out callers have other voices, say
/// other things and are other recordings than those that the rules were made with.
/// </summary>
internal sealed class Callers(BenchEngines engines, bool heldOut = false)
{
    private static readonly (bool Espeak, string Voice)[] Voices = [(false, "slt"), (false, "awb"), (true, "en-us"), (false, "kal16"), (true, "en-gb")];

    private static readonly (bool Espeak, string Voice)[] HeldOutVoices = [(true, "en-gb-scotland"), (true, "en-us+f3"), (true, "en-029"), (true, "en-gb-x-rp+f2"), (true, "en-us-nyc")];

    private static readonly string[] Requests =
    [
        "I would like to book a table for four people on Friday evening",
        "what are your opening hours on Sunday",
        "can you tell me how much the large room costs per night",
        "my name is Peter and I have a reservation for tomorrow",
        "I want to change the date of my appointment to next Tuesday",
        "do you have a parking space near the hotel",
        "is it possible to bring a dog into the restaurant",
        "I need to cancel my booking because I am ill",
        "could you please send the invoice to my office",
        "how long does it take to get from the station to your place",
        "I am calling about the order that I placed last week",
        "the package arrived but one of the glasses was broken",
        "please connect me to somebody from the service department",
        "we are five adults and two children and we will arrive at seven",
        "I forgot my jacket in your restaurant yesterday evening",
        "is breakfast included in the price of the room",
        "what time does the last train to the city leave",
        "I would prefer a table outside if the weather is good",
        "can I pay with a credit card or only with cash",
        "there is a problem with the heating in my room",
    ];

    private static readonly string[] HeldOutRequests =
    [
        "could we move the meeting to half past three",
        "I lost my key card and I cannot open the door",
        "which bus should I take to get to the museum",
        "my daughter is allergic to nuts so please tell the kitchen",
        "is there a lift in the building",
        "I would like to speak to the manager",
        "the shower does not work and the towels are missing",
        "how do I return a pair of shoes that I bought online",
        "we were charged twice for the same ticket",
        "do you offer a discount for students",
        "please wake me up at six in the morning",
        "when will the doctor be back from her holiday",
        "I am looking for a present for my mother",
        "can you check whether my payment has arrived",
        "what is the phone number of your office in London",
        "the driver said that he would come before noon",
        "are the shops open on public holidays",
        "I need a taxi to the airport for two people",
        "my contract ends in March and I do not want to extend it",
        "where can I leave my luggage until the evening",
    ];

    // No "mm-hmm": these voices spell it.
    private static readonly string[] BackChannelTexts = ["uh-huh", "okay", "yeah", "yep", "right", "I see", "yes", "sure", "alright", "ah okay"];

    private static readonly string[] InterruptionTexts =
    [
        "wait a moment please", "stop please", "no that is not what I meant", "hold on a second", "excuse me I have a question",
        "can you repeat that please", "sorry what was the price", "actually I want to change the date", "no thank you that is enough",
        "what about the other room", "just a moment", "that is too expensive for me",
    ];

    private static readonly string[] ShortInterruptionTexts = ["stop", "wait", "no", "hold on", "sorry", "what", "excuse me", "hang on"];

    private static readonly string[] HeldOutBackChannels = ["oh okay", "yeah yeah", "great", "really", "got it", "ah right", "oh I see", "good", "yup", "of course"];

    private static readonly string[] HeldOutInterruptions =
    [
        "one second please", "I don't need breakfast", "is the small room still free", "that is not my question", "could you speak slower", "go back to the first one",
        "Tuesday would be better", "how much is it", "my train leaves in an hour", "let me think about it", "please call me tomorrow", "we need three beds",
    ];

    private static readonly string[] HeldOutShortInterruptions = ["stop it", "one moment", "no no", "pardon", "hello", "listen", "never mind", "wait wait"];

    private readonly BenchEngines _engines = WithEspeak(engines);

    // Every other recording is kept for checking what was tuned on the rest.
    private readonly List<Utterance> _recordings = [.. Load().Where((_, n) => n % 2 == (heldOut ? 1 : 0))];

    /// <summary>Turn number n: every third one is a recording of a person.</summary>
    internal Utterance Turn(int n) => n % 3 == 2 ? _recordings[n / 3 % _recordings.Count] : OneOf(heldOut ? HeldOutRequests : Requests, n);

    /// <summary>Recording number n of a person.</summary>
    internal Utterance Person(int n) => _recordings[n % _recordings.Count];

    internal Utterance BackChannel(int n) => OneOf(heldOut ? HeldOutBackChannels : BackChannelTexts, n);

    internal Utterance Interruption(int n) => OneOf(heldOut ? HeldOutInterruptions : InterruptionTexts, n);

    /// <summary>A word or two that take the floor.</summary>
    internal Utterance ShortInterruption(int n) => OneOf(heldOut ? HeldOutShortInterruptions : ShortInterruptionTexts, n);

    // Every text by every voice, in turn.
    private Utterance OneOf(string[] texts, int n) => Speak(texts[n % texts.Length], (n / texts.Length) + n);

    // What espeak-ng's voices say depends on what they said before, so they say all in one order, whichever suites and callers a run has.
    private static BenchEngines WithEspeak(BenchEngines engines)
    {
        SayAll(engines.Espeak, Voices, [.. Requests, .. BackChannelTexts, .. InterruptionTexts, .. ShortInterruptionTexts]);
        SayAll(engines.Espeak, HeldOutVoices, [.. HeldOutRequests, .. HeldOutBackChannels, .. HeldOutInterruptions, .. HeldOutShortInterruptions]);
        return engines;
    }

    private static void SayAll(SpokenTexts espeak, (bool Espeak, string Voice)[] voices, string[] texts)
    {
        foreach ((_, string voice) in voices.Where(v => v.Espeak))
        {
            foreach (string text in texts)
                espeak.Get(new SpeechRequest(text, voice));
        }
    }

    private Utterance Speak(string text, int speaker)
    {
        (bool espeak, string voice) = (heldOut ? HeldOutVoices : Voices)[speaker % Voices.Length];
        SpokenText spoken = espeak ? _engines.Espeak.Get(new SpeechRequest(text, voice)) : _engines.Flite.Get(new SpeechRequest(text, "en", voice));
        short[] source = spoken.Pcm;
        short[] pcm = source;
        if (spoken.SampleRate != Utterance.SampleRate)
        {
            using var resampler = new Resampler(spoken.SampleRate, Utterance.SampleRate);
            short[] output = new short[resampler.MaxOutputLength(source.Length)];
            pcm = output[..resampler.Process(source, output)];
        }

        short[] normal = Sounds.Normalize(pcm);
        int trimmed = 0;
        while (trimmed < pcm.Length - normal.Length && Math.Abs((int)pcm[trimmed]) < 100)
            trimmed++;
        int[] gaps = [.. spoken.Words.Skip(1).Select(word => (int)(word.Start.TotalSeconds * Utterance.SampleRate) - trimmed)
            .Where(at => at > normal.Length / 5 && at < normal.Length * 4 / 5)];
        return new Utterance($"{voice}: {text}", normal, gaps.Length > 0 ? gaps : Sounds.FindGaps(normal));
    }

    private static IEnumerable<Utterance> Load()
    {
        foreach (Recording recording in Recordings.All)
        {
            bool usable = recording is { SampleRate: 16_000, Channels: 1, Seconds: < 8 and > 1.5 } && recording.Transcript.Length > 0 && !recording.Transcript.StartsWith('(')
                && !recording.Name.StartsWith("two-speaker", StringComparison.Ordinal);
            if (!usable)
                continue;
            short[] pcm = Sounds.Normalize(WavReader.ReadAllMono(recording.Path, out _));
            yield return new Utterance(recording.Name, pcm, Sounds.FindGaps(pcm));
        }
    }
}
