using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Sctp;

/// <summary>What an acknowledgement changed.</summary>
internal struct AckOutcome
{
    public bool CumulativeAdvanced;

    /// <summary>Bytes, chunk headers included, acknowledged for the first time.</summary>
    public int NewlyAckedBytes;

    /// <summary>When the newest chunk that was acknowledged and sent only once left; null when there is none (Karn's rule).</summary>
    public Instant? RoundTripStart;

    /// <summary>Whether a chunk reached three missing reports.</summary>
    public bool LossDetected;
}
