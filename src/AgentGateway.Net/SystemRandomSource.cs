using System.Security.Cryptography;
using AgentGateway.Primitives;

namespace AgentGateway.Net;

/// <summary>The operating system's cryptographic generator. Thread-safe.</summary>
public sealed class SystemRandomSource : IRandomSource
{
    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
