using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace AgentGateway.Providers.Models;

/// <summary>Fetches one file: resumes a broken transfer, checks size and checksum, and never leaves a half file under its final name.</summary>
internal sealed class ModelDownloader(HttpClient http, ModelStoreOptions options, TimeProvider time)
{
    private const int BufferSize = 128 * 1024;

    /// <summary>Fetches into <paramref name="target"/>.</summary>
    /// <exception cref="ModelUnavailableException">All tries failed; the message has the last reason.</exception>
    public async Task FetchAsync(
        string model, ModelDownload download, string target, IProgress<ModelDownloadProgress>? progress, CancellationToken cancellationToken)
    {
        string part = target + ".part";
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await TransferAsync(model, download, part, progress, cancellationToken);
                await VerifyAsync(download.File, part, cancellationToken);
                File.Move(part, target, overwrite: true);
                return;
            }
            catch (InvalidDataException e)
            {
                // Damaged content cannot be resumed; a changed upstream will not heal by itself either, so one fresh try is all.
                File.Delete(part);
                if (attempt >= Math.Min(2, options.MaxAttempts))
                    throw new ModelUnavailableException($"{download.Url} gave something else than expected: {e.Message}", e);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException && !cancellationToken.IsCancellationRequested)
            {
                if (attempt >= options.MaxAttempts || e is HttpRequestException { StatusCode: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError })
                    throw new ModelUnavailableException($"{download.Url} could not be fetched: {e.Message}", e);
            }

            await Task.Delay(TimeSpan.FromSeconds(1 << (attempt - 1)), time, cancellationToken);
        }
    }

    /// <summary>Checks a file's size and checksum as far as they are known.</summary>
    /// <exception cref="InvalidDataException">It differs.</exception>
    public static async Task VerifyAsync(ModelFile expected, string path, CancellationToken cancellationToken)
    {
        long length = new FileInfo(path).Length;
        if (expected.Bytes is { } bytes && bytes != length)
            throw new InvalidDataException($"{expected.Name} has {length} bytes instead of {bytes}");
        if (expected.Sha256 is null)
            return;
        await using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, useAsync: true);
        string actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        if (!string.Equals(actual, expected.Sha256, StringComparison.Ordinal))
            throw new InvalidDataException($"{expected.Name} has SHA-256 {actual} instead of {expected.Sha256}");
    }

    private async Task TransferAsync(
        string model, ModelDownload download, string part, IProgress<ModelDownloadProgress>? progress, CancellationToken cancellationToken)
    {
        long have = File.Exists(part) ? new FileInfo(part).Length : 0;
        long limit = download.File.Bytes ?? options.MaxUnknownBytes;
        if (download.File.Bytes is { } whole && have == whole)
            return;
        if (have > limit)
        {
            File.Delete(part);
            have = 0;
        }

        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            stall.CancelAfter(options.StallTimeout);
            using HttpRequestMessage request = new(HttpMethod.Get, download.Url);
            if (have > 0)
                request.Headers.Range = new RangeHeaderValue(have, null);
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // The part does not fit what the server has now.
                File.Delete(part);
                throw new IOException("the server refused to resume");
            }

            response.EnsureSuccessStatusCode();
            bool resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
            if (!resumed)
                have = 0;
            long? total = download.File.Bytes ?? have + response.Content.Headers.ContentLength;
            if (total > limit || have + response.Content.Headers.ContentLength > limit)
                throw new InvalidDataException($"it announces more than {limit} bytes");

            await using Stream source = await response.Content.ReadAsStreamAsync(stall.Token);
            await using FileStream file = new(part, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None, BufferSize, useAsync: true);
            byte[] buffer = new byte[BufferSize];
            while (true)
            {
                stall.CancelAfter(options.StallTimeout);
                int read = await source.ReadAsync(buffer, stall.Token);
                if (read == 0)
                    break;
                have += read;
                if (have > limit)
                    throw new InvalidDataException($"it goes on after {limit} bytes");
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                progress?.Report(new ModelDownloadProgress(model, download.File.Name, have, total));
            }

            if (total is { } expected && have < expected)
                throw new IOException($"the transfer ended after {have} of {expected} bytes");
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no data for {options.StallTimeout.TotalSeconds:F0} s", e);
        }
    }
}
