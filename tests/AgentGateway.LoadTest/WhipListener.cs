using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentGateway.LoadTest;

/// <summary>The least of WHIP on a free port of loopback: POST an offer, DELETE the session.</summary>
internal sealed class WhipListener : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Action> _sessions = [];
    private int _next;

    private WhipListener(WebApplication app) => _app = app;

    internal Uri Url => new(_app.Urls.First());

    /// <param name="answer">Gives an answer and what ends the call, or null to refuse.</param>
    internal static async Task<WhipListener> StartAsync(Func<string, Task<(string Answer, Action End)?>> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var listener = new WhipListener(app);
        app.MapPost("/", context => listener.PostAsync(context, answer));
        app.MapDelete("/session/{name}", context =>
        {
            if (listener._sessions.TryRemove(context.Request.Path, out Action? end))
                end();
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task PostAsync(HttpContext context, Func<string, Task<(string Answer, Action End)?>> answer)
    {
        using var reader = new StreamReader(context.Request.Body);
        if (await answer(await reader.ReadToEndAsync()) is not { } accepted)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        string session = string.Create(CultureInfo.InvariantCulture, $"/session/{Interlocked.Increment(ref _next)}");
        _sessions[session] = accepted.End;
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "application/sdp";
        context.Response.Headers.Location = session;
        await context.Response.WriteAsync(accepted.Answer);
    }
}
