namespace AgentGateway.Calls;

/// <summary>Why a call itself dropped something; packets are counted where they are handled.</summary>
public enum CallDropReason
{
    /// <summary>The client sent messages faster than its dialect takes them.</summary>
    MessageQueueFull,

    /// <summary>A binary message: no dialect here has any.</summary>
    MessageBinary,

    /// <summary>A text message that is not UTF-8.</summary>
    MessageNotUtf8,

    /// <summary>A message on a channel that carries no events.</summary>
    MessageOnOtherChannel,

    /// <summary>Typed text that the conversation would not take: empty, too much at once, or too late.</summary>
    TypedText,

    /// <summary>An audio packet of another section than the one that the call listens to.</summary>
    OtherAudio,

    /// <summary>A telephone key that the conversation would not take: too much at once, or too late.</summary>
    TelephoneKey,

    /// <summary>A message to the client that its channel had no room for.</summary>
    MessageNotSent,

    /// <summary>An event before the client opened a channel, beyond what is kept for it.</summary>
    EventUntold,
}
