using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Testing.OpenAi;

/// <summary>
/// A real HTTP server on a loopback port that speaks OpenAI's chat completions with streaming, and Ollama's list of models. Answers come from
/// <see cref="Answer"/>, or in order from <see cref="Enqueue"/>; afterwards it says "Hello.".
/// </summary>
public sealed class FakeOpenAiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<OpenAiReply> _replies = new();
    private readonly ConcurrentQueue<OpenAiRequest> _requests = new();

    // Not disposed: requests may still end on it, and it holds no timer.
    private readonly CancellationTokenSource _stop = new();

    private FakeOpenAiServer(WebApplication app) => _app = app;

    /// <summary>The base URL to configure: ends in /v1.</summary>
    public Uri BaseUrl { get; private set; } = null!;

    /// <summary>The server without a path, as Ollama's address is given.</summary>
    public Uri Root => new(BaseUrl, "/");

    /// <summary>Requests for completions so far.</summary>
    public IReadOnlyList<OpenAiRequest> Requests => [.. _requests];

    /// <summary>Models of /api/tags and /v1/models; null answers 404 there.</summary>
    public IReadOnlyList<string>? Models { get; set; }

    /// <summary>Waited for before /api/tags is answered.</summary>
    public Task? ModelsGate { get; set; }

    /// <summary>How often models were asked for.</summary>
    public int ModelRequests => _modelRequests;

    private int _modelRequests;

    /// <summary>Decides the answer from the request; wins over the queue when it returns one.</summary>
    public Func<OpenAiRequest, OpenAiReply?>? Answer { get; set; }

    /// <summary>Starts a server on a free port.</summary>
    public static async Task<FakeOpenAiServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        var server = new FakeOpenAiServer(app);
        app.MapPost("/v1/chat/completions", server.CompleteAsync);
        app.MapGet("/v1/models", server.ListModelsAsync);
        app.MapGet("/api/tags", server.ListModelsAsync);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.BaseUrl = new Uri(new Uri(address), "/v1");
        return server;
    }

    /// <summary>The answers to the next requests.</summary>
    public void Enqueue(params ReadOnlySpan<OpenAiReply> replies)
    {
        foreach (OpenAiReply reply in replies)
            _replies.Enqueue(reply);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _app.StopAsync(new CancellationToken(canceled: true)).ContinueWith(_ => { }, TaskScheduler.Default);
        await _app.DisposeAsync();
    }

    private async Task CompleteAsync(HttpContext context)
    {
        using JsonDocument body = await JsonDocument.ParseAsync(context.Request.Body);
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = context.RequestAborted.Register(() => aborted.TrySetResult());
        var request = new OpenAiRequest(context.Request.Path, context.Request.Headers.Authorization, body.RootElement.Clone(), aborted.Task);
        _requests.Enqueue(request);
        OpenAiReply reply = Answer?.Invoke(request) ?? (_replies.TryDequeue(out OpenAiReply? next) ? next : OpenAiReply.Text("Hello."));
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        try
        {
            await WriteAsync(context, reply, gone.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client went away, or the test is over. The registration above may be disposed before its turn came.
            if (context.RequestAborted.IsCancellationRequested)
                aborted.TrySetResult();
        }
    }

    private static async Task WriteAsync(HttpContext context, OpenAiReply reply, CancellationToken gone)
    {
        if (reply.Gate is not null)
            await reply.Gate.WaitAsync(gone);
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.ContentType;
        foreach ((string name, string value) in reply.Headers)
            context.Response.Headers[name] = value;
        await context.Response.StartAsync(gone);
        for (int i = 0; i < reply.Pieces.Count; i++)
        {
            if (i == reply.StallBefore && reply.Stall is not null)
                await reply.Stall.WaitAsync(gone);
            await PieceAsync(reply.Pieces[i]);
        }

        if (reply.StallBefore == reply.Pieces.Count && reply.Stall is not null)
            await reply.Stall.WaitAsync(gone);
        while (reply.Endless)
            await PieceAsync(reply.Pieces[^1]);
        if (reply.Abort)
            context.Abort();

        async Task PieceAsync(string piece)
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(piece), gone);
            await context.Response.Body.FlushAsync(gone);
        }
    }

    private async Task ListModelsAsync(HttpContext context)
    {
        Interlocked.Increment(ref _modelRequests);
        if (ModelsGate is not null)
            await ModelsGate.WaitAsync(context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        if (Models is null)
        {
            context.Response.StatusCode = 404;
            return;
        }

        bool isOllama = context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);
        JsonObject answer = isOllama
            ? new JsonObject { ["models"] = new JsonArray([.. Models.Select(name => (JsonNode)new JsonObject { ["name"] = name, ["model"] = name })]) }
            : new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. Models.Select(name => (JsonNode)new JsonObject { ["id"] = name, ["object"] = "model" })]) };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString());
    }
}
