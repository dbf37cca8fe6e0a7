using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Host.Doctor;

/// <summary>
/// Walks through what happens to an offer, up to the step at which it fails. The verdict is the peer's own: an offer that passes here is
/// answered, and one that fails here is refused for that reason.
/// </summary>
internal static class OfferDiagnosis
{
    private const string Candidates = "candidates";
    private const string Answer = "answer";

    // In the order in which the peer looks.
    private static readonly (string Name, SdpResultError[] Errors, string Passed)[] Steps =
    [
        ("sdp", [SdpResultError.Empty, SdpResultError.TooLarge, SdpResultError.NotSdp, SdpResultError.Malformed], "Every line parses."),
        ("audio", [SdpResultError.NoAudio], "There is an audio section."),
        ("profile", [SdpResultError.UnsupportedProfile], "Media is encrypted with DTLS-SRTP."),
        ("codec", [SdpResultError.NoCommonCodec], "There is a codec that both sides have."),
        ("bundle", [SdpResultError.NoBundle], "All sections in use share one transport."),
        ("ice_credentials", [SdpResultError.NoIceCredentials], "ICE has a user name fragment and a password."),
        ("fingerprint", [SdpResultError.NoFingerprint], "The caller's certificate has a fingerprint."),
        ("rtcp_mux", [SdpResultError.NoRtcpMux], "RTCP shares the port."),
        ("setup", [SdpResultError.BadSetup], "The DTLS roles fit."),
    ];

    /// <summary>Diagnoses an offer.</summary>
    /// <param name="offer">SDP from outside.</param>
    /// <param name="result">What the peer says to it.</param>
    /// <param name="ours">Our candidates.</param>
    /// <param name="isLite">Whether the gateway leaves checking to the caller.</param>
    internal static IReadOnlyList<DoctorStep> Diagnose(string offer, SdpResult result, IReadOnlyList<IceCandidate> ours, bool isLite)
    {
        var steps = new List<DoctorStep>();
        bool failed = false;
        foreach ((string name, SdpResultError[] errors, string passed) in Steps)
        {
            bool fails = errors.Contains(result.Error);
            steps.Add(
                failed ? Skipped(name)
                : fails ? new DoctorStep(name, DoctorStatus.Failed, result.Message, result.Line > 0 ? result.Line : null)
                : new DoctorStep(name, DoctorStatus.Ok, passed));
            failed |= fails;
        }

        steps.Add(failed ? Skipped(Candidates) : CheckCandidates(offer, ours, isLite));
        steps.Add(
            failed ? Skipped(Answer)
            : result.IsSuccess ? new DoctorStep(Answer, DoctorStatus.Ok, "The offer would be answered.")
            : new DoctorStep(Answer, DoctorStatus.Failed, result.Message, result.Line > 0 ? result.Line : null));
        return steps;
    }

    private static DoctorStep Skipped(string name) => new(name, DoctorStatus.Skipped, "Not looked at.");

    private static DoctorStep CheckCandidates(string offer, IReadOnlyList<IceCandidate> ours, bool isLite)
    {
        if (!SdpSession.TryParse(offer, SdpLimits.Default, out SdpSession? session, out _) || session is null)
            return Skipped(Candidates);
        var theirs = new List<IceCandidate>();
        int malformed = 0;
        foreach (string text in session.Media.SelectMany(m => m.Candidates).Distinct())
        {
            if (IceCandidate.TryParse(text, out IceCandidate? candidate) && candidate is not null)
                theirs.Add(candidate);
            else
                malformed++;
        }

        int names = theirs.Count(c => c.HostName is not null);
        IceCandidate[] usable = [.. theirs.Where(c => c.HostName is null && c.Transport == "udp" && c.Component == 1 && c.Address.Port > 0)];
        string counted = FormattableString.Invariant($"{theirs.Count + malformed} in the offer: {usable.Length} usable over UDP, {names} with a name instead of an address, {malformed} malformed.");
        if (session.IceLite && isLite)
            return new DoctorStep(Candidates, DoctorStatus.Failed, "Both sides are ICE-lite, so nobody would send checks. Set Media:IceLite to false.");
        if (usable.Any(t => ours.Any(o => AddressReach.MayMeet(o.Address.Address, t.Address.Address))))
            return new DoctorStep(Candidates, DoctorStatus.Ok, counted);
        if (usable.Length > 0)
            return new DoctorStep(Candidates, DoctorStatus.Warning, $"{counted} None of them can meet one of ours: another address family, or loopback on one side only. The caller may have others when it checks.");
        return isLite
            ? new DoctorStep(Candidates, DoctorStatus.Ok, $"{counted} The gateway needs none: it learns the caller from its checks.")
            : new DoctorStep(Candidates, DoctorStatus.Warning, $"{counted} The gateway can send no check before the caller trickles a candidate or sends one itself.");
    }
}
