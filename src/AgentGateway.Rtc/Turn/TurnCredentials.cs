using System.Security.Cryptography;
using System.Text;

namespace AgentGateway.Rtc.Turn;

/// <summary>Long-term credentials (RFC 8489 section 9.2) with the server's realm and one of its nonces. A value: a new nonce makes a new one.</summary>
internal sealed class TurnCredentials
{
    // RFC 8489 sections 14.9 and 14.10 allow fewer than 128 characters, which could be 763 bytes; real ones have fewer than 64.
    private const int MaxTextSize = 500;

    private TurnCredentials(byte[] userName, byte[] realm, byte[] nonce, byte[] key)
    {
        UserName = userName;
        Realm = realm;
        Nonce = nonce;
        Key = key;
    }

    public byte[] UserName { get; }

    public byte[] Realm { get; }

    public byte[] Nonce { get; }

    /// <summary>MD5 of "user:realm:password".</summary>
    public byte[] Key { get; }

    /// <summary>Null when the server's texts are empty or longer than allowed.</summary>
    public static TurnCredentials? Create(TurnClientOptions options, ReadOnlySpan<byte> realm, ReadOnlySpan<byte> nonce)
    {
        if (realm.Length is 0 or > MaxTextSize || nonce.Length is 0 or > MaxTextSize)
            return null;
        byte[] userName = Encoding.UTF8.GetBytes(options.UserName);
        byte[] text = [.. userName, (byte)':', .. realm, (byte)':', .. Encoding.UTF8.GetBytes(options.Password)];
#pragma warning disable CA5351 // RFC 8489 section 9.2.2 prescribes MD5; every TURN server speaks it, few speak anything else.
        byte[] key = MD5.HashData(text);
#pragma warning restore CA5351
        CryptographicOperations.ZeroMemory(text);
        return new TurnCredentials(userName, realm.ToArray(), nonce.ToArray(), key);
    }

    public TurnCredentials? WithNonce(ReadOnlySpan<byte> nonce) =>
        nonce.Length is 0 or > MaxTextSize ? null : new TurnCredentials(UserName, Realm, nonce.ToArray(), Key);
}
