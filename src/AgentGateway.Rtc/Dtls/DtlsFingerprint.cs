using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace AgentGateway.Rtc.Dtls;

/// <summary>
/// A certificate fingerprint as in <c>a=fingerprint</c> (RFC 8122 section 5). Only SHA-256, SHA-384 and SHA-512 exist here:
/// weaker hashes are refused when parsing, as RFC 8122 demands for MD5 and MD2 and prudence for SHA-1.
/// </summary>
public sealed record DtlsFingerprint
{
    private readonly byte[] _hash;

    private DtlsFingerprint(string algorithm, byte[] hash)
    {
        Algorithm = algorithm;
        _hash = hash;
    }

    /// <summary>"sha-256", "sha-384" or "sha-512".</summary>
    public string Algorithm { get; }

    /// <summary>The hash of the certificate's DER bytes: 32, 48 or 64 bytes.</summary>
    public ReadOnlyMemory<byte> Value => _hash;

    /// <summary>Parses "sha-256 AB:CD:..." in any case; false for another hash, another length or bad hexadecimal.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out DtlsFingerprint? fingerprint)
    {
        fingerprint = null;
        text = text.Trim();
        int space = text.IndexOf(' ');
        if (space < 0)
            return false;
        if (CanonicalAlgorithm(text[..space]) is not { } algorithm)
            return false;
        ReadOnlySpan<char> hex = text[(space + 1)..].Trim();
        byte[] hash = new byte[HashLength(algorithm)];
        if (hex.Length != (hash.Length * 3) - 1)
            return false;
        for (int i = 0; i < hash.Length; i++)
        {
            int at = i * 3;
            if (!char.IsAsciiHexDigit(hex[at]) || !char.IsAsciiHexDigit(hex[at + 1]) || (i > 0 && hex[at - 1] != ':'))
                return false;
            hash[i] = Convert.FromHexString(hex.Slice(at, 2))[0];
        }

        fingerprint = new DtlsFingerprint(algorithm, hash);
        return true;
    }

    /// <summary>The fingerprint of a certificate.</summary>
    /// <param name="algorithm">"sha-256", "sha-384" or "sha-512".</param>
    /// <param name="certificate">DER bytes.</param>
    /// <exception cref="ArgumentException">The algorithm is another.</exception>
    public static DtlsFingerprint Compute(string algorithm, ReadOnlySpan<byte> certificate)
    {
        string canonical = CanonicalAlgorithm(algorithm) ?? throw new ArgumentException($"No such hash: {algorithm}", nameof(algorithm));
        byte[] hash = new byte[HashLength(canonical)];
        Hash(canonical, certificate, hash);
        return new DtlsFingerprint(canonical, hash);
    }

    /// <summary>Whether the certificate (DER bytes) has this fingerprint.</summary>
    public bool Matches(ReadOnlySpan<byte> certificate)
    {
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        hash = hash[..HashLength(Algorithm)];
        Hash(Algorithm, certificate, hash);
        return hash.SequenceEqual(_hash);
    }

    /// <inheritdoc/>
    public bool Equals(DtlsFingerprint? other) =>
        other is not null && Algorithm == other.Algorithm && _hash.AsSpan().SequenceEqual(other._hash);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Algorithm, _hash[0], _hash[1], _hash[2], _hash[3]);

    /// <summary>As in SDP: "sha-256 AB:CD:...", upper case (RFC 8122 section 5).</summary>
    public override string ToString() =>
        string.Create(Algorithm.Length + (_hash.Length * 3), this, static (span, self) =>
        {
            self.Algorithm.CopyTo(span);
            int at = self.Algorithm.Length;
            for (int i = 0; i < self._hash.Length; i++, at += 3)
            {
                span[at] = i == 0 ? ' ' : ':';
                self._hash[i].TryFormat(span[(at + 1)..], out _, "X2");
            }
        });

    private static string? CanonicalAlgorithm(ReadOnlySpan<char> name) =>
        name.Equals("sha-256", StringComparison.OrdinalIgnoreCase) ? "sha-256"
        : name.Equals("sha-384", StringComparison.OrdinalIgnoreCase) ? "sha-384"
        : name.Equals("sha-512", StringComparison.OrdinalIgnoreCase) ? "sha-512"
        : null;

    private static int HashLength(string algorithm) => algorithm switch
    {
        "sha-256" => SHA256.HashSizeInBytes,
        "sha-384" => SHA384.HashSizeInBytes,
        _ => SHA512.HashSizeInBytes,
    };

    private static void Hash(string algorithm, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        _ = algorithm switch
        {
            "sha-256" => SHA256.HashData(data, destination),
            "sha-384" => SHA384.HashData(data, destination),
            _ => SHA512.HashData(data, destination),
        };
    }
}
