namespace AgentGateway.Net;

/// <summary>The media transport could not start; the message tells the operator what to change.</summary>
public sealed class MediaTransportException : Exception
{
    /// <summary>Creates the exception.</summary>
    public MediaTransportException()
    {
    }

    /// <summary>Creates the exception with what to change.</summary>
    public MediaTransportException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what to change and its cause.</summary>
    public MediaTransportException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
