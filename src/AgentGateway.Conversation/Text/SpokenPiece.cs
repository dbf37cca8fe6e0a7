namespace AgentGateway.Conversation.Text;

/// <summary>A stretch of written text and the stretch of spoken text that says it.</summary>
/// <param name="Written">Where it begins in the written text.</param>
/// <param name="WrittenLength">How long it is there.</param>
/// <param name="Spoken">Where it begins in the spoken text.</param>
/// <param name="SpokenLength">How long it is there; 0 when it is not said.</param>
/// <param name="Verbatim">Whether both are the same, character by character.</param>
internal readonly record struct SpokenPiece(int Written, int WrittenLength, int Spoken, int SpokenLength, bool Verbatim)
{
    public int WrittenEnd => Written + WrittenLength;

    public int SpokenEnd => Spoken + SpokenLength;
}
