using System.Diagnostics.CodeAnalysis;

namespace AgentGateway.Rtc.Srtp;

/// <summary>SRTP protection profiles; the values are their DTLS-SRTP identifiers (RFC 5764 section 4.1.2, RFC 7714 section 14.2).</summary>
[SuppressMessage("Naming", "CA1707", Justification = "Profile and tag length are told apart as in the names of RFC 5764.")]
public enum SrtpProfile
{
    /// <summary>AES-128 counter mode, HMAC-SHA1 with an 80-bit tag. Every WebRTC peer has it (RFC 8827 section 6.5).</summary>
    Aes128CmHmacSha1_80 = 1,

    /// <summary>AES-128 counter mode, HMAC-SHA1 with a 32-bit tag on RTP and an 80-bit tag on RTCP.</summary>
    Aes128CmHmacSha1_32 = 2,

    /// <summary>AES-128 in Galois/counter mode, 128-bit tag (RFC 7714).</summary>
    AeadAes128Gcm = 7,

    /// <summary>AES-256 in Galois/counter mode, 128-bit tag (RFC 7714).</summary>
    AeadAes256Gcm = 8,
}
