using System.Buffers.Binary;

namespace AgentGateway.Properties.Fuzz;

/// <summary>A series of datagrams as one input: each with its length before it, 2 bytes.</summary>
internal ref struct Datagrams(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> _rest = input;

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly Datagrams GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < 2)
            return false;
        int length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(_rest), _rest.Length - 2);
        Current = _rest.Slice(2, length);
        _rest = _rest[(2 + length)..];
        return true;
    }

    public static byte[] Join(IEnumerable<byte[]> datagrams) =>
        [.. datagrams.SelectMany(d => new[] { (byte)(d.Length >> 8), (byte)d.Length }.Concat(d))];
}
