namespace AgentGateway.Calls;

/// <summary>Chooses the dialect of a data channel. Thread-safe.</summary>
public interface ICallDialectFactory
{
    /// <summary>The dialect for a channel with this label, or null when the channel carries no events.</summary>
    ICallDialect? Create(string channelLabel, ICallControl call);
}
