namespace AgentGateway.Conversation.Ports;

/// <summary>
/// A language model could not answer. Every failure of a model, its endpoint or its reply surfaces as this type, so that a
/// conversation can tell the caller and carry on; only cancellation surfaces as <see cref="OperationCanceledException"/>.
/// </summary>
public sealed class LlmException : Exception
{
    /// <summary>Code: the endpoint is down, refused the key or the request, or its circuit is open.</summary>
    public const string Unavailable = "llm_unavailable";

    /// <summary>Code: no first token, or no further token, in time.</summary>
    public const string Timeout = "llm_timeout";

    /// <summary>Code: the endpoint answered something that is not a complete chat completion.</summary>
    public const string BadReply = "llm_bad_reply";

    /// <summary>Creates the exception with the code <see cref="Unavailable"/>.</summary>
    public LlmException()
        : this(Unavailable, "The language model is not available.")
    {
    }

    /// <summary>Creates the exception with the code <see cref="Unavailable"/>.</summary>
    public LlmException(string message)
        : this(Unavailable, message)
    {
    }

    /// <summary>Creates the exception with the code <see cref="Unavailable"/> and its cause.</summary>
    public LlmException(string message, Exception? innerException)
        : this(Unavailable, message, isTransient: true, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="code">One of the stable codes of this class.</param>
    /// <param name="message">For people; holds no key and no transcript.</param>
    /// <param name="isTransient">Whether asking again soon may succeed.</param>
    /// <param name="innerException">The cause.</param>
    public LlmException(string code, string message, bool isTransient = true, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        IsTransient = isTransient;
    }

    /// <summary>A stable code: "llm_unavailable", "llm_timeout" or "llm_bad_reply".</summary>
    public string Code { get; }

    /// <summary>Whether asking again soon may succeed; false for a refused key or an unknown model.</summary>
    public bool IsTransient { get; }

    /// <summary>How long the endpoint asked to be left alone (Retry-After), when it did.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
