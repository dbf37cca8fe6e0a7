using AgentGateway.Conversation.Agents;
using AgentGateway.Testing.Conversation;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Conversation.Tests.Agents;

public sealed class AgentCatalogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-").FullName;

    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_saved_file_is_served_without_restart()
    {
        Write("desk", "One.");
        await using AgentCatalog catalog = Create(TimeProvider.System, TimeSpan.FromMinutes(10));
        catalog.Start();
        AgentSnapshot first = catalog.Current;
        Assert.Equal("One.", first.Agents["desk"].SystemPrompt);

        Write("desk", "Two.");
        AgentSnapshot second = await catalog.WaitForChangeAsync(first.Generation, Limit);
        Assert.Equal("Two.", second.Agents["desk"].SystemPrompt);
        Assert.Equal("One.", first.Agents["desk"].SystemPrompt);
        Assert.NotEqual(first.Agents["desk"].Version, second.Agents["desk"].Version);
    }

    [Fact]
    public async Task A_bad_file_keeps_the_last_good_version_and_says_why()
    {
        Write("desk", "One.");
        await using AgentCatalog catalog = Create(TimeProvider.System, TimeSpan.FromMinutes(10));
        catalog.Start();
        string good = catalog.Current.Agents["desk"].Version;
        string path = Path.Combine(_folder, "desk", "agent.md");

        File.WriteAllText(path, "---\ndisplay_name: Desk\nmodee: echo\n---\n# System\nTwo.\n");
        AgentSnapshot bad = await catalog.WaitForChangeAsync(catalog.Current.Generation, Limit);
        while (bad.Problems.Count == 0 || !bad.Problems[0].Message.Contains("modee", StringComparison.Ordinal))
            bad = await catalog.WaitForChangeAsync(bad.Generation, Limit);
        Assert.Equal(good, bad.Agents["desk"].Version);
        Assert.StartsWith("desk/agent.md:3:1: unknown key 'modee'; did you mean 'mode'?", Assert.Single(bad.Problems).ToString(), StringComparison.Ordinal);

        Write("desk", "Three.");
        AgentSnapshot fixedAgain = await catalog.WaitForChangeAsync(bad.Generation, Limit);
        while (fixedAgain.Problems.Count > 0)
            fixedAgain = await catalog.WaitForChangeAsync(fixedAgain.Generation, Limit);
        Assert.Equal("Three.", fixedAgain.Agents["desk"].SystemPrompt);
    }

    [Fact]
    public async Task The_folder_is_read_again_when_no_change_was_reported()
    {
        Write("desk", "One.");
        var time = new ManualTimeProvider();
        await using var catalog = new AgentCatalog(
            new AgentCatalogOptions { Folder = _folder, Rescan = TimeSpan.FromSeconds(10) }, time, NullLogger<AgentCatalog>.Instance, useWatcher: false);
        catalog.Start();
        Write("desk", "Two.");
        Task<AgentSnapshot> change = catalog.WaitForChangeAsync(1, Limit);

        // The loop's timers are on the manual clock: turn it until the rescan and the debounce after it have passed.
        while (!change.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal("Two.", (await change).Agents["desk"].SystemPrompt);
    }

    [Fact]
    public async Task Reload_is_quiet_when_nothing_changed()
    {
        Write("desk", "One.");
        await using AgentCatalog catalog = Create(TimeProvider.System, TimeSpan.FromMinutes(10));
        AgentSnapshot first = catalog.Current;
        Assert.Same(first, catalog.Reload());

        Write("other", "Hi.");
        AgentSnapshot second = catalog.Reload();
        Assert.Equal(2, second.Agents.Count);
        Assert.Same(first.Agents["desk"], second.Agents["desk"]);

        Directory.Delete(Path.Combine(_folder, "desk"), recursive: true);
        Assert.False(catalog.Reload().Agents.ContainsKey("desk"));
        Assert.False(catalog.TryGet("desk", out _));
        Assert.True(catalog.TryGet("other", out AgentDefinition? other));
        Assert.Equal("Hi.", other.SystemPrompt);
    }

    [Fact]
    public async Task Linked_folders_are_followed()
    {
        // Mounted configuration is a tree of links.
        Write("real", "One.");
        Directory.CreateDirectory(Path.Combine(_folder, "linked"));
        File.CreateSymbolicLink(Path.Combine(_folder, "linked", "agent.md"), Path.Combine(_folder, "real", "agent.md"));
        await using AgentCatalog catalog = Create(TimeProvider.System, TimeSpan.FromMinutes(10));
        Assert.Empty(catalog.Current.Problems);
        Assert.Equal("One.", catalog.Current.Agents["linked"].SystemPrompt);
    }

    [Fact]
    public void A_missing_folder_is_an_error_that_names_it()
    {
        var options = new AgentCatalogOptions { Folder = Path.Combine(_folder, "nowhere") };
        DirectoryNotFoundException e = Assert.Throws<DirectoryNotFoundException>(
            () => new AgentCatalog(options, TimeProvider.System, NullLogger<AgentCatalog>.Instance));
        Assert.Contains("nowhere", e.Message, StringComparison.Ordinal);
    }

    private AgentCatalog Create(TimeProvider time, TimeSpan rescan) => new(
        new AgentCatalogOptions { Folder = _folder, Rescan = rescan, Debounce = TimeSpan.FromMilliseconds(20) }, time, NullLogger<AgentCatalog>.Instance);

    private void Write(string name, string prompt)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        string temporary = Path.Combine(folder, "agent.md~");
        File.WriteAllText(temporary, $"---\ndisplay_name: Desk\n---\n# System\n{prompt}\n");
        File.Move(temporary, Path.Combine(folder, "agent.md"), overwrite: true);
    }
}
