using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Ice;

/// <summary>
/// All pairs of one generation, best first, and the triggered-check queue (RFC 8445 section 6.1.2). One data stream with one
/// component, so one check list.
/// </summary>
internal sealed class CheckList(int maxPairs)
{
    private readonly List<CandidatePair> _pairs = [];
    private readonly List<CandidatePair> _triggered = [];

    public int Count => _pairs.Count;

    public CandidatePair this[int index] => _pairs[index];

    public CandidatePair? Find(in DatagramPath path)
    {
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.Path == path)
                return pair;
        }

        return null;
    }

    /// <summary>
    /// Adds a pair at its place. When the list is full the worst pair that is of no use yet gives way: to a better one, or to
    /// any when <paramref name="proven"/>, because the far end was heard on it.
    /// </summary>
    public bool TryAdd(CandidatePair pair, bool controlling, bool proven)
    {
        pair.UpdatePriority(controlling);
        if (_pairs.Count >= maxPairs)
        {
            int worst = _pairs.FindLastIndex(static p => p.State is not PairState.Succeeded && !p.NominateOnSuccess);
            if (worst < 0 || (!proven && _pairs[worst].Priority >= pair.Priority))
                return false;
            Remove(_pairs[worst]);
        }

        pair.State = InitialState(pair);
        int at = 0;
        while (at < _pairs.Count && _pairs[at].Priority >= pair.Priority)
            at++;
        _pairs.Insert(at, pair);
        return true;
    }

    public void Remove(CandidatePair pair)
    {
        _pairs.Remove(pair);
        _triggered.Remove(pair);
    }

    public void Clear()
    {
        _pairs.Clear();
        _triggered.Clear();
    }

    /// <summary>After a role switch or a changed remote priority.</summary>
    public void Reorder(bool controlling)
    {
        foreach (CandidatePair pair in _pairs)
            pair.UpdatePriority(controlling);
        _pairs.Sort(static (a, b) => b.Priority.CompareTo(a.Priority));
    }

    public void Trigger(CandidatePair pair)
    {
        if (pair.IsTriggered)
            return;
        pair.IsTriggered = true;
        _triggered.Add(pair);
    }

    /// <summary>Whether a check could be sent, if the pacing allowed it.</summary>
    public bool HasWork()
    {
        if (_triggered.Count > 0)
            return true;
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.State is PairState.Waiting or PairState.Frozen)
                return true;
        }

        return false;
    }

    /// <summary>
    /// The pair to check now: triggered, else the best waiting, else the best frozen. Unlike RFC 8445 section 6.1.4.2 a frozen pair does not wait
    /// for the end of the check that its foundation shares: DESIGN.md says why.
    /// </summary>
    public CandidatePair? Next()
    {
        if (_triggered.Count > 0)
        {
            CandidatePair triggered = _triggered[0];
            _triggered.RemoveAt(0);
            triggered.IsTriggered = false;
            return triggered;
        }

        CandidatePair? frozen = null;
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.State == PairState.Waiting)
                return pair;
            if (pair.State == PairState.Frozen)
                frozen ??= pair;
        }

        return frozen;
    }

    /// <summary>A success suggests that pairs of the same foundations work as well.</summary>
    public void Thaw(CandidatePair succeeded)
    {
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.State == PairState.Frozen && pair.HasSameFoundation(succeeded))
                pair.State = PairState.Waiting;
        }
    }

    /// <summary>
    /// After nomination (RFC 8445 section 8.1.2): nothing new is tried, nothing is repeated, late answers still count. Pairs the
    /// far end nominated as well (RFC 5245, aggressive) go on, since a better one may be among them.
    /// </summary>
    public void StopOrdinaryChecks()
    {
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.NominateOnSuccess)
                continue;
            pair.IsTriggered = false;
            _triggered.Remove(pair);
            pair.RetransmitAt = null;
            pair.IsNominating = false;
            if (pair.State is PairState.Waiting or PairState.Frozen or PairState.InProgress)
                pair.State = PairState.Failed;
        }
    }

    /// <summary>The N of the retransmission timeout (RFC 8445 section 14.3).</summary>
    public int CountPending()
    {
        int count = 0;
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.State is PairState.Waiting or PairState.InProgress)
                count++;
        }

        return count;
    }

    private PairState InitialState(CandidatePair added)
    {
        bool busy = false;
        foreach (CandidatePair pair in _pairs)
        {
            if (!pair.HasSameFoundation(added))
                continue;
            if (pair.State == PairState.Succeeded)
                return PairState.Waiting;
            busy |= pair.State is PairState.Waiting or PairState.InProgress;
        }

        return busy ? PairState.Frozen : PairState.Waiting;
    }
}
