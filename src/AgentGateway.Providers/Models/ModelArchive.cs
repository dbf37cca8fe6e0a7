using System.ComponentModel;
using System.Diagnostics;

namespace AgentGateway.Providers.Models;

/// <summary>Unpacks chosen files of a .tar.bz2 with the system's tar, because .NET has no bzip2.</summary>
internal static class ModelArchive
{
    /// <param name="archive">The archive, whose checksum was verified.</param>
    /// <param name="folder">Folder in the archive.</param>
    /// <param name="files">Files of that folder.</param>
    /// <param name="target">Existing folder to put them in.</param>
    /// <param name="cancellationToken">Ends tar.</param>
    /// <exception cref="ModelUnavailableException">tar or bzip2 is missing, or the archive is not as expected.</exception>
    public static async Task ExtractAsync(
        string archive, string folder, IReadOnlyList<string> files, string target, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("tar") { RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])["--extract", "--bzip2", "--file", archive, "--directory", target, "--no-same-owner", "--strip-components=1"])
            start.ArgumentList.Add(argument);
        start.ArgumentList.Add("--");
        foreach (string file in files)
            start.ArgumentList.Add($"{folder}/{file}");

        string errors;
        int exitCode;
        try
        {
            using Process tar = Process.Start(start) ?? throw new ModelUnavailableException("tar did not start.");
            try
            {
                errors = await tar.StandardError.ReadToEndAsync(cancellationToken);
                await tar.WaitForExitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                tar.Kill();
                throw;
            }

            exitCode = tar.ExitCode;
        }
        catch (Win32Exception e)
        {
            throw new ModelUnavailableException("The programs tar and bzip2 are needed to unpack a model: install the Debian packages tar and bzip2.", e);
        }

        if (exitCode != 0)
        {
            throw new ModelUnavailableException(
                $"{Path.GetFileName(archive)} could not be unpacked (tar ended with {exitCode}: {errors.Trim()}). If bzip2 is missing, install the Debian package bzip2.");
        }
    }
}
