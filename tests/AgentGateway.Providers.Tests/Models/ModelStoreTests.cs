using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using AgentGateway.Providers.Models;
using AgentGateway.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Providers.Tests.Models;

public sealed class ModelStoreTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("agentgateway-models-").FullName;
    private readonly ModelServer _server = new();
    private readonly byte[] _content = new byte[300_000];

    public ModelStoreTests()
    {
        new Random(20240607).NextBytes(_content);
        _server.Content = _content;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_root, "models");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_model_is_fetched_once_with_progress_and_then_found()
    {
        List<ModelDownloadProgress> steps = [];
        using ModelStore store = Store();
        string path = await store.GetFileAsync(Model(), new Sink(steps), Token);
        Assert.Equal(_content, await File.ReadAllBytesAsync(path, Token));
        Assert.Equal(_content.Length, steps[^1].Received);
        Assert.All(steps, s => Assert.Equal(_content.Length, s.Total));
        Assert.Equal(path, await store.GetFileAsync(Model(), null, Token));
        Assert.Single(_server.Ranges);
        Assert.Equal(["m"], Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broken_transfer_is_resumed_where_it_broke()
    {
        _server.BreakAfter.Enqueue(100_000);
        _server.BreakAfter.Enqueue(50_000);
        using ModelStore store = Store();
        string path = await store.GetFileAsync(Model(), null, Token);
        Assert.Equal(_content, await File.ReadAllBytesAsync(path, Token));
        Assert.Equal(["", "bytes=100000-", "bytes=150000-"], _server.Ranges);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_later_run_resumes_what_an_earlier_one_left()
    {
        _server.BreakAfter.Enqueue(120_000);
        using (ModelStore first = Store(attempts: 1))
            await Assert.ThrowsAsync<ModelUnavailableException>(() => first.GetFileAsync(Model(), null, Token));
        using ModelStore second = Store(attempts: 1);
        string path = await second.GetFileAsync(Model(), null, Token);
        Assert.Equal(_content, await File.ReadAllBytesAsync(path, Token));
        Assert.Equal("bytes=120000-", _server.Ranges[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_cannot_resume_starts_over()
    {
        _server.SupportsRange = false;
        _server.BreakAfter.Enqueue(100_000);
        using ModelStore store = Store();
        Assert.Equal(_content, await File.ReadAllBytesAsync(await store.GetFileAsync(Model(), null, Token), Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Other_content_is_refused_and_nothing_of_it_stays()
    {
        ModelDefinition model = Model();
        _server.Content = (byte[])_content.Clone();
        _server.Content[7] ^= 1;
        using ModelStore store = Store();
        ModelUnavailableException e = await Assert.ThrowsAsync<ModelUnavailableException>(() => store.GetFileAsync(model, null, Token));
        Assert.Contains("SHA-256", e.Message, StringComparison.Ordinal);
        Assert.Contains(ModelStoreOptions.MirrorVariable, e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_root, "*", SearchOption.AllDirectories));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_than_the_expected_size_is_refused(bool hidesLength)
    {
        ModelDefinition model = Model();
        _server.Content = [.. _content, .. _content];
        _server.HidesLength = hidesLength;
        using ModelStore store = Store();
        ModelUnavailableException e = await Assert.ThrowsAsync<ModelUnavailableException>(() => store.GetFileAsync(model, null, Token));
        Assert.Contains("300000 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_missing_page_is_told_with_what_to_do_and_not_asked_again()
    {
        _server.Refusal = HttpStatusCode.NotFound;
        using ModelStore store = Store();
        ModelUnavailableException e = await Assert.ThrowsAsync<ModelUnavailableException>(() => store.GetFileAsync(Model(), null, Token));
        Assert.Contains("404", e.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Folder, "m"), e.Message, StringComparison.Ordinal);
        Assert.Single(_server.Ranges);
    }

    [Fact(Timeout = 60_000)]
    public async Task Offline_the_message_says_what_to_do()
    {
        ModelDefinition model = Model(new Uri("http://127.0.0.1:1/none"));
        using ModelStore store = Store(attempts: 1);
        ModelUnavailableException e = await Assert.ThrowsAsync<ModelUnavailableException>(() => store.GetAsync(model, null, Token));
        Assert.Contains("http://127.0.0.1:1/none", e.Message, StringComparison.Ordinal);
        using ModelStore forbidden = Store(download: false);
        e = await Assert.ThrowsAsync<ModelUnavailableException>(() => forbidden.GetAsync(model, null, Token));
        Assert.Contains("switched off", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_mirror_is_used_in_place_and_its_damaged_files_are_not()
    {
        string mirror = Path.Combine(_root, "mirror");
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(mirror, "m")).FullName, "model.bin");
        await File.WriteAllBytesAsync(file, _content, Token);
        using ModelStore store = Store(mirror: mirror, download: false);
        Assert.Equal(file, await store.GetFileAsync(Model(), null, Token));
        await File.WriteAllBytesAsync(file, _content.AsMemory(1), Token);
        Assert.Null(await store.FindAsync(Model(), Token));
        Assert.Empty(_server.Ranges);
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_stores_at_once_fetch_once()
    {
        using ModelStore a = Store();
        using ModelStore b = Store();
        string[] paths = await Task.WhenAll(a.GetFileAsync(Model(), null, Token), b.GetFileAsync(Model(), null, Token));
        Assert.Equal(paths[0], paths[1]);
        Assert.Single(_server.Ranges);
    }

    [Fact]
    public void A_lock_that_is_gone_by_the_time_one_looks_was_held_all_the_same()
    {
        string path = Path.Combine(_root, "held.lock");
        IOException held;
        using (Open(path))
            held = Assert.Throws<IOException>(() => Open(path));
        Assert.False(File.Exists(path));

        Assert.True(ModelStore.IsHeldByAnother(held));
        Assert.False(ModelStore.IsHeldByAnother(Assert.Throws<DirectoryNotFoundException>(() => Open(Path.Combine(_root, "missing", "held.lock")))));

        static FileStream Open(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    [Fact(Timeout = 60_000)]
    public async Task Files_are_taken_out_of_an_archive()
    {
        string source = Directory.CreateDirectory(Path.Combine(_root, "source", "inner")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(source, "wanted.bin"), _content, Token);
        await File.WriteAllTextAsync(Path.Combine(source, "other.txt"), "not wanted", Token);
        string archive = Path.Combine(_root, "a.tar.bz2");
        using (Process tar = Process.Start("tar", ["-cjf", archive, "-C", Path.Combine(_root, "source"), "inner"]))
        {
            await tar.WaitForExitAsync(Token);
            Assert.SkipUnless(tar.ExitCode == 0, "tar with bzip2 is not installed");
        }

        byte[] packed = await File.ReadAllBytesAsync(archive, Token);
        File.Delete(archive);
        _server.Content = packed;
        ModelDefinition model = new(
            "packed", "tests", "MIT", [new ModelVariant([new ModelFile("absent.bin")]), new ModelVariant([new ModelFile("wanted.bin")])],
            new ModelDownload(_server.Url, new ModelFile("a.tar.bz2", packed.Length, Hash(packed)), "inner", ["wanted.bin"]));
        using ModelStore store = Store();
        string folder = await store.GetAsync(model, null, Token);
        Assert.Equal(["wanted.bin"], Directory.GetFiles(folder).Select(Path.GetFileName));
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(folder, "wanted.bin"), Token));
        Assert.Equal(["packed"], Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName));

        ModelDefinition wrong = model with { Name = "wrong", Download = model.Download with { ArchiveFiles = ["none.bin"] } };
        ModelUnavailableException e = await Assert.ThrowsAsync<ModelUnavailableException>(() => store.GetAsync(wrong, null, Token));
        Assert.Contains("none.bin", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_catalogue_matches_the_mirror()
    {
        string mirror = Engines.SpeechTestFiles.Models;
        Assert.SkipUnless(Directory.Exists(mirror), $"{mirror} is missing: set {TestPaths.SharedVariable}");
        using ModelStore store = Store(mirror: mirror, download: false);
        foreach (ModelDefinition model in (ModelDefinition[])[ModelCatalog.SileroV5, ModelCatalog.SileroV6, ModelCatalog.ZipformerEnglishSmall])
            Assert.Equal(Path.Combine(mirror, model.Name), await store.FindAsync(model, Token));
        Assert.Equal(ModelCatalog.All.Count, ModelCatalog.All.Select(m => m.Name).Distinct().Count());
    }

    [Fact]
    public async Task Silero_comes_from_the_npm_package_too()
    {
        using ModelStore store = Store(download: false);
        string? folder = await store.FindAsync(ModelCatalog.SileroV5, Token);
        Assert.SkipWhen(folder is null, "the npm natives are not installed");
        Assert.Contains("vad-web", folder, StringComparison.Ordinal);
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private ModelDefinition Model(Uri? url = null)
    {
        ModelFile file = new("model.bin", _content.Length, Hash(_content));
        return new ModelDefinition("m", "tests", "MIT", [new ModelVariant([file])], new ModelDownload(url ?? _server.Url, file));
    }

    private ModelStore Store(int attempts = 3, bool download = true, string? mirror = null) => new(
        new ModelStoreOptions { Folder = Folder, MirrorFolder = mirror, AllowDownload = download, MaxAttempts = attempts },
        NullLogger<ModelStore>.Instance,
        time: new ImpatientTime());

    private sealed class Sink(List<ModelDownloadProgress> steps) : IProgress<ModelDownloadProgress>
    {
        public void Report(ModelDownloadProgress value) => steps.Add(value);
    }

    /// <summary>The system's clock, but the pauses between tries last a millisecond.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
    }
}
