namespace AgentGateway.Rtc.Peer;

/// <summary>What became of a description given to <see cref="RtcPeer.AcceptOffer"/> or <see cref="RtcPeer.AcceptAnswer"/>.</summary>
public sealed record SdpResult
{
    /// <summary>Whether it was applied. If not, nothing changed.</summary>
    public bool IsSuccess => Error == SdpResultError.None;

    /// <summary>The answer to an accepted offer, with CRLF line ends; else null.</summary>
    public string? Answer { get; init; }

    /// <summary>What is wrong; <see cref="SdpResultError.None"/> on success.</summary>
    public SdpResultError Error { get; init; }

    /// <summary>A sentence for the developer at the other end; never contains addresses or credentials.</summary>
    public string Message { get; init; } = "";

    /// <summary>The 1-based line of the description, or 0 when no single line is to blame.</summary>
    public int Line { get; init; }

    internal static SdpResult Refuse(SdpResultError error, string message, int line = 0) => new() { Error = error, Message = message, Line = line };
}
