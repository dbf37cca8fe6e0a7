namespace AgentGateway.Rtc.Srtp;

/// <summary>What became of a packet handed to an <see cref="SrtpSession"/>. Everything but <see cref="Ok"/> means: drop it.</summary>
public enum SrtpResult
{
    /// <summary>Accepted; the length given back is that of the plain packet.</summary>
    Ok,

    /// <summary>Too short for its header, tag and (RTCP) index.</summary>
    TooShort,

    /// <summary>Not version 2, or the CSRC list or header extension runs past the end.</summary>
    Malformed,

    /// <summary>An RTCP packet whose E flag says it is not encrypted; WebRTC forbids that (RFC 8827 section 6.5).</summary>
    NotEncrypted,

    /// <summary>Its index was already seen, or is older than the replay window.</summary>
    Replayed,

    /// <summary>The tag does not match: forged, damaged, or another key.</summary>
    AuthenticationFailed,

    /// <summary>Genuine, but from one source (SSRC) more than a session keeps state for.</summary>
    TooManySources,

    /// <summary>The key may protect no more packets (2^48 RTP per source, 2^31 RTCP); the call must be set up anew.</summary>
    KeyExhausted,

    /// <summary>Sending only: this sequence number was protected before; a second use would reveal the key stream.</summary>
    DuplicateIndex,

    /// <summary>Sending only: fewer than <see cref="SrtpSession.MaxOverhead"/> free bytes behind the packet.</summary>
    NoRoom,
}
