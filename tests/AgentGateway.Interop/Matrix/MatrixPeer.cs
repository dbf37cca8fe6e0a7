using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace AgentGateway.Interop.Matrix;

/// <summary>A program over another stack, at the other end of the protocol in Peers/README.md.</summary>
internal sealed class MatrixPeer : IAsyncDisposable
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly List<JsonElement> _events = [];
    private readonly ConcurrentQueue<string> _log = new();
    private readonly Stopwatch _running = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    private MatrixPeer(Process process) => _process = process;

    /// <summary>What was said to the peer and by it, for the message of a failed test.</summary>
    internal string Log => string.Join('\n', _log.TakeLast(60));

    internal static async Task<MatrixPeer> StartAsync(IReadOnlyList<string> command, TimeSpan timeout)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command.Skip(1))
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var peer = new MatrixPeer(process);
        process.OutputDataReceived += (_, e) => peer.Receive(e.Data);
        process.ErrorDataReceived += (_, e) => peer.Note($"! {e.Data}");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await peer.WaitAsync("ready", timeout);
        return peer;
    }

    /// <summary>Forgets the events so far: another connection begins.</summary>
    internal void Forget()
    {
        lock (_gate)
            _events.Clear();
        _log.Clear();
    }

    internal void Do(string name, object? arguments = null)
    {
        var command = new Dictionary<string, object?>(StringComparer.Ordinal) { ["do"] = name };
        if (arguments is not null)
        {
            foreach (System.Reflection.PropertyInfo property in arguments.GetType().GetProperties())
                command[property.Name] = property.GetValue(arguments);
        }

        string line = JsonSerializer.Serialize(command);
        Note($"> {line}");
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Takes the oldest event of a name that meets the condition; earlier ones of other names stay.</summary>
    /// <exception cref="InvalidOperationException">The peer told an error, or ended.</exception>
    /// <exception cref="TimeoutException">No such event came.</exception>
    /// <exception cref="OperationCanceledException">It was no longer wanted.</exception>
    internal async Task<JsonElement> WaitAsync(
        string name, TimeSpan timeout, Func<JsonElement, bool>? condition = null, CancellationToken cancellationToken = default)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(timeout);
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (Take(name, condition) is { } found)
                    return found;
                if (Take("error", null) is { } error)
                    throw new InvalidOperationException($"the peer cannot {error.GetProperty("command")}: {error.GetProperty("message")}\n{Log}");
                if (_ended)
                    throw new InvalidOperationException($"the peer's program ended\n{Log}");
                more = _more.Task;
            }

            try
            {
                await more.WaitAsync(over.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"no '{name}' from the peer within {timeout.TotalSeconds} s\n{Log}");
            }
        }
    }

    /// <summary>Ends its processes at once, as a crash or a power cut would (SIGKILL): nothing is said to anybody.</summary>
    internal void Kill() => _process.Kill(entireProcessTree: true);

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(EndTimeout);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Note(string line) => _log.Enqueue($"{_running.Elapsed.TotalSeconds:F3} {line}");

    private JsonElement? Take(string name, Func<JsonElement, bool>? condition)
    {
        int at = _events.FindIndex(e => e.GetProperty("event").GetString() == name && (condition is null || condition(e)));
        if (at < 0)
            return null;
        JsonElement found = _events[at];
        _events.RemoveAt(at);
        return found;
    }

    private void Receive(string? line)
    {
        lock (_gate)
        {
            if (line is null)
            {
                _ended = true;
            }
            else
            {
                Note($"< {line}");
                try
                {
                    _events.Add(JsonDocument.Parse(line).RootElement);
                }
                catch (JsonException)
                {
                    // Something the stack printed by itself; it is in the log.
                }
            }

            (TaskCompletionSource old, _more) = (_more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            old.SetResult();
        }
    }
}
