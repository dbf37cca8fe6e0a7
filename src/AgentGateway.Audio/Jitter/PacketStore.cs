using System.Numerics;

namespace AgentGateway.Audio.Jitter;

/// <summary>
/// Packets by sequence number within a window of fixed size. Payloads lie in buffers as long as the longest of them and as many as ever waited,
/// which are reused: a call on a good network holds one kilobyte, and nothing is allocated per packet.
/// </summary>
internal sealed class PacketStore
{
    /// <summary>The largest payload kept: more than fits an Ethernet frame.</summary>
    public const int MaxPayloadBytes = 1500;

    // 20 ms of speech take some 60 to 160 bytes.
    private const int UsualPayloadBytes = 200;

    private readonly Slot[] _slots;
    private readonly Stack<byte[]> _free = new(4);

    public PacketStore(int capacity)
    {
        _slots = new Slot[(int)BitOperations.RoundUpToPowerOf2((uint)capacity)];
    }

    /// <summary>Width of the window of sequence numbers.</summary>
    public int Capacity => _slots.Length;

    public int Count { get; private set; }

    /// <summary>Adds a packet. False when one a whole window away has its slot.</summary>
    public bool TryAdd(in StoredPacket packet, ReadOnlySpan<byte> payload)
    {
        ref Slot slot = ref At(packet.Sequence);
        if (slot.Buffer is not null)
            return false;
        slot.Packet = packet;
        slot.Length = payload.Length;
        slot.Buffer = TakeBuffer(payload.Length);
        payload.CopyTo(slot.Buffer);
        Count++;
        return true;
    }

    public bool TryGet(long sequence, out StoredPacket packet, out ReadOnlySpan<byte> payload)
    {
        ref Slot slot = ref At(sequence);
        if (slot.Buffer is null || slot.Packet.Sequence != sequence)
        {
            packet = default;
            payload = default;
            return false;
        }

        packet = slot.Packet;
        payload = slot.Buffer.AsSpan(0, slot.Length);
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
        if (slot.Buffer is null || slot.Packet.Sequence != sequence)
            return;
        _free.Push(slot.Buffer);
        slot.Buffer = null;
        Count--;
    }

    /// <summary>Drops everything and returns how many packets that were.</summary>
    public int Clear()
    {
        int count = Count;
        for (int i = 0; i < _slots.Length && Count > 0; i++)
        {
            if (_slots[i].Buffer is not null)
                Remove(_slots[i].Packet.Sequence);
        }

        return count;
    }

    private ref Slot At(long sequence) => ref _slots[(int)(sequence & (_slots.Length - 1))];

    private byte[] TakeBuffer(int length) =>
        _free.TryPop(out byte[]? buffer) && buffer.Length >= length ? buffer : new byte[Math.Max(length, UsualPayloadBytes)];

    private struct Slot
    {
        public StoredPacket Packet;
        public int Length;
        public byte[]? Buffer;
    }
}
