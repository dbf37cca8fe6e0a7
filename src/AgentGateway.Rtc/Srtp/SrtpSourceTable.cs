using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Srtp;

/// <summary>What one direction remembers of one SSRC.</summary>
internal struct SrtpSource
{
    public uint Ssrc;

    /// <summary>Extends RTP sequence numbers by the rollover counter; unused for RTCP, whose index is on the wire.</summary>
    public SequenceExtender16 Sequence;

    public ReplayWindow Window;

    /// <summary>The index the next RTCP packet sent will carry.</summary>
    public uint NextRtcpIndex;
}

/// <summary>
/// The sources of one direction: one in a call, and in a room one more with everybody who joins. Bounded, and never forgets one, because
/// forgetting would reopen its replay window.
/// </summary>
internal sealed class SrtpSourceTable
{
    public const int MaxSources = 1024;

    private readonly Dictionary<uint, int> _index = [];
    private SrtpSource[] _sources = new SrtpSource[2];
    private int _count;
    private int _lastHit;

    /// <summary>Index for <see cref="At"/>, or -1 when the SSRC is not known.</summary>
    public int Find(uint ssrc)
    {
        if (_lastHit < _count && _sources[_lastHit].Ssrc == ssrc)
            return _lastHit;
        return _index.TryGetValue(ssrc, out int at) ? _lastHit = at : -1;
    }

    public bool IsFull => _count == MaxSources;

    public ref SrtpSource At(int index) => ref _sources[index];

    /// <summary>Adds a source that is not known yet; the table must not be full.</summary>
    public int Add(uint ssrc)
    {
        if (_count == _sources.Length)
            Array.Resize(ref _sources, Math.Min(_count * 2, MaxSources));
        _sources[_count].Ssrc = ssrc;
        _index.Add(ssrc, _count);
        return _lastHit = _count++;
    }
}
