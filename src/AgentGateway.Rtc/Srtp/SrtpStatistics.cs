namespace AgentGateway.Rtc.Srtp;

/// <summary>Packets counted by outcome since a session began, RTP and RTCP together.</summary>
public readonly struct SrtpStatistics
{
    private readonly long[] _sent;
    private readonly long[] _received;

    internal SrtpStatistics(long[] sent, long[] received)
    {
        _sent = sent;
        _received = received;
    }

    /// <summary>Packets given to a protect call that ended with <paramref name="result"/>.</summary>
    public long Sent(SrtpResult result) => _sent[(int)result];

    /// <summary>Packets given to an unprotect call that ended with <paramref name="result"/>.</summary>
    public long Received(SrtpResult result) => _received[(int)result];

    /// <summary>Received packets that were dropped for any reason.</summary>
    public long ReceivedDropped
    {
        get
        {
            long sum = 0;
            for (int i = 1; i < _received.Length; i++)
                sum += _received[i];
            return sum;
        }
    }
}
