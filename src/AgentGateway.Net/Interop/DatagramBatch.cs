using System.Buffers.Binary;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Net.Interop;

/// <summary>
/// Up to <see cref="Capacity"/> datagrams with their paths, laid out once in pinned memory for recvmmsg and sendmmsg.
/// One owner; nothing is allocated after construction.
/// </summary>
internal sealed unsafe class DatagramBatch
{
    /// <summary>Datagrams of a batch.</summary>
    internal const int Capacity = 64;

    /// <summary>Longest datagram kept whole; longer ones arrive truncated and are dropped by the reader.</summary>
    internal const int SlotSize = 2048;

    private const int NameSize = 28;
    private const int ControlSize = 64;

    private readonly bool _ipv6;
    private readonly ushort _port;
    private readonly byte* _data;
    private readonly byte* _names;
    private readonly byte* _controls;
    private readonly LibC.IoVec* _vectors;
    private readonly LibC.MMsgHdr* _messages;

    // Pinned arrays live as long as this object; the pointers above point into them.
    private readonly byte[][] _pinned;

    internal DatagramBatch(bool ipv6, ushort port)
    {
        _ipv6 = ipv6;
        _port = port;
        byte[] data = GC.AllocateArray<byte>(Capacity * SlotSize, pinned: true);
        byte[] names = GC.AllocateArray<byte>(Capacity * NameSize, pinned: true);
        byte[] controls = GC.AllocateArray<byte>(Capacity * ControlSize, pinned: true);
        byte[] vectors = GC.AllocateArray<byte>(Capacity * sizeof(LibC.IoVec), pinned: true);
        byte[] messages = GC.AllocateArray<byte>(Capacity * sizeof(LibC.MMsgHdr), pinned: true);
        _pinned = [data, names, controls, vectors, messages];
        fixed (byte* d = data, n = names, c = controls, v = vectors, m = messages)
        {
            _data = d;
            _names = n;
            _controls = c;
            _vectors = (LibC.IoVec*)v;
            _messages = (LibC.MMsgHdr*)m;
        }

        for (int i = 0; i < Capacity; i++)
        {
            _vectors[i].Base = _data + (i * SlotSize);
            ref LibC.MsgHdr header = ref _messages[i].Header;
            header.Name = _names + (i * NameSize);
            header.Vectors = &_vectors[i];
            header.VectorCount = 1;
            header.Control = _controls + (i * ControlSize);
        }
    }

    /// <summary>Datagrams waiting to be sent.</summary>
    internal int Count { get; private set; }

    internal bool IsFull => Count == Capacity;

    internal LibC.MMsgHdr* Messages => _messages;

    /// <summary>The bytes that the next <see cref="Commit"/> sends.</summary>
    internal Span<byte> NextSlot => new(_data + (Count * SlotSize), SlotSize);

    /// <summary>Makes every slot ready to receive.</summary>
    internal void PrepareReceive()
    {
        for (int i = 0; i < Capacity; i++)
        {
            _vectors[i].Length = SlotSize;
            ref LibC.MsgHdr header = ref _messages[i].Header;
            header.NameLength = NameSize;
            header.ControlLength = ControlSize;
            header.Flags = 0;
        }
    }

    /// <summary>Reads a received datagram; false when it was truncated or its addresses are not usable.</summary>
    internal bool TryGetReceived(int index, out Span<byte> datagram, out DatagramPath path)
    {
        const int truncated = 0x20;
        ref LibC.MMsgHdr message = ref _messages[index];
        datagram = new Span<byte>(_data + (index * SlotSize), (int)message.Length);
        path = default;
        if ((message.Header.Flags & truncated) != 0
            || !TryReadName(new ReadOnlySpan<byte>(message.Header.Name, (int)message.Header.NameLength), out TransportAddress remote)
            || !TryReadLocal((byte*)message.Header.Control, (int)message.Header.ControlLength, out TransportAddress local))
        {
            return false;
        }

        path = new DatagramPath(local, remote);
        return true;
    }

