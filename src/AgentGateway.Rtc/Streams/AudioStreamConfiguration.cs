namespace AgentGateway.Rtc.Streams;

/// <summary>What the descriptions agreed on, as far as the streams need it.</summary>
internal sealed record AudioStreamConfiguration
{
    public required byte PayloadType { get; init; }

    public byte? TelephoneEventPayloadType { get; init; }

    /// <summary>RTP clock in Hz.</summary>
    public required int ClockRate { get; init; }

    public int? AudioLevelExtension { get; init; }

    public int? MidExtension { get; init; }

    public string Mid { get; init; } = "";

    public bool MaySend { get; init; }

    public bool MayReceive { get; init; }
}
