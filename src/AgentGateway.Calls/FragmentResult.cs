using AgentGateway.Rtc.Peer;

namespace AgentGateway.Calls;

/// <summary>The outcome of a trickled fragment.</summary>
public sealed record FragmentResult
{
    /// <summary>What became of the fragment; null when the call had ended or the node had no room for the command.</summary>
    public SdpResult? Result { get; private init; }

    /// <summary>Our ICE ufrag now, which names the ICE session; null without a result.</summary>
    public string? IceUfrag { get; private init; }

    /// <summary>Whether the call goes on but the node is too busy; the fragment may be sent again.</summary>
    public bool Overloaded { get; private init; }

    internal static FragmentResult Ended { get; } = new();

    internal static FragmentResult NoRoom { get; } = new() { Overloaded = true };

    internal static FragmentResult Of(SdpResult result, string iceUfrag) => new() { Result = result, IceUfrag = iceUfrag };
}
