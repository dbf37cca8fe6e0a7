
namespace AgentGateway.Rtc.Peer.Description;

/// <summary>Our side of every description: what stays the same over the life of a peer.</summary>
internal sealed record LocalDescription
{
    public required ulong SessionId { get; init; }

    public required string IceUfrag { get; init; }

    public required string IcePassword { get; init; }

    public required bool IceLite { get; init; }

    /// <summary>Values of a=candidate, without the name.</summary>
    public required IReadOnlyList<string> Candidates { get; init; }

    /// <summary>Whether no more candidates will follow.</summary>
    public required bool HasAllCandidates { get; init; }

    /// <summary>"sha-256 AA:BB".</summary>
    public required string Fingerprint { get; init; }

    public required string StreamId { get; init; }

    public required string Cname { get; init; }

    public required bool PreferFec { get; init; }

    public required bool PreferDtx { get; init; }

    public required AudioPreferences Preferences { get; init; }

    public required ushort SctpPort { get; init; }

    public required int MaxMessageSize { get; init; }

    /// <summary>Raised by one for each description.</summary>
    public required ulong Version { get; init; }

    /// <summary>fmtp of Opus: what we, as receiver, can use (RFC 7587 section 6.1).</summary>
    public string OpusParameters => "minptime=10" + (PreferFec ? ";useinbandfec=1" : "") + (PreferDtx ? ";usedtx=1" : "");
}
