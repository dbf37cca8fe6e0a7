using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Speech.Alignment;
using AgentGateway.TurnBench.Engines;

namespace AgentGateway.TurnBench.Suites;

/// <summary>Word times that are estimated from the audio against those that the voices tell themselves.</summary>
internal static class WordTimesSuite
{
    private static readonly string[] English =
    [
        .. BargeInSuite.Text.Split(". ").Select(sentence => sentence.TrimEnd('.') + "."),
        "Hello. You have reached the Green Garden restaurant. How can I help you?",
        "Your table for four is booked on Friday the twenty-eighth of March at half past seven, under the name of Peterson.",
        "Unfortunately the technician can not come before Thursday afternoon; would that still be convenient for you?",
        "The monthly subscription costs nineteen euros and ninety cents, and you can cancel it at any time.",
        "Please have your customer number and your date of birth ready.",
        "To reset the router, unplug it, wait thirty seconds, and plug it in again.",
        "Photosynthesis is the process by which green plants turn sunlight, water and carbon dioxide into sugar and oxygen.",
        "I am sorry, I can not look into our book right now. Please call again a little later.",
        "Certainly.",
    ];

    private static readonly string[] German =
    [
        "Guten Tag, Sie sprechen mit dem Restaurant Zum Grünen Garten. Wie kann ich Ihnen helfen?",
        "Ihr Tisch für vier Personen ist am Freitag um halb acht auf den Namen Petersen reserviert.",
        "Leider kann der Techniker nicht vor Donnerstagnachmittag kommen, passt Ihnen das trotzdem?",
        "Um den Router zurückzusetzen, ziehen Sie den Stecker, warten Sie dreißig Sekunden und stecken Sie ihn wieder ein.",
        "Einen Moment bitte.",
    ];

    private static readonly string[] French =
    [
        "Bonjour, vous êtes bien au restaurant du jardin vert, comment puis-je vous aider?",
        "La première chambre donne sur le jardin, elle a deux lits, un bureau et un fauteuil confortable.",
        "Je suis désolé, je ne peux pas vous répondre pour le moment, merci de rappeler plus tard.",
    ];

    internal static void Run(BenchRun run)
    {
        foreach (string voice in new[] { "rms", "slt", "awb", "kal16" })
            Measure(run, "flite " + voice, run.Engines.Flite, English, "en", voice);
        foreach ((string language, string[] texts) in new[] { ("en-us", English), ("de", German), ("fr", French) })
            Measure(run, "espeak-ng " + language, run.Engines.Espeak, texts, language, null);
    }

    private static void Measure(BenchRun run, string name, SpokenTexts voice, string[] texts, string language, string? speaker)
    {
        List<double> errors = [];
        int moments = 0;
        int wrong = 0;
        foreach (string text in texts)
        {
            SpokenText spoken = voice.Get(new SpeechRequest(text, language, speaker));
            var envelope = new SpeechEnvelope();
            envelope.Add(spoken.Pcm, spoken.SampleRate);
            var aligner = new WordAligner(text, language);
            aligner.Add(envelope.Take());
            WordEnd[] found = aligner.Align(isComplete: true);
            errors.AddRange(Errors(spoken, found).Select(Math.Abs));
            double length = spoken.Pcm.Length / (double)spoken.SampleRate;
            for (double at = 0; at < length; at += 0.01, moments++)
            {
                int truth = WordsIn(text, spoken.Words.Where(word => word.End.TotalSeconds <= at).Select(word => word.TextOffset + word.TextLength).DefaultIfEmpty().Max());
                wrong += Math.Abs(found.Count(word => word.Time.TotalSeconds <= at) - truth) > 1 ? 1 : 0;
            }
        }

        double within = 100.0 - (100.0 * wrong / moments);
        run.Report.Add(
            "words estimated from the audio: error p50 / p90 / p99", $"{name}, {errors.Count} words",
            Report.Text($"{Report.Percentile(errors, 0.5):F0} / {Report.Percentile(errors, 0.9):F0} / {Report.Percentile(errors, 0.99):F0} ms"));
        run.Report.Add("moments at which the words heard are right within one", name, Report.Text($"{within:F1} %"), ">= 98 %", within >= 98);
    }

    // Off by how many milliseconds; a pause behind a word may count as its or not.
    private static IEnumerable<double> Errors(SpokenText spoken, WordEnd[] found)
    {
        WordTiming[] words = spoken.Words;
        for (int i = 0; i < words.Length; i++)
        {
            int textEnd = words[i].TextOffset + words[i].TextLength;
            if (!Array.Exists(found, word => word.TextEnd >= textEnd))
                continue;
            double at = found.First(word => word.TextEnd >= textEnd).Time.TotalSeconds;
            double last = i + 1 < words.Length ? words[i + 1].Start.TotalSeconds : double.PositiveInfinity;
            double first = words[i].End.TotalSeconds;
            yield return 1000 * (at < first ? at - first : at > last ? at - last : 0);
        }
    }

    private static int WordsIn(string text, int length) => text[..length].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
}
