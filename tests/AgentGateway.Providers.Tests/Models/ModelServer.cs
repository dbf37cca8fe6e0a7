using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AgentGateway.Providers.Tests.Models;

/// <summary>A real HTTP server on a free loopback port that can break off, lie about lengths and refuse.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public ModelServer()
    {
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/model.bin");
        _loop = RunAsync();
    }

    public Uri Url { get; }

    public byte[] Content { get; set; } = [];

    /// <summary>Bytes after which the next responses break off; one entry per request, then whole.</summary>
    public Queue<int> BreakAfter { get; } = new();

    public bool SupportsRange { get; set; } = true;

    public HttpStatusCode? Refusal { get; set; }

    /// <summary>Whether the body has no announced length.</summary>
    public bool HidesLength { get; set; }

    /// <summary>The Range headers seen, empty string for none.</summary>
    public List<string> Ranges { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        try
        {
            await _loop;
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }

        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            try
            {
                await ServeAsync(client.GetStream());
            }
            catch (IOException)
            {
                // The client went away.
            }
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        string range = string.Empty;
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
        {
            if (line.StartsWith("Range: ", StringComparison.OrdinalIgnoreCase))
                range = line["Range: ".Length..];
        }

        Ranges.Add(range);
        if (Refusal is { } status)
        {
            await WriteAsync(stream, $"HTTP/1.1 {(int)status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return;
        }

        int from = 0;
        string head = "200 OK";
        string extra = string.Empty;
        if (range.Length > 0 && SupportsRange)
        {
            from = int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            head = "206 Partial Content";
            extra = $"Content-Range: bytes {from}-{Content.Length - 1}/{Content.Length}\r\n";
        }

        int length = Content.Length - from;
        string announced = HidesLength ? string.Empty : $"Content-Length: {length}\r\n";
        await WriteAsync(stream, $"HTTP/1.1 {head}\r\n{extra}{announced}Connection: close\r\n\r\n");
        int send = BreakAfter.TryDequeue(out int limit) ? Math.Min(limit, length) : length;
        await stream.WriteAsync(Content.AsMemory(from, send), _stop.Token);
    }

    private async Task WriteAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text), _stop.Token);
}