    /// <summary>Queues the <paramref name="length"/> bytes written to <see cref="NextSlot"/>.</summary>
    internal void Commit(int length, in DatagramPath path)
    {
        int index = Count++;
        _vectors[index].Length = (nuint)length;
        ref LibC.MsgHdr header = ref _messages[index].Header;
        header.Flags = 0;
        header.NameLength = WriteName((byte*)header.Name, path.Remote);
        header.ControlLength = WriteLocal((byte*)header.Control, path.Local);
    }

    internal void Clear() => Count = 0;

    private static bool TryReadName(ReadOnlySpan<byte> name, out TransportAddress address)
    {
        address = default;
        if (name.Length < 16)
            return false;
        ushort family = BitConverter.ToUInt16(name);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(name[2..]);
        if (family == LibC.AfInet)
            address = TransportAddress.FromBytes(name.Slice(4, 4), port);
        else if (family == LibC.AfInet6 && name.Length >= NameSize)
            address = TransportAddress.FromBytes(name.Slice(8, 16), port);
        else
            return false;
        return true;
    }

    private bool TryReadLocal(byte* control, int length, out TransportAddress address)
    {
        address = default;
        int offset = 0;
        while (offset + sizeof(LibC.CMsgHdr) <= length)
        {
            var header = (LibC.CMsgHdr*)(control + offset);
            byte* body = control + offset + sizeof(LibC.CMsgHdr);
            if (header->Level == LibC.SolIP && header->Type == LibC.IPPktInfo)
            {
                // struct in_pktinfo: interface, local address the packet was routed to, destination address of the header.
                address = TransportAddress.FromBytes(new ReadOnlySpan<byte>(body + 8, 4), _port);
                return true;
            }

            if (header->Level == LibC.SolIPv6 && header->Type == LibC.IPv6PktInfo)
            {
                address = TransportAddress.FromBytes(new ReadOnlySpan<byte>(body, 16), _port);
                return true;
            }

            if (header->Length < (nuint)sizeof(LibC.CMsgHdr))
                return false;
            offset += (int)((header->Length + 7) & ~(nuint)7);
        }

        return false;
    }

    private uint WriteName(byte* name, TransportAddress address)
    {
        var span = new Span<byte>(name, NameSize);
        span.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(span[2..], address.Port);
        if (!_ipv6)
        {
            BitConverter.TryWriteBytes(span, LibC.AfInet);
            BinaryPrimitives.WriteUInt32BigEndian(span[4..], (uint)address.Bits);
            return 16;
        }

        // A dual-mode socket takes IPv4 destinations in their IPv4-mapped form, which is how they are held.
        BitConverter.TryWriteBytes(span, LibC.AfInet6);
        BinaryPrimitives.WriteUInt128BigEndian(span[8..], address.Bits);
        return NameSize;
    }

    private nuint WriteLocal(byte* control, TransportAddress local)
    {
        if (local.IsUnspecified)
            return 0;
        var header = (LibC.CMsgHdr*)control;
        var body = new Span<byte>(control + sizeof(LibC.CMsgHdr), ControlSize - sizeof(LibC.CMsgHdr));
        body.Clear();
        if (!_ipv6)
        {
            header->Level = LibC.SolIP;
            header->Type = LibC.IPPktInfo;
            header->Length = (nuint)(sizeof(LibC.CMsgHdr) + 12);
            BinaryPrimitives.WriteUInt32BigEndian(body[4..], (uint)local.Bits);
            return (nuint)(sizeof(LibC.CMsgHdr) + 16);
        }

        header->Level = LibC.SolIPv6;
        header->Type = LibC.IPv6PktInfo;
        header->Length = (nuint)(sizeof(LibC.CMsgHdr) + 20);
        BinaryPrimitives.WriteUInt128BigEndian(body, local.Bits);
        return (nuint)(sizeof(LibC.CMsgHdr) + 24);
    }
}
