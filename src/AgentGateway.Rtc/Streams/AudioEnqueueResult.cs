namespace AgentGateway.Rtc.Streams;

/// <summary>What became of an outgoing packet.</summary>
internal enum AudioEnqueueResult
{
    Ok,
    NotSending,
    TooLarge,
    Full,
}
