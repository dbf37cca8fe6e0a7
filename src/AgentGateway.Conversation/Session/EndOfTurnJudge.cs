using System.Buffers;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.TurnTaking;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// Asks the end-of-turn model about a pause, beside the loop: the model takes longer than a frame. One question at a time; a
/// question that comes while another is answered is dropped, because the engine does without an answer.
/// </summary>
internal sealed class EndOfTurnJudge(IEndOfTurnModel model, AudioIntake intake, SessionInbox inbox, ILogger logger) : IDisposable
{
    /// <summary>The model hears at most the last 8 s.</summary>
    public const int MaxSamples = 8 * AudioIntake.SampleRate;

    private IEndOfTurnDetector? _detector;
    private bool _failed;

    /// <summary>The question that is being answered. Never fails.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>A turn may have begun: its audio will be asked about. The loop only.</summary>
    public void Listen() => intake.Keep();

    /// <summary>Asks about the turn between two positions. The loop only.</summary>
    public void Begin(int utterance, long start, long end)
    {
        if (_failed || !Running.IsCompleted || end <= start)
            return;
        long from = Math.Max(start, end - MaxSamples);
        short[] audio = ArrayPool<short>.Shared.Rent((int)(end - from));
        int count = intake.ReadAt(ref from, audio.AsSpan(0, (int)(end - from)));
        if (count > 0)
            Running = JudgeAsync(utterance, audio, count);
        else
            ArrayPool<short>.Shared.Return(audio);
    }

    /// <inheritdoc/>
    public void Dispose() => _detector?.Dispose();

    private async Task JudgeAsync(int utterance, short[] audio, int count)
    {
        await Task.Yield();
        try
        {
            _detector ??= model.Create();
            float probability = _detector.Predict(audio.AsSpan(0, count));
            if (!float.IsNaN(probability))
                await inbox.PostAsync(new SessionInput.Fact(TurnFact.EndOfTurn(utterance, probability)));
        }
        catch (Exception exception)
        {
            // Endpointing goes on by text alone; a model that failed once is not asked again in this call.
            _failed = true;
            SessionLog.EndOfTurnFailed(logger, exception);
        }
        finally
        {
            ArrayPool<short>.Shared.Return(audio);
        }
    }
}
