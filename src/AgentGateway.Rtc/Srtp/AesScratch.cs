namespace AgentGateway.Rtc.Srtp;

/// <summary>Work buffers that the ciphers of one session share, since one owner calls them one after the other.</summary>
internal sealed class AesScratch
{
    /// <summary>Bytes of key stream made per native call: one MTU. Longer packets take several calls.</summary>
    public const int Size = 1536;

    public byte[] Counters { get; } = new byte[Size];

    public byte[] KeyStream { get; } = new byte[Size];

    /// <summary>Plain text on trial, see <see cref="AesGcmCipher"/>. Grows to the largest packet seen (at most 64 KB).</summary>
    public byte[] Plain { get; private set; } = new byte[Size];

    /// <summary>Cipher text thrown away, see <see cref="AesGcmCipher"/>.</summary>
    public byte[] Discard { get; private set; } = new byte[Size];

    public void EnsureCapacity(int length)
    {
        if (length <= Plain.Length)
            return;
        Plain = new byte[length];
        Discard = new byte[length];
    }
}
