namespace AgentGateway.Rtc.Srtp;

/// <summary>Work buffers that all ciphers of a thread share: what is in them is not used beyond one packet.</summary>
internal sealed class AesScratch
{
    /// <summary>Bytes of key stream made per native call: one MTU. Longer packets take several calls.</summary>
    public const int Size = 1536;

    [ThreadStatic]
    private static AesScratch? _ofThread;

    /// <summary>The calling thread's.</summary>
    public static AesScratch OfThread => _ofThread ??= new AesScratch();

    public byte[] Counters { get; } = new byte[Size];

    public byte[] KeyStream { get; } = new byte[Size];

    /// <summary>Plain text on trial, see <see cref="AesGcmCipher"/>. Grows to the largest packet seen (at most 64 KB).</summary>
    public byte[] Plain { get; private set; } = [];

    /// <summary>Cipher text thrown away, see <see cref="AesGcmCipher"/>.</summary>
    public byte[] Discard { get; private set; } = [];

    /// <summary>Makes room for plain and cipher text of so many bytes.</summary>
    public void EnsureCapacity(int length)
    {
        if (length <= Plain.Length)
            return;
        length = Math.Max(length, Size);
        Plain = new byte[length];
        Discard = new byte[length];
    }
}
