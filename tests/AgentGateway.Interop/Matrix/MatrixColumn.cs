namespace AgentGateway.Interop.Matrix;

/// <summary>What is tried with every stack.</summary>
public enum MatrixColumn
{
    /// <summary>The other stack offers and we answer; the call connects.</summary>
    TheyOffer,

    /// <summary>We offer and the other stack answers; the call connects.</summary>
    WeOffer,

    /// <summary>Both hear the tune that the other one plays, whoever offered.</summary>
    Audio,

    /// <summary>Messages of 1 B, 1 KiB, 16 KiB, 64 KiB and 256 KiB arrive unchanged both ways, whoever offered.</summary>
    Data,

    /// <summary>Descriptions without candidates; the only candidates known come one by one, once theirs and once ours.</summary>
    Trickle,

    /// <summary>New ICE credentials during the call; audio and messages afterwards. Restarted by whoever offered.</summary>
    IceRestart,

    /// <summary>The other stack may use a TURN server only; audio and messages both ways.</summary>
    Relay,

    /// <summary>5 % loss and 30 ms jitter in both directions; audio and messages both ways.</summary>
    BadNetwork,

    /// <summary>The other stack hangs up and we know it at once.</summary>
    TheyHangUp,

    /// <summary>We hang up and the other stack knows it at once.</summary>
    WeHangUp,
}
