namespace AgentGateway.Audio;

/// <summary>The codec refused a setting or failed on valid input: a defect here or a broken library, never a malformed packet.</summary>
public sealed class OpusException : Exception
{
    /// <summary>Makes an exception with a default message.</summary>
    public OpusException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public OpusException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public OpusException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
