using System.Buffers;

namespace AgentGateway.Rtc.Sctp;

/// <summary>The message that is being put together in TSN order, in a pooled buffer that doubles as it grows.</summary>
internal sealed class PartialMessage
{
    private const int FirstBuffer = 4096;

    private byte[] _buffer = [];
    private ushort _stream;
    private ushort _sequence;
    private uint _payloadProtocol;
    private bool _unordered;

    public bool IsActive { get; private set; }

    public int Length { get; private set; }

    public void Begin(ushort stream, ushort sequence, uint payloadProtocol, bool unordered)
    {
        IsActive = true;
        Length = 0;
        _stream = stream;
        _sequence = sequence;
        _payloadProtocol = payloadProtocol;
        _unordered = unordered;
    }

    public bool Continues(ushort stream, ushort sequence, bool unordered) =>
        IsActive && _stream == stream && _unordered == unordered && (unordered || _sequence == sequence);

    /// <summary>Adds a piece; a message of one piece gets a buffer of its size.</summary>
    public void Append(ReadOnlySpan<byte> payload, bool isLast)
    {
        int needed = Length + payload.Length;
        if (needed > _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(isLast ? needed : Math.Max(FirstBuffer, needed * 2));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            ReturnBuffer();
            _buffer = larger;
        }

        payload.CopyTo(_buffer.AsSpan(Length));
        Length = needed;
    }

    /// <summary>Hands the message and its buffer over.</summary>
    public InboundMessage Complete()
    {
        InboundMessage message = new(_stream, _payloadProtocol, _buffer, Length);
        _buffer = [];
        IsActive = false;
        Length = 0;
        return message;
    }

    public void Discard()
    {
        ReturnBuffer();
        IsActive = false;
        Length = 0;
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
