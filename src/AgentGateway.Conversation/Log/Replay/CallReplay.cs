using AgentGateway.Conversation.Log.Codec;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Log.Replay;

/// <summary>
/// Runs a call's engine again from its log: the same facts at the same media times, no clock, no providers. Each decision is
/// compared with the recorded one, byte for byte.
/// </summary>
public sealed class CallReplay
{
    // Decisions that one fact can lead to; a log from elsewhere must not make the queue grow.
    private const int MaxPending = 10_000;

    private readonly CallLogReader _log;
    private readonly TurnTaker _turns;
    private readonly Queue<Decision> _pending = new();
    private readonly List<string> _remarks = [];
    private ReplayDivergence? _divergence;
    private Cause _cause = new(Instant.Zero, 0, "the beginning");
    private long _entry;
    private long _facts;
    private long _timeouts;
    private long _commands;
    private Instant _at;

    private CallReplay(CallLogReader log)
    {
        _log = log;
        _turns = new TurnTaker(log.Header.Options, new Instant(log.Header.EngineStart));
    }

    /// <summary>Replays a log from its beginning to its end, or to the first decision that differs.</summary>
    public static ReplayReport Run(CallLogReader log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return new CallReplay(log).Run();
    }

    private ReplayReport Run()
    {
        bool whole = true;
        while (_divergence is null && whole && _log.TryRead(out CallLogEntry entry))
        {
            _entry++;
            _at = entry.At;
            try
            {
                whole = Take(entry);
            }
            catch (Exception e) when (e is OverflowException or InvalidOperationException or NullReferenceException or ArgumentException)
            {
                // The engine trusts its driver; a file may tell it what no driver would.
                _divergence = new ReplayDivergence(_cause.At, _cause.Entry, _cause.Text, null, $"the engine failed: {e.Message}");
            }
        }

        // The commands of the last fact may be cut off with the file.
        if (_divergence is null && whole && _log.End == CallLogEnd.Complete && _pending.TryDequeue(out Decision left))
            Differ(left.Cause, null, left.Command.ToString());
        if (_log.Unknown.Count > 0)
            _remarks.Add($"This program does not know {string.Join(", ", _log.Unknown)}: the log was written by another version.");
        if (_log.Problem is { } problem)
            _remarks.Add(problem);
        return new ReplayReport
        {
            Facts = _facts,
            Timeouts = _timeouts,
            Commands = _commands,
            Length = _at - Instant.Zero,
            End = whole ? _log.End : CallLogEnd.Damaged,
            Divergence = _divergence,
            Remarks = _remarks,
        };
    }

    private bool Take(CallLogEntry entry)
    {
        switch (entry)
        {
            case CallLogEntry.Fact fact:
                _facts++;
                _cause = new Cause(fact.At, _entry, fact.Value.ToString());
                _turns.Handle(fact.At, fact.Value);
                Gather();
                break;
            case CallLogEntry.Timeout timeout:
                _timeouts++;
                _cause = new Cause(timeout.At, _entry, $"timer {timeout.Timer}");
                if (_turns.NextTimeout is not { } due || due > timeout.At || _turns.NextTimer != timeout.Timer)
                {
                    string replayed = _turns.NextTimer is { } timer ? $"timer {timer} at {_turns.NextTimeout}" : "no timer";
                    Differ(_cause, _cause.Text, replayed);
                    break;
                }

                _turns.HandleTimeout(timeout.At);
                Gather();
                break;
            case CallLogEntry.Command command:
                _commands++;
                Compare(command.Value);
                break;
            case CallLogEntry.Gap gap:
                _remarks.Add($"{gap.Count} entries are missing from {gap.At} on: the replay ends there.");
                return false;
        }

        return true;
    }

    private void Gather()
    {
        while (_turns.TryPollCommand(out TurnCommand command))
            _pending.Enqueue(new Decision(_cause, command));
        if (_pending.Count > MaxPending)
            Differ(_pending.Peek().Cause, null, _pending.Peek().Command.ToString());
    }

    private void Compare(in TurnCommand recorded)
    {
        if (!_pending.TryDequeue(out Decision replayed))
            Differ(_cause, recorded.ToString(), null);
        else if (!LogEncoder.Canonical(recorded).AsSpan().SequenceEqual(LogEncoder.Canonical(replayed.Command)))
            Differ(replayed.Cause, recorded.ToString(), replayed.Command.ToString());
    }

    private void Differ(in Cause cause, string? recorded, string? replayed) =>
        _divergence ??= new ReplayDivergence(cause.At, cause.Entry, cause.Text, recorded, replayed);

    private readonly record struct Cause(Instant At, long Entry, string Text);

    private readonly record struct Decision(Cause Cause, TurnCommand Command);
}
