using AgentGateway.Rtc.Srtp;

namespace AgentGateway.Rtc.Dtls;

/// <summary>How a <see cref="DtlsEndpoint"/> behaves.</summary>
public sealed record DtlsOptions
{
    /// <summary>Largest UDP payload to send, in bytes, 512..1500. Handshake messages are fragmented to it.</summary>
    public int MaxDatagramSize { get; init; } = 1200;

    /// <summary>
    /// Time until the first retransmission of a flight. RFC 6347 section 4.2.4.1 suggests 1 s; a path that passed ICE checks
    /// answers much sooner, and a caller waits for every lost packet.
    /// </summary>
    public TimeSpan InitialRetransmitTimeout { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The retransmission timeout doubles up to this. OpenSSL repeats one flight 12 times at most, so a low bound ends the
    /// handshake early.
    /// </summary>
    public TimeSpan MaxRetransmitTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time from <see cref="DtlsEndpoint.Start"/> until an unfinished handshake fails.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>SRTP profiles to accept, the preferred one first; not empty. A server's preference wins over its client's.</summary>
    public IReadOnlyList<SrtpProfile> SrtpProfiles { get; init; } = [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmHmacSha1_80];

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDatagramSize, 512);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxDatagramSize, 1500);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(InitialRetransmitTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetransmitTimeout, InitialRetransmitTimeout);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HandshakeTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfZero(SrtpProfiles.Count);
    }
}
