namespace AgentGateway.Providers.Models;

/// <summary>Where a model is fetched from.</summary>
/// <param name="Url">The official address.</param>
/// <param name="File">Size and checksum of what the address gives; the name is the archive's or the file's.</param>
/// <param name="ArchiveFolder">For a .tar.bz2 archive: the folder in it that holds the files; null when the address gives the model's only file.</param>
/// <param name="ArchiveFiles">For an archive: the files to take out of it.</param>
public sealed record ModelDownload(Uri Url, ModelFile File, string? ArchiveFolder = null, IReadOnlyList<string>? ArchiveFiles = null);
