using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Ice;

/// <summary>The state of a pair in the check list (RFC 8445 section 6.1.2.6).</summary>
internal enum PairState
{
    Frozen,
    Waiting,
    InProgress,
    Succeeded,
    Failed,
}

/// <summary>A remote candidate, told or learned.</summary>
internal sealed class RemoteCandidate
{
    public required TransportAddress Address { get; init; }

    /// <summary>TCP only when a connection exists: no pairs are made of it.</summary>
    public PathTransport Transport { get; init; }

    public required uint Priority { get; set; }

    public required string Foundation { get; set; }

    public required bool IsPeerReflexive { get; set; }
}

/// <summary>A request that may still be answered.</summary>
internal struct OpenCheck
{
    public StunTransactionId Id;
    public Instant SentAt;
    public bool IsOpen;
    public bool UseCandidate;
    public bool Controlling;
    public bool Retransmitted;
}

/// <summary>
/// The last few requests sent on a pair. More than one may be open: a triggered check replaces one that is still waiting, and
/// the answer to either proves the path (RFC 8445 section 7.3.1.4).
/// </summary>
[InlineArray(Capacity)]
internal struct OpenChecks
{
    public const int Capacity = 8;

    private OpenCheck _first;

    [UnscopedRef]
    public Span<OpenCheck> AsSpan() => this;
}

/// <summary>A local base and a remote candidate that are tried together.</summary>
internal sealed class CandidatePair
{
    private OpenChecks _open;
    private int _nextOpen;

    public required IceGeneration Generation { get; init; }

    public required DatagramPath Path { get; init; }

    public required RemoteCandidate Remote { get; init; }

    public required uint LocalPriority { get; init; }

    public required string LocalFoundation { get; init; }

    /// <summary>Orders the check list (RFC 8445 section 6.1.2.3); depends on the role.</summary>
    public ulong Priority { get; private set; }

    public PairState State { get; set; }

    /// <summary>The pair is in the triggered-check queue.</summary>
    public bool IsTriggered { get; set; }

    /// <summary>Controlling: the next check carries USE-CANDIDATE.</summary>
    public bool IsNominating { get; set; }

    /// <summary>Controlled: the far end nominated it before our own check succeeded.</summary>
    public bool NominateOnSuccess { get; set; }

    public bool IsNominated { get; set; }

    /// <summary>When the far end last sent USE-CANDIDATE here.</summary>
    public Instant NominatedAt { get; set; }

    /// <summary>When an authenticated message last came this way.</summary>
    public Instant HeardAt { get; set; }

    public Instant? RetransmitAt { get; set; }

    public TimeSpan RetransmissionTimeout { get; set; }

    public int Transmissions { get; set; }

    /// <summary>The check that is being retransmitted.</summary>
    public StunTransactionId CurrentId { get; private set; }

    public bool CurrentUseCandidate { get; private set; }

    public void UpdatePriority(bool controlling)
    {
        ulong g = controlling ? LocalPriority : Remote.Priority;
        ulong d = controlling ? Remote.Priority : LocalPriority;
        Priority = (Math.Min(g, d) << 32) + (2 * Math.Max(g, d)) + (g > d ? 1ul : 0ul);
    }

    public bool HasSameFoundation(CandidatePair other) =>
        LocalFoundation == other.LocalFoundation && Remote.Foundation == other.Remote.Foundation;

    /// <summary>Remembers a request; the oldest one is forgotten when all slots are taken.</summary>
    /// <param name="now">The time.</param>
    /// <param name="id">Its transaction.</param>
    /// <param name="useCandidate">Whether it nominates.</param>
    /// <param name="controlling">The role it was sent in.</param>
    /// <param name="isCheck">Whether it is retransmitted; a consent check is not.</param>
    public void Open(Instant now, StunTransactionId id, bool useCandidate, bool controlling, bool isCheck)
    {
        _open.AsSpan()[_nextOpen] = new OpenCheck { Id = id, SentAt = now, IsOpen = true, UseCandidate = useCandidate, Controlling = controlling };
        _nextOpen = (_nextOpen + 1) % OpenChecks.Capacity;
        if (!isCheck)
            return;
        CurrentId = id;
        CurrentUseCandidate = useCandidate;
    }

    public void MarkRetransmitted()
    {
        foreach (ref OpenCheck check in _open.AsSpan())
        {
            if (check.IsOpen && check.Id == CurrentId)
                check.Retransmitted = true;
        }
    }

    public bool HasOpen(StunTransactionId id)
    {
        foreach (ref OpenCheck check in _open.AsSpan())
        {
            if (check.IsOpen && check.Id == id)
                return true;
        }

        return false;
    }

    /// <summary>Takes the request out, so that a replayed response finds nothing.</summary>
    public OpenCheck Take(StunTransactionId id)
    {
        foreach (ref OpenCheck check in _open.AsSpan())
        {
            if (check.IsOpen && check.Id == id)
            {
                OpenCheck taken = check;
                check = default;
                return taken;
            }
        }

        return default;
    }
}
