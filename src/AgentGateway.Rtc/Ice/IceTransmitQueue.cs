using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Ice;

internal enum IceTransmitKind
{
    Check,
    Success,
    RoleConflict,
    UnknownAttributes,
    Indication,
}

/// <summary>A decision to send, made while handling; the bytes are written when it is polled.</summary>
internal struct IceTransmit
{
    public IceTransmitKind Kind;
    public DatagramPath Path;
    public StunTransactionId Id;
    public IceGeneration Generation;
    public CandidatePair? Pair;
    public bool UseCandidate;
    public StunUnknownAttributes Unknown;
    public int UnknownCount;
}

/// <summary>A ring of fixed size: nothing is allocated per message, and a flood cannot make it grow.</summary>
internal sealed class IceTransmitQueue
{
    private const int Capacity = 64;

    private readonly IceTransmit[] _items = new IceTransmit[Capacity];
    private int _head;
    private int _count;

    public bool IsEmpty => _count == 0;

    public bool TryAdd(in IceTransmit item)
    {
        if (_count == Capacity)
            return false;
        _items[(_head + _count) % Capacity] = item;
        _count++;
        return true;
    }

    public bool TryTake(out IceTransmit item)
    {
        item = default;
        if (_count == 0)
            return false;
        item = _items[_head];
        _items[_head] = default;
        _head = (_head + 1) % Capacity;
        _count--;
        return true;
    }

    public void Clear()
    {
        Array.Clear(_items);
        _head = 0;
        _count = 0;
    }
}
