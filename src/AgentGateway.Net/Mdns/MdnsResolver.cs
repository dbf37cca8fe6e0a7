using System.Net;
using System.Net.Sockets;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Mdns;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Net.Mdns;

/// <summary>
/// Resolves the ".local" names that browsers put into candidates: one-shot multicast queries (RFC 6762 section 5.1), repeated for some seconds. Everything
/// is bounded, names of callers cost a few queries each and are remembered, known or not. Thread-safe.
/// </summary>
internal sealed partial class MdnsResolver(MdnsOptions options, TimeProvider time, IRandomSource random, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Question> _pending = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Known> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _stop = new();
    private List<MdnsSockets> _sockets = [];
    private Task _closing = Task.CompletedTask;
    private bool _stopped;

    /// <summary>Names that were not asked for because too many were at once.</summary>
    internal long Refused { get; private set; }

    /// <summary>Asks for a name and tells its address, with port 0, when somebody knows it; on another thread. Never blocks.</summary>
    internal void Resolve(string name, Action<TransportAddress> found) =>
        _ = Task.Run(async () =>
        {
            // Neither fails, and the wait ends with the resolver.
            if (await ResolveAsync(name) is { } address)
                found(address);
        });

    /// <summary>The address of a name, with port 0; null when nobody answers in time or the name is no valid one. Never fails.</summary>
    internal Task<TransportAddress?> ResolveAsync(string name)
    {
        if (!MdnsName.IsValid(name))
            return Task.FromResult<TransportAddress?>(null);
        lock (_gate)
        {
            if (_known.TryGetValue(name, out Known known) && time.GetElapsedTime(known.Since) < known.Age)
                return Task.FromResult(known.Address);
            if (_pending.TryGetValue(name, out Question? asked))
                return asked.Answer;
            if (_stopped || _pending.Count >= options.MaxPending || !TryOpen())
            {
                Refused++;
                return Task.FromResult<TransportAddress?>(null);
            }

            var question = new Question(name, (ushort)random.NextUInt64());
            _pending.Add(name, question);
            question.Answer = AskAsync(question, _sockets);
            return question.Answer;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task[] asked;
        lock (_gate)
        {
            _stopped = true;
            asked = [.. _pending.Values.Select(q => q.Answer)];
        }

        await _stop.CancelAsync();
        await Task.WhenAll(asked);
        await _closing;
        _stop.Dispose();
    }

    private async Task<TransportAddress?> AskAsync(Question question, List<MdnsSockets> groups)
    {
        // The caller holds the gate.
        await Task.Yield();
        try
        {
            byte[] query = new byte[MdnsQuery.MaxSize];
            int length = MdnsQuery.Write(query, question.Id, question.Name);
            TimeSpan left = options.Timeout;
            for (TimeSpan pause = options.RepeatAfter; left > TimeSpan.Zero; pause *= 2)
            {
                foreach (MdnsSockets group in groups)
                    group.Send(query.AsSpan(0, length));
                TimeSpan wait = pause < left ? pause : left;
                if (await IsOverAsync(question, wait))
                    break;
                left -= wait;
            }
        }
        catch (Exception e)
        {
            LogFailed(logger, e);
        }

        return Settle(question);
    }

    // Whether it is answered, or nobody waits any more.
    private async Task<bool> IsOverAsync(Question question, TimeSpan limit)
    {
        try
        {
            await question.Heard.Task.WaitAsync(limit, time, _stop.Token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private TransportAddress? Settle(Question question)
    {
        lock (_gate)
        {
            _pending.Remove(question.Name);
            if (_known.Count >= options.MaxCached)
                _known.Remove(_known.MinBy(k => k.Value.Since).Key);
            TimeSpan age = question.Address is null ? options.UnknownAge : question.TimeToLive < options.MaxAge ? question.TimeToLive : options.MaxAge;
            _known[question.Name] = new Known(question.Address, time.GetTimestamp(), age);
            if (_pending.Count == 0)
                CloseSockets();
            return question.Address;
        }
    }

    private bool TryOpen()
    {
        if (_sockets.Count > 0)
            return true;
        var sockets = new List<MdnsSockets>();
        SocketException? last = null;
        foreach (IPEndPoint group in options.Groups)
        {
            try
            {
                sockets.Add(new MdnsSockets(group, options.Interfaces, Handle));
            }
            catch (SocketException e)
            {
                // A host without IPv6, or without IPv4: the other will do.
                last = e;
            }
        }

        if (sockets.Count == 0 && last is not null)
            LogNoSocket(logger, last.Message);
        _sockets = sockets;
        return sockets.Count > 0;
    }

    private void CloseSockets()
    {
        List<MdnsSockets> sockets = _sockets;
        _sockets = [];
        _closing = Task.WhenAll([_closing, .. sockets.Select(s => Task.Run(async () => await s.DisposeAsync()))]);
    }

    private void Handle(ReadOnlyMemory<byte> datagram, bool toUs)
    {
        lock (_gate)
        {
            foreach (Question question in _pending.Values)
            {
                // What is sent to our own port must know the question; what everybody hears has no id (RFC 6762 section 18.1).
                if (question.Address is not null
                    || !MdnsResponse.TryFindAddress(datagram.Span, question.Name, out ushort id, out TransportAddress address, out TimeSpan timeToLive)
                    || (toUs && id != question.Id))
                {
                    continue;
                }

                question.Address = address;
                question.TimeToLive = timeToLive;
                question.Heard.TrySetResult();
            }
        }
    }

    [LoggerMessage(4010, LogLevel.Warning, "Names of candidates cannot be resolved: {Reason}")]
    private static partial void LogNoSocket(ILogger logger, string reason);

    [LoggerMessage(4011, LogLevel.Error, "A multicast query failed")]
    private static partial void LogFailed(ILogger logger, Exception e);

    private readonly record struct Known(TransportAddress? Address, long Since, TimeSpan Age);

    private sealed class Question(string name, ushort id)
    {
        public string Name { get; } = name;

        public ushort Id { get; } = id;

        public TaskCompletionSource Heard { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TransportAddress?> Answer { get; set; } = null!;

        public TransportAddress? Address { get; set; }

        public TimeSpan TimeToLive { get; set; }
    }
}
