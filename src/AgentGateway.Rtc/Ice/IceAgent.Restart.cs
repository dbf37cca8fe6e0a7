using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Ice;

/// <summary>Restarts, and taking them back.</summary>
public sealed partial class IceAgent
{
    private static readonly IceTimer[] TimersOfGeneration = [IceTimer.Pace, IceTimer.Retransmit, IceTimer.Nomination, IceTimer.Retire, IceTimer.Connect];

    // Kept until the far end joins the restart.
    private BeforeRestart? _beforeRestart;

    /// <summary>
    /// Begins a new generation with new local credentials (RFC 8445 section 9): for an offer with restart, or for the answer to
    /// one. The selected path stays in use, and consent on it is renewed, until a pair of the new generation works; when none does,
    /// it simply goes on. When its consent ends first, the agent is disconnected until the new generation works or its time is over.
    /// The old ufrag is answered for a while (<see cref="PreviousUfrag"/>): keep it registered.
    /// </summary>
    public void Restart(Instant now)
    {
        if (State == IceState.Closed)
            return;
        _beforeRestart = new BeforeRestart(
            _generation, _previousGeneration, _replaced, _checks, _remotes, _tieBreaker, _firstSuccessAt, _nominated, [.. TimersOfGeneration.Select(t => _timers[t])]);
        _previousGeneration = _selected?.Generation;
        _replaced = null;
        _generation = new IceGeneration(IceCredentials.Create(_random));
        _tieBreaker = _random.NextUInt64();
        _checks = new CheckList(_options.MaxPairs);
        _remotes = [];
        _firstSuccessAt = null;
        _nominated = false;
        foreach (IceTimer timer in TimersOfGeneration)
            _timers.Clear(timer);
        _isFailingOver = false;
        if (_selected is not null)
            _selected.RetransmitAt = null;
        else
            SetState(IceState.Checking);
        _timers.Set(IceTimer.Connect, now + _options.ConnectTimeout);
    }

    /// <summary>
    /// Takes a restart back that the far end has not joined (RFC 8829 section 4.1.10.2): credentials, checks and candidates are those from
    /// before it. Does nothing when there is none to take back.
    /// </summary>
    public void UndoRestart(Instant now)
    {
        if (!IsActive || _beforeRestart is not { } before)
            return;
        _beforeRestart = null;
        if (HasPresentSelection)
        {
            _selected = _replaced;
            if (_selected is null)
                LoseReplacedPath();
        }

        _generation = before.Generation;
        _previousGeneration = before.PreviousGeneration;
        _replaced = before.Replaced;
        _checks = before.Checks;
        _remotes = before.Remotes;
        _tieBreaker = before.TieBreaker;
        _firstSuccessAt = before.FirstSuccessAt;
        _nominated = before.Nominated && _selected is not null;
        for (int i = 0; i < TimersOfGeneration.Length; i++)
        {
            if (before.Deadlines[i] is { } deadline)
                _timers.Set(TimersOfGeneration[i], Instant.Max(deadline, now));
            else
                _timers.Clear(TimersOfGeneration[i]);
        }

        // Its consent ended meanwhile: looked for again with what was known of the far end.
        if (_selected is null)
            _timers.SetIfUnset(IceTimer.Connect, now + _options.ConnectTimeout);
        Pump(now);
    }

    private sealed record BeforeRestart(
        IceGeneration Generation,
        IceGeneration? PreviousGeneration,
        CandidatePair? Replaced,
        CheckList Checks,
        List<RemoteCandidate> Remotes,
        ulong TieBreaker,
        Instant? FirstSuccessAt,
        bool Nominated,
        IReadOnlyList<Instant?> Deadlines);
}
