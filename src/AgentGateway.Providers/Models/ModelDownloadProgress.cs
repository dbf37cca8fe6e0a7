namespace AgentGateway.Providers.Models;

/// <summary>How far a download is.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="File">The file being fetched.</param>
/// <param name="Received">Bytes on disk, those of an earlier try included.</param>
/// <param name="Total">Bytes in all; null when unknown.</param>
public readonly record struct ModelDownloadProgress(string Model, string File, long Received, long? Total);
