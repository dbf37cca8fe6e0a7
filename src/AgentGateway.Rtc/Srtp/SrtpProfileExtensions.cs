namespace AgentGateway.Rtc.Srtp;

/// <summary>Sizes that follow from a protection profile.</summary>
public static class SrtpProfileExtensions
{
    /// <summary>Length of a master key in bytes: 16 or 32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is no profile.</exception>
    public static int KeyLength(this SrtpProfile profile) => profile switch
    {
        SrtpProfile.Aes128CmHmacSha1_80 or SrtpProfile.Aes128CmHmacSha1_32 or SrtpProfile.AeadAes128Gcm => 16,
        SrtpProfile.AeadAes256Gcm => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(profile)),
    };

    /// <summary>Length of a master salt in bytes: 14 (counter mode) or 12 (GCM).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is no profile.</exception>
    public static int SaltLength(this SrtpProfile profile) => profile switch
    {
        SrtpProfile.Aes128CmHmacSha1_80 or SrtpProfile.Aes128CmHmacSha1_32 => 14,
        SrtpProfile.AeadAes128Gcm or SrtpProfile.AeadAes256Gcm => 12,
        _ => throw new ArgumentOutOfRangeException(nameof(profile)),
    };

    /// <summary>Bytes the DTLS exporter must give: both keys, then both salts (RFC 5764 section 4.2). At most 88.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is no profile.</exception>
    public static int KeyingMaterialLength(this SrtpProfile profile) => 2 * (profile.KeyLength() + profile.SaltLength());

    internal static bool IsAead(this SrtpProfile profile) => profile is SrtpProfile.AeadAes128Gcm or SrtpProfile.AeadAes256Gcm;
}
