using System.Text.Json;

namespace AgentGateway.Host.Tests.Composition;

/// <summary>Settings of the runtime that media depends on are part of the program, not of its environment.</summary>
public sealed class RuntimeSettingsTests
{
    [Theory]
    // A larger budget of new objects makes pauses of a collection as long as several frames.
    [InlineData("System.GC.Gen0MaxBudget", 64 * 1024)]
    // Pool threads that spin take a quarter of the process's CPU.
    [InlineData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", 0)]
    public void The_program_brings_its_runtime_settings(string name, int value)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "AgentGateway.Host.runtimeconfig.json")));
        JsonElement settings = file.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        Assert.Equal(value, settings.GetProperty(name).GetInt32());
    }

    [Fact]
    public void The_collector_works_beside_the_calls()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "AgentGateway.Host.runtimeconfig.json")));
        JsonElement settings = file.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        Assert.False(settings.GetProperty("System.GC.Server").GetBoolean());
        Assert.False(settings.TryGetProperty("System.GC.Concurrent", out JsonElement concurrent) && !concurrent.GetBoolean());
    }
}
