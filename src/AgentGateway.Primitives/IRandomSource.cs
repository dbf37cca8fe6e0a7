namespace AgentGateway.Primitives;

/// <summary>
/// Where an engine gets unpredictable bytes from: a cryptographic generator in production, a seeded one in tests.
/// Not required to be thread-safe: an engine calls it from its one owner.
/// </summary>
public interface IRandomSource
{
    /// <summary>Fills the whole span.</summary>
    void Fill(Span<byte> destination);
}
