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

/// <summary>A ring that grows to the most ever waiting: nothing is allocated per message, and a flood cannot make it grow beyond its limit.</summary>
internal sealed class IceTransmitQueue
{
    private const int Capacity = 64;
    private const int InitialSize = 4;

    private IceTransmit[] _items = new IceTransmit[InitialSize];
    private int _head;
    private int _count;

    public bool IsEmpty => _count == 0;

    public bool TryAdd(in IceTransmit item)
    {
        if (_count == Capacity)
            return false;
        if (_count == _items.Length)
            Grow();
        _items[(_head + _count) % _items.Length] = item;
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
        _head = (_head + 1) % _items.Length;
        _count--;
        return true;
    }

    public void Clear()
    {
        Array.Clear(_items);
        _head = 0;
        _count = 0;
    }

    private void Grow()
    {
        var items = new IceTransmit[_items.Length * 2];
        for (int i = 0; i < _count; i++)
            items[i] = _items[(_head + i) % _items.Length];
        _items = items;
        _head = 0;
    }
}
