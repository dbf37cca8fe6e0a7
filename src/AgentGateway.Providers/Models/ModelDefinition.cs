namespace AgentGateway.Providers.Models;

/// <summary>A model that the store knows.</summary>
/// <param name="Name">Its name, and the name of its folder.</param>
/// <param name="Purpose">What it does, as a noun phrase for messages.</param>
/// <param name="License">SPDX identifier.</param>
/// <param name="Variants">The sets of files that are accepted.</param>
/// <param name="Download">Where it is fetched from.</param>
public sealed record ModelDefinition(
    string Name, string Purpose, string License, IReadOnlyList<ModelVariant> Variants, ModelDownload Download)
{
    /// <summary>A file of an npm package that is the model's only file, relative to node_modules; null when no package has it.</summary>
    public string? PackageFile { get; init; }
}
