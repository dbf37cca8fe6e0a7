namespace AgentGateway.Audio;

/// <summary>What a jitter buffer did since it was made. Samples are at 48 kHz.</summary>
public readonly record struct JitterStatistics
{
    /// <summary>Packets offered, good or not.</summary>
    public long Received { get; init; }

    /// <summary>Packets decoded and played.</summary>
    public long Played { get; init; }

    /// <summary>Packets dropped because their moment had passed.</summary>
    public long Late { get; init; }

    /// <summary>Packets dropped because the same sequence number was already there or played.</summary>
    public long Duplicates { get; init; }

    /// <summary>Packets that arrived after a higher sequence number, in time or not.</summary>
    public long Reordered { get; init; }

    /// <summary>Packets dropped because they are not valid Opus, are too large, or contradict their neighbours' timestamps.</summary>
    public long Malformed { get; init; }

    /// <summary>Packets that passed the check of their framing but the decoder refused; they were concealed.</summary>
    public long DecodeErrors { get; init; }

    /// <summary>Good packets dropped to lower the delay, or because the stream was reset.</summary>
    public long Discarded { get; init; }

    /// <summary>Packets that were not there in time: <see cref="Recovered"/> plus <see cref="Concealed"/>.</summary>
    public long Lost { get; init; }

    /// <summary>Lost packets restored by forward error correction.</summary>
    public long Recovered { get; init; }

    /// <summary>Lost packets replaced by concealment, or by silence in a long gap.</summary>
    public long Concealed { get; init; }

    /// <summary>Times the stream's numbering or timestamps started anew.</summary>
    public long Resets { get; init; }

    /// <summary>Times nothing came for so long that silence took over.</summary>
    public long Stalls { get; init; }

    /// <summary>Samples of concealment played.</summary>
    public long ConcealedSamples { get; init; }

    /// <summary>Samples of comfort noise played.</summary>
    public long ComfortNoiseSamples { get; init; }

    /// <summary>Samples of silence played while there was no stream.</summary>
    public long SilenceSamples { get; init; }

    /// <summary>Samples inserted by playing slower.</summary>
    public long InsertedSamples { get; init; }

    /// <summary>Samples removed by playing faster.</summary>
    public long RemovedSamples { get; init; }

    /// <summary>Samples handed out, of any kind.</summary>
    public long EmittedSamples { get; init; }

    /// <summary>Sum over played packets of the time between arrival and playout; divided by <see cref="Played"/> it is the mean.</summary>
    public TimeSpan TotalBufferingTime { get; init; }

    /// <summary>Delay that the buffer adds now to the fastest packets of the last two seconds; zero before a stream plays.</summary>
    public TimeSpan CurrentDelay { get; init; }

    /// <summary>Delay aimed at.</summary>
    public TimeSpan TargetDelay { get; init; }

    /// <summary>Packets waiting.</summary>
    public int BufferedPackets { get; init; }
}
