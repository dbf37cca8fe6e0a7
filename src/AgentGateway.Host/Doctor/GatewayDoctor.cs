using System.Globalization;
using AgentGateway.Audio;
using AgentGateway.Conversation.Agents;
using AgentGateway.Host.Configuration;
using AgentGateway.Net;
using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Ice;
using Microsoft.Extensions.Options;

namespace AgentGateway.Host.Doctor;

/// <summary>Says what works on this node, what callers are told, and at which step an offer fails. Thread-safe; changes nothing.</summary>
internal sealed class GatewayDoctor(IOptions<MediaOptions> media, AgentCatalog catalog)
{
    private const string PublicAddress = "public_address";

    /// <summary>Looks at everything.</summary>
    /// <param name="transport">The running transport, or one made for this.</param>
    /// <param name="offer">SDP from outside; null for none.</param>
    /// <param name="ports">What became of binding the ports, when that was tried just now.</param>
    internal DoctorReport Examine(MediaTransport transport, string? offer, DoctorStep? ports = null)
    {
        IReadOnlyList<IceCandidate> candidates = transport.OfferedCandidates;
        DoctorStep[] steps =
        [
            ports ?? Ports(transport),
            OpenSsl(transport),
            AudioNativeLibraries.TryLoad(out string? missing)
                ? new DoctorStep("audio_libraries", DoctorStatus.Ok, "The codec and resampler libraries load.")
                : new DoctorStep("audio_libraries", DoctorStatus.Failed, missing),
            Agents(),
            Ice(),
            Reachable(candidates),
            Public(candidates),
            Relay(candidates),
            transport.HasRoom
                ? new DoctorStep("room", DoctorStatus.Ok, FormattableString.Invariant($"{transport.ConnectionCount} of {media.Value.MaxCalls} calls, {transport.ConnectingCount} of them connecting."))
                : new DoctorStep("room", DoctorStatus.Warning, FormattableString.Invariant($"Full: {transport.ConnectionCount} of {media.Value.MaxCalls} calls, {transport.ConnectingCount} of at most {media.Value.MaxConnecting} connecting. Further offers get 503.")),
        ];
        return new DoctorReport(
            steps,
            [.. candidates.Select(Describe)],
            offer is null ? null : OfferDiagnosis.Diagnose(offer, transport.Probe(offer), candidates, IsLite));
    }

    private static DoctorStep OpenSsl(MediaTransport transport) => DtlsLibrary.TryLoad(out string? version, out string? error)
        ? new DoctorStep("encryption", DoctorStatus.Ok, FormattableString.Invariant($"{version}; the certificate for new calls is valid until {transport.CertificateExpires:yyyy-MM-dd}."))
        : new DoctorStep("encryption", DoctorStatus.Failed, error!);

    private static DoctorStep Reachable(IReadOnlyList<IceCandidate> candidates)
    {
        if (candidates.Count == 0)
            return new DoctorStep("candidates", DoctorStatus.Failed, "Callers are told no address. Bring an interface up, or set Media:AdvertisedAddresses.");
        string told = $"Callers are told {Join(candidates.Select(c => c.Address.ToString()).Distinct())}.";
        return candidates.All(c => AddressReach.Of(c.Address.Address) == AddressReach.Host)
            ? new DoctorStep("candidates", DoctorStatus.Warning, $"{told} Only this host can reach that.")
            : new DoctorStep("candidates", DoctorStatus.Ok, told);
    }

    private static DoctorCandidate Describe(IceCandidate candidate) => new(
        candidate.Address.Address.ToString(),
        candidate.Address.Port,
        candidate.Transport,
        candidate.Type switch
        {
            IceCandidateType.Host => "host",
            IceCandidateType.ServerReflexive => "server-reflexive",
            IceCandidateType.PeerReflexive => "peer-reflexive",
            _ => "relayed",
        },
        AddressReach.Of(candidate.Address.Address));

