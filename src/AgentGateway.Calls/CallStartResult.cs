using AgentGateway.Rtc.Peer;

namespace AgentGateway.Calls;

/// <summary>The outcome of an offer to an agent.</summary>
public sealed record CallStartResult
{
    /// <summary>The running call; null unless it was accepted.</summary>
    public Call? Call { get; private init; }

    /// <summary>The SDP answer; null unless accepted.</summary>
    public string? Answer { get; private init; }

    /// <summary>Our ICE ufrag in the answer, which names the ICE session until a restart; null unless accepted.</summary>
    public string? IceUfrag { get; private init; }

    /// <summary>What is wrong with the offer; null otherwise.</summary>
    public SdpResult? Refusal { get; private init; }

    /// <summary>Whether the node takes no more calls at present.</summary>
    public bool Overloaded { get; private init; }

    internal static CallStartResult Accepted(Call call, string answer, string iceUfrag) =>
        new() { Call = call, Answer = answer, IceUfrag = iceUfrag };

    internal static CallStartResult Refused(SdpResult refusal) => new() { Refusal = refusal };

    internal static CallStartResult NoRoom { get; } = new() { Overloaded = true };
}
