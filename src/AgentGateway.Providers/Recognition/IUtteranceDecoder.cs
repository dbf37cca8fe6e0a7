namespace AgentGateway.Providers.Recognition;

/// <summary>What an engine does for one session; called by one worker at a time.</summary>
internal interface IUtteranceDecoder : IAsyncDisposable
{
    /// <summary>Takes audio of the present utterance. Cheap; no model runs here.</summary>
    void Accept(ReadOnlySpan<short> pcm);

    /// <summary>Runs the model over what was taken, as far as it is ready.</summary>
    /// <returns>The text so far, or null when it did not run or cannot tell before the end.</returns>
    ValueTask<string?> DecodeAsync(CancellationToken cancellationToken);

    /// <summary>How sure the engine is of the text it returned last, 0..1; null when it cannot tell.</summary>
    float? Confidence => null;

    /// <summary>Flushes the utterance and begins a new one.</summary>
    /// <returns>The final text; empty when nothing was recognised.</returns>
    ValueTask<string> FinishAsync(CancellationToken cancellationToken);
}
