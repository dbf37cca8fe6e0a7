using System.Numerics;

namespace AgentGateway.Audio.Jitter;

/// <summary>
/// Packets by sequence number within a window of fixed size. Payloads lie in slabs that grow to the most ever waiting and are reused, so a call
/// on a good network holds a few kilobytes and nothing is allocated per packet.
/// </summary>
internal sealed class PacketStore
{
    /// <summary>The largest payload kept: more than fits an Ethernet frame.</summary>
    public const int MaxPayloadBytes = 1500;

    private const int SlabPackets = 8;
    private const int None = -1;

    private readonly Slot[] _slots;
    private readonly List<byte[]> _slabs = [];
    private readonly int[] _free;
    private int _freeCount;

    public PacketStore(int capacity)
    {
        _slots = new Slot[(int)BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _free = new int[_slots.Length];
        for (int i = 0; i < _slots.Length; i++)
            _slots[i].Buffer = None;
    }

    /// <summary>Width of the window of sequence numbers.</summary>
    public int Capacity => _slots.Length;

    public int Count { get; private set; }

    /// <summary>Adds a packet. False when one a whole window away has its slot.</summary>
    public bool TryAdd(in StoredPacket packet, ReadOnlySpan<byte> payload)
    {
        ref Slot slot = ref At(packet.Sequence);
        if (slot.Buffer != None)
            return false;
        slot.Packet = packet;
        slot.Length = payload.Length;
        slot.Buffer = TakeBuffer();
        payload.CopyTo(Payload(slot.Buffer));
        Count++;
        return true;
    }

    public bool TryGet(long sequence, out StoredPacket packet, out ReadOnlySpan<byte> payload)
    {
        ref Slot slot = ref At(sequence);
        if (slot.Buffer == None || slot.Packet.Sequence != sequence)
        {
            packet = default;
            payload = default;
            return false;
        }

        packet = slot.Packet;
        payload = Payload(slot.Buffer)[..slot.Length];
        return true;
    }

    /// <summary>The packet with the lowest sequence number from <paramref name="from"/> on.</summary>
    public bool TryGetFirst(long from, out StoredPacket packet, out ReadOnlySpan<byte> payload)
    {
        if (Count > 0)
        {
            for (long sequence = from; sequence < from + Capacity; sequence++)
            {
                if (TryGet(sequence, out packet, out payload))
                    return true;
            }
        }

        packet = default;
        payload = default;
        return false;
    }

    public void Remove(long sequence)
    {
        ref Slot slot = ref At(sequence);
        if (slot.Buffer == None || slot.Packet.Sequence != sequence)
            return;
        _free[_freeCount++] = slot.Buffer;
        slot.Buffer = None;
        Count--;
    }

    /// <summary>Drops everything and returns how many packets that were.</summary>
    public int Clear()
    {
        int count = Count;
        for (int i = 0; i < _slots.Length && Count > 0; i++)
        {
            if (_slots[i].Buffer != None)
                Remove(_slots[i].Packet.Sequence);
        }

        return count;
    }

    private ref Slot At(long sequence) => ref _slots[(int)(sequence & (_slots.Length - 1))];

    private Span<byte> Payload(int buffer) =>
        _slabs[buffer / SlabPackets].AsSpan(buffer % SlabPackets * MaxPayloadBytes, MaxPayloadBytes);

    private int TakeBuffer()
    {
        if (_freeCount == 0)
        {
            int first = _slabs.Count * SlabPackets;
            _slabs.Add(new byte[SlabPackets * MaxPayloadBytes]);
            for (int i = SlabPackets - 1; i >= 0; i--)
                _free[_freeCount++] = first + i;
        }

        return _free[--_freeCount];
    }

    private struct Slot
    {
        public StoredPacket Packet;
        public int Length;
        public int Buffer;
    }
}
