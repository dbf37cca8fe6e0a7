using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using AgentGateway.Audio;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.TurnBench.Engines;

/// <summary>
/// Festival's voices, for callers only: its program is started for every text, so none sounds as what came before it. Both ways of telling a
/// rate are set: diphone voices heed the one, statistical voices the other.
/// </summary>
internal sealed class FestivalSynthesizer : ISpeechSynthesizer
{
    private const string Missing = "Festival is missing: install the Debian packages festival, festvox-kdlpc16k and festvox-us-slt-hts.";

    public string Name => "festival";

    public async IAsyncEnumerable<SpeechAudio> SynthesizeAsync(SpeechRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string file = Path.GetTempFileName();
        try
        {
            string words = await RunAsync(Program(request, file), cancellationToken);
            short[] pcm = WavReader.ReadAllMono(file, out int rate);
            yield return new SpeechAudio(Unwrap(pcm), rate, Words(request.Text, words));
        }
        finally
        {
            File.Delete(file);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Prints a line for each word of the text: when its first sound begins.
    private static string Program(SpeechRequest request, string file) => string.Create(CultureInfo.InvariantCulture, $"""
        (begin
          (voice_{request.Voice})
          (Parameter.set 'Duration_Stretch {1 / request.Rate})
          (defvar hts_engine_params nil)
          (set! hts_engine_params (append hts_engine_params '(("-r" {request.Rate}))))
          (set! said (utt.synth (Utterance Text {Quote(request.Text)})))
          (utt.save.wave said {Quote(file)} 'riff)
          (mapcar (lambda (token) (if (item.daughter1 token) (format t "%f\n" (item.feat token "daughter1.word_start")))) (utt.relation.items said 'Token)))
        """);

    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private static async Task<string> RunAsync(string program, CancellationToken cancellationToken)
    {
        using var festival = new Process { StartInfo = new ProcessStartInfo("festival", ["-b", program]) { RedirectStandardOutput = true, RedirectStandardError = true } };
        try
        {
            festival.Start();
        }
        catch (Win32Exception e)
        {
            throw new SpeechProviderException(Missing, e);
        }

        Task<string> problems = festival.StandardError.ReadToEndAsync(cancellationToken);
        string printed = await festival.StandardOutput.ReadToEndAsync(cancellationToken);
        await festival.WaitForExitAsync(cancellationToken);
        if (festival.ExitCode != 0)
            throw new SpeechProviderException($"{await problems} {Missing}");
        return printed;
    }

    // What diphone voices say too loudly leaves 16 bits at one end and comes back at the other, which is a click. It is put where it belongs, at half the level.
    private static short[] Unwrap(short[] pcm)
    {
        const int Turn = 1 << 16;
        const int Leap = 40_000;
        int last = 0;
        for (int i = 0; i < pcm.Length; i++)
        {
            last = pcm[i] + (pcm[i] - last > Leap ? -Turn : last - pcm[i] > Leap ? Turn : 0);
            pcm[i] = (short)(last / 2);
        }

        return pcm;
    }

    private static List<WordTiming> Words(string text, string printed)
    {
        string[] words = text.Split(' ');
        string[] starts = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (starts.Length != words.Length)
            throw new InvalidDataException($"Festival told the times of {starts.Length} words of \"{text}\".");
        List<WordTiming> timings = [];
        int offset = 0;
        for (int n = 0; n < words.Length; n++)
        {
            TimeSpan start = TimeSpan.FromSeconds(double.Parse(starts[n], CultureInfo.InvariantCulture));
            if (n > 0)
                timings[^1] = timings[^1] with { End = start };
            timings.Add(new WordTiming(offset, words[n].Length, start, start));
            offset += words[n].Length + 1;
        }

        return timings;
    }
}
