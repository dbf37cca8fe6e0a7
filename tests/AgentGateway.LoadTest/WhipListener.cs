using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AgentGateway.LoadTest;

/// <summary>The least of WHIP on a free port of loopback: POST an offer, DELETE the session.</summary>
/// <param name="answer">Gives an answer and what ends the call, or null to refuse.</param>
internal sealed class WhipListener(Func<string, Task<(string Answer, Action End)?>> answer) : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, Action> _sessions = [];
    private int _next;

    internal Uri Url { get; } = new($"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}/");

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        _listener.Prefixes.Add(Url.AbsoluteUri);
        _listener.Start();
        await using CancellationTokenRegistration stop = cancellationToken.Register(_listener.Stop);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await HandleAsync(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // A client that left, or the end.
            }
        }
    }

    public void Dispose() => _listener.Close();

    private async Task HandleAsync(HttpListenerContext context)
    {
        using HttpListenerResponse response = context.Response;
        string path = context.Request.Url!.AbsolutePath;
        if (context.Request.HttpMethod == "DELETE")
        {
            if (_sessions.Remove(path, out Action? end))
                end();
            return;
        }

        using var reader = new StreamReader(context.Request.InputStream);
        if (await answer(await reader.ReadToEndAsync()) is not { } accepted)
        {
            response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            return;
        }

        string session = string.Create(CultureInfo.InvariantCulture, $"/session/{_next++}");
        _sessions[session] = accepted.End;
        response.StatusCode = (int)HttpStatusCode.Created;
        response.ContentType = "application/sdp";
        response.Headers["Location"] = session;
        await using var writer = new StreamWriter(response.OutputStream);
        await writer.WriteAsync(accepted.Answer);
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
