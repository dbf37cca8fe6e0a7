using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer.Description;

namespace AgentGateway.Rtc.Peer;

/// <summary>Trickled fragments and restarts by them (RFC 8840, RFC 9725 section 4.3).</summary>
public sealed partial class RtcPeer
{
    /// <summary>
    /// Applies a fragment of the far end: more candidates, or new credentials that restart ICE. Candidates that cannot be used are dropped
    /// and counted; a refused fragment changes nothing.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="fragment">
    /// application/trickle-ice-sdpfrag from outside, at most 16 KiB. Without credentials it means those in force.
    /// </param>
    /// <param name="expectedUfrag">
    /// The <see cref="IceUfrag"/> that the sender believes to be ours; another one is refused as stale. Null when it said nothing.
    /// </param>
    /// <param name="mayRestart">
    /// Whether new credentials restart ICE. If not they are refused as stale: a candidate that was overtaken by a restart must not undo it.
    /// </param>
    /// <returns>After a restart, <see cref="SdpResult.Answer"/> is a fragment with our new credentials and candidates; else it is null.</returns>
    public SdpResult AcceptFragment(Instant now, string fragment, string? expectedUfrag = null, bool mayRestart = false)
    {
        ArgumentNullException.ThrowIfNull(fragment);
        if (_transport.IsEnded)
            return SdpResult.Refuse(SdpResultError.WrongState, "The call has ended.");
        if (_remote is null)
            return SdpResult.Refuse(SdpResultError.WrongState, "No description was accepted that the fragment could add to.");
        if (expectedUfrag is not null && expectedUfrag != IceUfrag)
            return SdpResult.Refuse(SdpResultError.StaleGeneration, "The fragment belongs to another ICE session than the one in force.");
        RemoteFragment? remote = RemoteFragment.Read(fragment, _remote, out SdpResult? refusal);
        if (remote is null)
            return refusal!;

        bool isCurrent = (remote.IceUfrag ?? _remote.IceUfrag) == _remote.IceUfrag && (remote.IcePassword ?? _remote.IcePassword) == _remote.IcePassword;
        if (!isCurrent)
        {
            if (!mayRestart)
                return SdpResult.Refuse(SdpResultError.StaleGeneration, "The fragment has other ICE credentials than those in force.");
            if (!RemoteDescription.AreCredentials(remote.IceUfrag, remote.IcePassword))
                return SdpResult.Refuse(SdpResultError.NoIceCredentials, "A restart of ICE needs a new a=ice-ufrag and a=ice-pwd.");
            if (_pending is not null)
                return SdpResult.Refuse(SdpResultError.Glare, "Our own offer waits for its answer.");
            _remote = _remote with { IceUfrag = remote.IceUfrag!, IcePassword = remote.IcePassword!, Candidates = remote.Candidates };
            _transport.RestartIce(now, _remote.IceUfrag, _remote.IcePassword, _remote.IceLite, isOurs: false);
        }

        foreach (string candidate in remote.Candidates)
            AddCandidate(now, candidate);
        Update(now);
        return new SdpResult { Answer = isCurrent ? null : DescriptionWriter.Fragment(DescribeLocal(), _remote) };
    }
}
