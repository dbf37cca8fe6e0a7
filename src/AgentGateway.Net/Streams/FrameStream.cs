using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading.Channels;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Net.Streams;

/// <summary>
/// A TCP or TLS connection that carries datagrams. Its two tasks read and write; the shard's thread takes and gives whole messages
/// through two bounded queues. A full incoming queue stops the reading, so that TCP slows the far end; a full outgoing one drops, as a
/// network would.
/// </summary>
internal sealed class FrameStream : IDisposable
{
    internal const int MaxFrameSize = StunFraming.MaxMessageSize;

    private const int QueueLength = 256;
    private const int BufferSize = 16 * 1024;
    private const int PrefixSize = 2;
    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(1);

    private readonly Stream _stream;
    private readonly FrameStreamOptions _options;
    private readonly Action<FrameStream> _readable;
    private readonly CancellationTokenSource _end = new();
    private readonly Channel<Frame> _incoming = Create(FullMode: BoundedChannelFullMode.Wait);
    private readonly Channel<Frame> _outgoing = Create(FullMode: BoundedChannelFullMode.Wait);
    private int _signalled;
    private long _dropped;

    /// <summary>Takes over a connected stream.</summary>
    /// <param name="stream">Closed with this object's run.</param>
    /// <param name="path">Its two ends, as the engines call them.</param>
    /// <param name="options">Format and limits.</param>
    /// <param name="readable">Called on any thread when messages can be taken: once, until <see cref="BeginTake"/>.</param>
    internal FrameStream(Stream stream, DatagramPath path, FrameStreamOptions options, Action<FrameStream> readable)
    {
        _stream = stream;
        _options = options;
        _readable = readable;
        Path = path;
    }

    internal DatagramPath Path { get; }

    /// <summary>Whatever the shard keeps about it; its thread only.</summary>
    internal object? Owner { get; set; }

    /// <summary>Messages that found the outgoing queue full.</summary>
    internal long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Reads and writes until the far end closes, a limit is passed, or <see cref="Close"/>. Never throws.</summary>
    internal async Task RunAsync()
    {
        Task reading = GuardAsync(ReadAsync);
        Task writing = GuardAsync(WriteAsync);
        bool wroteAll = await Task.WhenAny(reading, writing) == writing && !_end.IsCancellationRequested;
        if (wroteAll && _stream is NetworkStream network)
        {
            // A goodbye must not be overtaken by the reset that closing with unread data would cause.
            TryShutdown(network.Socket);
            await Task.WhenAny(reading, Task.Delay(LingerTime));
        }

        Close();
        await Task.WhenAll(reading, writing);
        await _stream.DisposeAsync();
        _incoming.Writer.TryComplete();
        _outgoing.Writer.TryComplete();
        while (_outgoing.Reader.TryRead(out Frame frame))
            frame.Return();
    }

    /// <summary>Queues a message; false when it was dropped.</summary>
    internal bool TrySend(ReadOnlySpan<byte> message)
    {
        Frame frame = Frame.Copy(message);
        if (_outgoing.Writer.TryWrite(frame))
            return true;
        frame.Return();
        Volatile.Write(ref _dropped, _dropped + 1);
        return false;
    }

    /// <summary>The shard begins to take: what comes later signals again.</summary>
    internal void BeginTake() => Volatile.Write(ref _signalled, 0);

    internal bool TryTake(out Frame frame) => _incoming.Reader.TryRead(out frame);

    /// <summary>Signals again, because not everything was taken.</summary>
    internal void Signal()
    {
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
            _readable(this);
    }

    /// <summary>Writes what is queued, then ends.</summary>
    internal void CloseAfterSending() => _outgoing.Writer.TryComplete();

    /// <summary>Ends at once. Any thread.</summary>
    internal void Close()
    {
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It had ended and was disposed already.
        }
    }

    /// <summary>After the run.</summary>
    public void Dispose() => _end.Dispose();

    private static Channel<Frame> Create(BoundedChannelFullMode FullMode) => Channel.CreateBounded<Frame>(
        new BoundedChannelOptions(QueueLength) { FullMode = FullMode, SingleReader = false, SingleWriter = false });

    private static async Task GuardAsync(Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or ChannelClosedException or InvalidOperationException)
        {
            // The connection is over; why makes no difference to a datagram path.
        }
    }

    private static void TryShutdown(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The far end was faster.
        }
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[BufferSize];
        int start = 0;
        int end = 0;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        limit.CancelAfter(_options.FirstFrameTimeout);
        while (true)
        {
            if (start > 0 && buffer.Length - end < MaxFrameSize + PrefixSize)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                end -= start;
                start = 0;
            }

            int count = await _stream.ReadAsync(buffer.AsMemory(end), limit.Token);
            if (count == 0)
                return;
            end += count;
            bool any = false;
            while (true)
            {
                if (!TryFind(buffer.AsSpan(start, end - start), out int skip, out int size))
                    return;
                if (size == 0 || end - start < skip + size)
                    break;
                await DeliverAsync(buffer, start + skip, size, limit.Token);
                start += skip + size;
                any = true;
            }

            if (any)
                limit.CancelAfter(_options.IdleTimeout);
        }
    }

    /// <summary>Where the first message stands; a size of 0 when that is not known yet. False when the stream is no such stream.</summary>
    private bool TryFind(ReadOnlySpan<byte> received, out int skip, out int size)
    {
        skip = 0;
        if (_options.Format == FrameFormat.Stun)
            return StunFraming.TryReadSize(received, out size);
        size = 0;
        if (received.Length < PrefixSize)
            return true;
        skip = PrefixSize;
        size = BinaryPrimitives.ReadUInt16BigEndian(received);
        return size is > 0 and <= MaxFrameSize;
    }

    private async ValueTask DeliverAsync(byte[] buffer, int offset, int size, CancellationToken cancellation)
    {
        Frame frame = Frame.Copy(buffer.AsSpan(offset, size));
        if (!_incoming.Writer.TryWrite(frame))
        {
            Signal();
            await _incoming.Writer.WriteAsync(frame, cancellation);
        }

        Signal();
    }

    private async Task WriteAsync()
    {
        byte[] buffer = new byte[BufferSize];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        while (await _outgoing.Reader.WaitToReadAsync(_end.Token))
        {
            // Whatever waits goes into one segment or record.
            int length = 0;
            while (buffer.Length - length >= MaxFrameSize + PrefixSize && _outgoing.Reader.TryRead(out Frame frame))
            {
                if (_options.Format == FrameFormat.LengthPrefix)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(length), (ushort)frame.Length);
                    length += PrefixSize;
                }

                frame.Bytes.CopyTo(buffer.AsSpan(length));
                length += frame.Length;
                frame.Return();
            }

            limit.CancelAfter(_options.WriteTimeout);
            await _stream.WriteAsync(buffer.AsMemory(0, length), limit.Token);
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
