namespace AgentGateway.Conversation.Ports;

/// <summary>A speech provider failed in a way that the conversation can tell the caller about.</summary>
public sealed class SpeechProviderException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SpeechProviderException()
    {
    }

    /// <summary>Creates the exception with what happened and what to do about it.</summary>
    public SpeechProviderException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what happened and its cause.</summary>
    public SpeechProviderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
