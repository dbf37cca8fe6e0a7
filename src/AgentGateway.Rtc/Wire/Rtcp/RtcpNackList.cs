using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Rtcp;

/// <summary>The sequence numbers in a generic NACK (RFC 4585 section 6.2.1): walked, not copied.</summary>
public readonly ref struct RtcpNackList
{
    private readonly ReadOnlySpan<byte> _control;

    internal RtcpNackList(ReadOnlySpan<byte> control) => _control = control;

    /// <summary>Walks the numbers in wire order.</summary>
    public Enumerator GetEnumerator() => new(_control);

    /// <summary>Walks the numbers of each entry: the packet named, then those in its bit mask.</summary>
    public ref struct Enumerator
    {
        private const int EntryLength = 4;

        private ReadOnlySpan<byte> _rest;
        private ushort _packet;
        private int _mask;
        private int _bit;

        internal Enumerator(ReadOnlySpan<byte> control) => _rest = control;

        /// <summary>The number read last.</summary>
        public ushort Current { get; private set; }

        /// <summary>Reads the next number.</summary>
        public bool MoveNext()
        {
            while (_mask != 0)
            {
                bool lost = (_mask & 1) != 0;
                _mask >>= 1;
                _bit++;
                if (!lost)
                    continue;
                Current = (ushort)(_packet + _bit);
                return true;
            }

            if (_rest.Length < EntryLength)
                return false;
            _packet = BinaryPrimitives.ReadUInt16BigEndian(_rest);
            _mask = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
            _bit = 0;
            _rest = _rest[EntryLength..];
            Current = _packet;
            return true;
        }
    }
}
