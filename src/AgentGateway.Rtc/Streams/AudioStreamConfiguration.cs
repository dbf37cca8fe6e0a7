namespace AgentGateway.Rtc.Streams;

/// <summary>What the descriptions agreed on for one audio section, as far as its streams need it.</summary>
internal sealed record AudioStreamConfiguration
{
    public required byte PayloadType { get; init; }

    /// <summary>The payload type of redundant audio data (RFC 2198) whose blocks are <see cref="PayloadType"/>.</summary>
    public byte? RedPayloadType { get; init; }

    /// <summary>The payload type of comfort noise (RFC 3389).</summary>
    public byte? ComfortNoisePayloadType { get; init; }

    public byte? TelephoneEventPayloadType { get; init; }

    /// <summary>Whether the telephone-event clock is the codec's, so that tones can be sent on its time line.</summary>
    public bool CanSendTelephoneEvents { get; init; } = true;

    /// <summary>RTP clock in Hz.</summary>
    public required int ClockRate { get; init; }

    public int? AudioLevelExtension { get; init; }

    public int? MidExtension { get; init; }

    public int? AbsoluteSendTimeExtension { get; init; }

    public int? TransportSequenceExtension { get; init; }

    public string Mid { get; init; } = "";

    /// <summary>The far end's sources of this section, as far as it signalled them.</summary>
    public IReadOnlyList<uint> Sources { get; init; } = [];

    /// <summary>Whether generic NACK was agreed on, for both directions.</summary>
    public bool Nack { get; init; }

    /// <summary>Whether RTCP may come without a report in front (RFC 5506).</summary>
    public bool ReducedSizeRtcp { get; init; }

    /// <summary>Whether who only receives measures the round trip too (RFC 3611).</summary>
    public bool ReferenceTime { get; init; }

    /// <summary>Whether transport-wide feedback was agreed on.</summary>
    public bool TransportFeedback { get; init; }

    public bool MaySend { get; init; }

    public bool MayReceive { get; init; }

    /// <summary>Whether an extension id needs the two-byte form (RFC 8285 section 4.3).</summary>
    public bool NeedsTwoByteExtensions =>
        AudioLevelExtension > 14 || MidExtension > 14 || AbsoluteSendTimeExtension > 14 || TransportSequenceExtension > 14;
}
