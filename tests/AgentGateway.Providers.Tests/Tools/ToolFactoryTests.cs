using System.Net;
using System.Text;
using System.Text.Json;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Tools;
using AgentGateway.Providers.Tools;
using AgentGateway.Testing;
using AgentGateway.Testing.Conversation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Providers.Tests.Tools;

/// <summary>Tools bound to HTTP, against a real server.</summary>
public sealed class ToolFactoryTests : IAsyncLifetime
{
    private readonly ToolFactory _factory = new(new ManualTimeProvider());
    private WebApplication _app = null!;
    private Uri _root = null!;
    private RequestDelegate _answer = context => context.Response.WriteAsync("{}");

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/tool", context => _answer(context));
        await _app.StartAsync();
        _root = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _factory.Dispose();
        await _app.StopAsync(new CancellationToken(canceled: true)).ContinueWith(_ => { }, TaskScheduler.Default);
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Arguments_are_posted_and_the_answer_is_the_result()
    {
        string? body = null;
        string? headers = null;
        _answer = async context =>
        {
            IHeaderDictionary given = context.Request.Headers;
            headers = $"{given.ContentType}|{given["X-AgentGateway-Agent"]}|{given["X-AgentGateway-Tool"]}";
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            body = await reader.ReadToEndAsync();
            await context.Response.WriteAsync("""{"weather":"rain"}""");
        };
        ToolResult result = await CallAsync(new() { ["city"] = "Ulm" });
        Assert.False(result.Failed);
        Assert.Equal("rain", result.Json.GetProperty("weather").GetString());
        Assert.Equal("""{"city":"Ulm"}""", body);
        Assert.Equal("application/json; charset=utf-8|test|weather", headers);
    }

    [Fact]
    public async Task Failures_are_results_with_a_code()
    {
        _answer = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        Assert.Equal("http_error", await CodeAsync());
        _answer = context => context.Response.WriteAsync("<html>");
        Assert.Equal("bad_answer", await CodeAsync());
        _answer = context => context.Response.WriteAsync(new string('1', 70_000));
        Assert.Equal("result_too_large", await CodeAsync());
        _answer = context =>
        {
            context.Response.Redirect("http://169.254.169.254/latest");
            return Task.CompletedTask;
        };
        Assert.Equal("http_error", await CodeAsync());
        _answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        Assert.Equal("unreachable", await CodeAsync());
        _root = new Uri("http://127.0.0.1:1/");
        Assert.Equal("unreachable", await CodeAsync());
    }

    [Fact]
    public async Task Arguments_that_break_the_schema_never_leave()
    {
        bool asked = false;
        _answer = context =>
        {
            asked = true;
            return context.Response.WriteAsync("{}");
        };
        ToolResult result = await CallAsync(new() { ["city"] = 5 });
        Assert.Equal("invalid_arguments", result.Json.GetProperty("error").GetString());
        Assert.Equal("arguments.city must be of type string, not number", result.Json.GetProperty("message").GetString());
        Assert.False(asked);
    }

    [Fact]
    public async Task A_cancelled_call_closes_its_request()
    {
        var aborted = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        _answer = async context =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => aborted.TrySetResult(), TaskScheduler.Default);
        };
        using var cancel = new CancellationTokenSource();
        Task<ToolResult> call = CallAsync(new() { ["city"] = "Ulm" }, cancel.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await aborted.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void The_receptionists_tools_can_be_made()
    {
        AgentDefinition agent = AgentLoader.Load(AgentFolder.Read(Path.Combine(TestPaths.RepositoryRoot, "prompts"))).Agents["receptionist"];
        Assert.Equal(["book_table", "check_table", "end_call"], _factory.Create(agent).Select(tool => tool.Name));
    }

    private async Task<string?> CodeAsync()
    {
        ToolResult result = await CallAsync(new() { ["city"] = "Ulm" });
        Assert.True(result.Failed);
        return result.Json.GetProperty("error").GetString();
    }

    private async Task<ToolResult> CallAsync(Dictionary<string, object?> arguments, CancellationToken cancellationToken = default)
    {
        JsonElement schema = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""").RootElement;
        var tool = new ToolDefinition { Name = "weather", Description = "Weather.", Parameters = schema, Binding = new ToolBinding { Http = new Uri(_root, "/tool") } };
        var agent = new AgentDefinition { Name = "test", DisplayName = "Test", Version = "0", Tools = [tool] };
        return (ToolResult)(await Assert.Single(_factory.Create(agent)).InvokeAsync(new AIFunctionArguments(arguments), cancellationToken))!;
    }
}
