namespace AgentGateway.Providers.Models;

/// <summary>A file of a model.</summary>
/// <param name="Name">File name within the model's folder.</param>
/// <param name="Bytes">Its exact size; null when no official figure is known.</param>
/// <param name="Sha256">Lower-case hexadecimal SHA-256; null when no official figure is known.</param>
public sealed record ModelFile(string Name, long? Bytes = null, string? Sha256 = null);
