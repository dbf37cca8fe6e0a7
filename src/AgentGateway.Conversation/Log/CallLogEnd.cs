namespace AgentGateway.Conversation.Log;

/// <summary>How a log ends.</summary>
public enum CallLogEnd
{
    /// <summary>Its end was not read yet.</summary>
    NotReached,

    /// <summary>It holds the whole call.</summary>
    Complete,

    /// <summary>The call went on; the log had reached its size limit.</summary>
    SizeLimit,

    /// <summary>The file stops in the middle: the process ended, or the file was cut. What was read is good.</summary>
    Truncated,

    /// <summary>The file holds something that is no log, or it was changed.</summary>
    Damaged,
}
