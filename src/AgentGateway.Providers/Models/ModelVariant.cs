namespace AgentGateway.Providers.Models;

/// <summary>A complete set of a model's files; a model may be packed in several ways that differ in bytes but do the same.</summary>
/// <param name="Files">The files that must all be there.</param>
public sealed record ModelVariant(IReadOnlyList<ModelFile> Files);
