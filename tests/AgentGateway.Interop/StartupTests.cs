using System.Net;
using System.Net.Sockets;
using AgentGateway.Interop.Support;

namespace AgentGateway.Interop;

/// <summary>A gateway that cannot start says why and what to do, and one with a bad agent file serves the others.</summary>
[Collection("real peers")]
public sealed class StartupTests
{
    [Fact]
    public async Task A_media_port_in_use_is_named()
    {
        using var taken = new UdpClient(new IPEndPoint(IPAddress.Any, 0));
        int port = ((IPEndPoint)taken.Client.LocalEndPoint!).Port;

        (int exitCode, string log) = await GatewayProcess.RunToExitAsync([$"Media:Ports:0={port}"]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"UDP port {port} is in use", log);
        Assert.DoesNotContain("   at ", log);
    }

    [Fact]
    public async Task An_http_port_in_use_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        (int exitCode, string log) = await GatewayProcess.RunToExitAsync([$"urls=http://127.0.0.1:{port}"]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"{port}", log);
        Assert.Contains("in use", log);
    }

    [Theory]
    [InlineData("Media:ListenAddress=nowhere", "Media:ListenAddress")]
    [InlineData("Media:Ports:0=70000", "Media:Ports")]
    [InlineData("Media:MaxCalls=0", "Media:MaxCalls")]
    [InlineData("Agents:Path=/no/such/folder", "Agents:Path")]
    [InlineData("Cors:Origins:0=nonsense", "Cors:Origins")]
    public async Task A_wrong_setting_is_named_with_what_was_expected(string setting, string key)
    {
        (int exitCode, string log) = await GatewayProcess.RunToExitAsync([setting]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(key, log);
        Assert.DoesNotContain("   at ", log);
    }

    [Fact]
    public async Task Settings_of_the_working_directory_are_read_and_the_command_line_wins()
    {
        using var folder = new WorkFolder();
        await File.WriteAllTextAsync(folder["appsettings.json"], """{ "Media": { "MaxCalls": 0, "ListenAddress": "nowhere" } }""");

        (int exitCode, string log) = await GatewayProcess.RunToExitAsync(["Media:ListenAddress=127.0.0.1"], folder["."]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("Media:MaxCalls", log);
        Assert.DoesNotContain("Media:ListenAddress", log);
    }

    [Fact]
    public async Task A_typo_in_one_agent_file_is_located_and_the_other_agents_serve()
    {
        using var folder = new WorkFolder();
        Directory.CreateDirectory(folder["good"]);
        Directory.CreateDirectory(folder["bad"]);
        await File.WriteAllTextAsync(Path.Combine(folder["good"], "agent.md"), "---\ndisplay_name: Good\nmode: echo\n---\n");
        await File.WriteAllTextAsync(Path.Combine(folder["bad"], "agent.md"), "---\ndisplay_name: Bad\nmoed: echo\n---\n");

        await using GatewayProcess gateway = await GatewayProcess.StartOnLoopbackAsync($"Agents:Path={folder["."]}");

        await gateway.LoggedAsync("bad/agent.md:3:1", "mode");
        var agents = (await gateway.GetJsonAsync("v1/agents")).GetProperty("agents");
        Assert.Equal("good", Assert.Single(agents.EnumerateArray()).GetProperty("name").GetString());
    }
}
