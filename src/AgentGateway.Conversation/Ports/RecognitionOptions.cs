namespace AgentGateway.Conversation.Ports;

/// <summary>What a recognition session should listen for.</summary>
public sealed record RecognitionOptions
{
    /// <summary>BCP 47 language of the caller, such as "en" or "de-DE".</summary>
    public string Language { get; init; } = "en";

    /// <summary>Words that are likely (names, products); engines without biasing ignore them. At most 100.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];
}
