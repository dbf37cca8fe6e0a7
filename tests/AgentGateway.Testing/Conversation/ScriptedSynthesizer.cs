using System.Runtime.CompilerServices;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Testing.Conversation;

/// <summary>Speaks with <see cref="WordAudio"/> at 48 kHz, or another rate, in pieces of 100 ms.</summary>
public sealed class ScriptedSynthesizer(WordAudio words, TimeProvider time) : ISpeechSynthesizer
{
    public string Name => "scripted";

    public TimeSpan PerWord { get; set; } = TimeSpan.FromMilliseconds(200);

    public int SampleRate { get; set; } = 48_000;

    /// <summary>Before the first piece of each request.</summary>
    public TimeSpan FirstAudioDelay { get; set; }

    /// <summary>Before each further piece: 100 ms for a voice that speaks as fast as it is heard.</summary>
    public TimeSpan PieceDelay { get; set; }

    /// <summary>Silence at the beginning of each request.</summary>
    public TimeSpan LeadingSilence { get; set; }

    public bool WithTimings { get; set; } = true;

    /// <summary>Whether it speaks in place of another.</summary>
    public bool IsSubstitute { get; set; }

    /// <summary>Requests with this text fail; "*" for all.</summary>
    public string? Failing { get; set; }

    /// <summary>Never yields and ignores its token.</summary>
    public bool Hangs { get; set; }

    /// <summary>The texts asked for, in order.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Requests that were cancelled before their end.</summary>
    public int Cancelled { get; private set; }

    public async IAsyncEnumerable<SpeechAudio> SynthesizeAsync(SpeechRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Requests.Add(request.Text);
        if (Failing == "*" || Failing == request.Text)
            throw new SpeechProviderException("The voice is gone.");
        if (Hangs)
            await new TaskCompletionSource().Task;
        if (FirstAudioDelay > TimeSpan.Zero)
            await Task.Delay(FirstAudioDelay, time, cancellationToken);
        int silence = (int)(LeadingSilence.TotalSeconds * SampleRate);
        short[] pcm = [.. new short[silence], .. words.Speak(request.Text, PerWord, SampleRate)];
        List<WordTiming> timings = WithTimings ? Timings(request.Text) : [];
        bool complete = false;
        try
        {
            int piece = SampleRate / 10;
            for (int from = 0; from < pcm.Length; from += piece)
            {
                if (from > 0 && PieceDelay > TimeSpan.Zero)
                    await Task.Delay(PieceDelay, time, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                yield return new SpeechAudio(pcm.AsMemory(from, Math.Min(piece, pcm.Length - from)), SampleRate, from == 0 ? timings : []) { IsSubstitute = IsSubstitute };
            }

            complete = true;
        }
        finally
        {
            Cancelled += complete ? 0 : 1;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private List<WordTiming> Timings(string text)
    {
        List<WordTiming> timings = [];
        int at = 0;
        foreach (string word in text.Split(' '))
        {
            if (word.Length > 0)
            {
                TimeSpan start = LeadingSilence + (PerWord * timings.Count);
                timings.Add(new WordTiming(at, word.Length, start, start + PerWord));
            }

            at += word.Length + 1;
        }

        return timings;
    }
}