    private static string Join(IEnumerable<string> items) => string.Join(", ", items);

    private DoctorStep Agents()
    {
        AgentSnapshot current = catalog.Current;
        if (current.Agents.Count == 0)
            return new DoctorStep("agents", DoctorStatus.Failed, $"No agent loads. {Join(current.Problems.Select(p => p.ToString()))}".TrimEnd());
        string names = Join(current.Agents.Keys.Order(StringComparer.Ordinal));
        return current.Problems.Count == 0
            ? new DoctorStep("agents", DoctorStatus.Ok, $"{names}.")
            : new DoctorStep("agents", DoctorStatus.Warning, $"{names}. Refused: {Join(current.Problems.Select(p => p.ToString()))}");
    }

    private bool IsLite => media.Value.IceLite && media.Value.TurnServers.Count == 0;

    private DoctorStep Ice() => IsLite
        ? new DoctorStep("ice", DoctorStatus.Ok, "ICE-lite: callers check, the gateway answers; it needs an address that callers can reach.")
        : new DoctorStep("ice", DoctorStatus.Ok, "Full ICE: the gateway checks callers' candidates too.");

    private DoctorStep Public(IReadOnlyList<IceCandidate> candidates)
    {
        if (media.Value.AdvertisedAddresses.Count > 0)
            return new DoctorStep(PublicAddress, DoctorStatus.Ok, $"Configured: {Join(media.Value.AdvertisedAddresses)}{(media.Value.AdvertisedPort is { } port ? string.Create(CultureInfo.InvariantCulture, $", port {port}") : "")}.");
        if (media.Value.StunServer is { } server)
        {
            string seen = Join(candidates.Where(c => c.Type == IceCandidateType.ServerReflexive).Select(c => c.Address.ToString()).Distinct());
            return seen.Length > 0
                ? new DoctorStep(PublicAddress, DoctorStatus.Ok, $"{server} sees this host as {seen}; callers are told.")
                : new DoctorStep(PublicAddress, DoctorStatus.Warning, $"{server} tells no address beside the interfaces' own: it does not answer (a firewall, a wrong name), or there is no NAT.");
        }

        IceCandidate? open = candidates.FirstOrDefault(c => AddressReach.Of(c.Address.Address) == AddressReach.Internet);
        if (open is not null)
            return new DoctorStep(PublicAddress, DoctorStatus.Ok, $"{open.Address.Address} can be reached from everywhere, if no firewall stands before it.");
        return new DoctorStep(PublicAddress, DoctorStatus.Warning, "None is known, so callers from other networks do not get through. Set Media:AdvertisedAddresses to the public address that is mapped to this host, or Media:StunServer to find it.");
    }

    private DoctorStep Relay(IReadOnlyList<IceCandidate> candidates)
    {
        const string Name = "relay";
        if (media.Value.TurnServers.Count == 0)
            return new DoctorStep(Name, DoctorStatus.Ok, "No TURN server is configured; calls go directly.");
        string[] relayed = [.. candidates.Where(c => c.Type == IceCandidateType.Relayed).Select(c => c.Address.ToString()).Distinct()];
        if (relayed.Length > 0)
            return new DoctorStep(Name, DoctorStatus.Ok, $"TURN servers relay from {Join(relayed)}.");
        return new DoctorStep(
            Name,
            media.Value.RelayOnly ? DoctorStatus.Failed : DoctorStatus.Warning,
            "No TURN server gave an address: it does not answer, or refuses the credentials; the log says which.");
    }

    private static DoctorStep Ports(MediaTransport transport)
    {
        string tcp = transport.TcpEndPoints.Count == 0 ? "" : $" For callers without UDP: {Join(transport.TcpEndPoints.Select(p => $"TCP {p.Port}"))}.";
        return new DoctorStep("media_ports", DoctorStatus.Ok, $"Bound: {Join(transport.LocalEndPoints.Select(p => $"UDP {p.Port}"))}, one thread each.{tcp}");
    }
}
