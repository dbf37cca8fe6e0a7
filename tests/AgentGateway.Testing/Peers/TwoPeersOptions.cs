using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Testing.Network;

namespace AgentGateway.Testing.Peers;

/// <summary>A pair to build.</summary>
public sealed record TwoPeersOptions
{
    public ulong Seed { get; init; } = 1;

    /// <summary>From the caller to the answerer.</summary>
    public NetemOptions Uplink { get; init; } = NetemOptions.Lan;

    /// <summary>From the answerer to the caller.</summary>
    public NetemOptions Downlink { get; init; } = NetemOptions.Lan;

    /// <summary>Both directions at once.</summary>
    public NetemOptions Network
    {
        init
        {
            Uplink = value;
            Downlink = value;
        }
    }

    /// <summary>Whether the answerer only answers checks.</summary>
    public bool AnswererIsLite { get; init; }

    /// <summary>Whether the offer has no candidates, as browsers' that never trickle.</summary>
    public bool OfferWithoutCandidates { get; init; }

    /// <summary>Puts the caller behind a NAT with this address; null for none.</summary>
    public TransportAddress? CallerSeenAs { get; init; }

    /// <summary>How long the offer and the answer take, each.</summary>
    public TimeSpan SignallingDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    public Func<RtcPeerOptions, RtcPeerOptions> ConfigureCaller { get; init; } = static o => o;

    public Func<RtcPeerOptions, RtcPeerOptions> ConfigureAnswerer { get; init; } = static o => o;

    /// <summary>Changes descriptions under way.</summary>
    public Func<string, string> RewriteOffer { get; init; } = static s => s;

    public Func<string, string> RewriteAnswer { get; init; } = static s => s;
}
