using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AgentGateway.Audio;

/// <summary>
/// Writes a WAV file piece by piece. The sizes in the header are filled in on <see cref="Dispose"/> when the stream can seek; otherwise they
/// say "until the end". Not thread-safe.
/// </summary>
public sealed class WavWriter : IDisposable
{
    private const uint OpenSize = uint.MaxValue;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly byte[] _buffer = new byte[8192];
    private readonly long _startPosition;
    private readonly int _headerBytes;
    private long _dataBytes;
    private bool _disposed;

    /// <summary>Writes the header.</summary>
    /// <exception cref="ArgumentException">The format is not one that <see cref="WavReader"/> reads.</exception>
    public WavWriter(Stream stream, WavFormat format, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!format.IsSupported)
            throw new ArgumentException("Only mono and stereo at 1000..384000 Hz.", nameof(format));
        _stream = stream;
        _leaveOpen = leaveOpen;
        Format = format;
        _startPosition = stream.CanSeek ? stream.Position : 0;
        _headerBytes = WriteHeader();
    }

    /// <summary>Format of the file.</summary>
    public WavFormat Format { get; }

    /// <summary>Samples per channel written so far.</summary>
    public long FrameCount => _dataBytes / Format.BlockAlign;

    /// <summary>Makes a file, replacing an existing one.</summary>
    public static WavWriter CreateFile(string path, WavFormat format) => new(File.Create(path), format);

    /// <summary>Appends interleaved 16-bit samples, converted when the file holds floats.</summary>
    /// <exception cref="ArgumentException">Not a whole number of frames.</exception>
    /// <exception cref="IOException">The file would pass 4 GB, which a WAV header cannot say.</exception>
    public void Write(ReadOnlySpan<short> interleaved)
    {
        Reserve(interleaved.Length);
        if (Format.Encoding == WavEncoding.Pcm16)
        {
            _stream.Write(MemoryMarshal.AsBytes(interleaved));
            return;
        }

        Span<float> piece = MemoryMarshal.Cast<byte, float>(_buffer.AsSpan());
        while (!interleaved.IsEmpty)
        {
            int count = Math.Min(piece.Length, interleaved.Length);
            PcmConvert.ToFloat(interleaved[..count], piece);
            _stream.Write(_buffer, 0, count * sizeof(float));
            interleaved = interleaved[count..];
        }
    }

    /// <summary>Appends interleaved float samples, converted when the file holds 16 bits.</summary>
    /// <exception cref="ArgumentException">Not a whole number of frames.</exception>
    /// <exception cref="IOException">The file would pass 4 GB, which a WAV header cannot say.</exception>
    public void Write(ReadOnlySpan<float> interleaved)
    {
        Reserve(interleaved.Length);
        if (Format.Encoding == WavEncoding.IeeeFloat)
        {
            _stream.Write(MemoryMarshal.AsBytes(interleaved));
            return;
        }

        Span<short> piece = MemoryMarshal.Cast<byte, short>(_buffer.AsSpan());
        while (!interleaved.IsEmpty)
        {
            int count = Math.Min(piece.Length, interleaved.Length);
            PcmConvert.ToInt16(interleaved[..count], piece);
            _stream.Write(_buffer, 0, count * sizeof(short));
            interleaved = interleaved[count..];
        }
    }

    /// <summary>Completes the header and closes the stream, unless it was to be left open.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_stream.CanSeek)
        {
            long end = _stream.Position;
            PatchSize(_startPosition + 4, (uint)(_headerBytes - 8 + _dataBytes));
            PatchSize(_startPosition + _headerBytes - 4, (uint)_dataBytes);
            _stream.Position = end;
        }

        _stream.Flush();
        if (!_leaveOpen)
            _stream.Dispose();
    }

    private int WriteHeader()
    {
        Span<byte> header = stackalloc byte[44];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], OpenSize);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], (ushort)(Format.Encoding == WavEncoding.Pcm16 ? 1 : 3));
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)Format.Channels);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], (uint)Format.SampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], (uint)(Format.SampleRate * Format.BlockAlign));
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)Format.BlockAlign);
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], (ushort)(Format.BytesPerSample * 8));
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], OpenSize);
        _stream.Write(header);
        return header.Length;
    }

    private void Reserve(int samples)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (samples % Format.Channels != 0)
            throw new ArgumentException("Interleaved samples come in whole frames.", nameof(samples));
        long bytes = (long)samples * Format.BytesPerSample;
        if (_dataBytes + bytes > uint.MaxValue - 64L)
            throw new IOException("A WAV file cannot hold more than 4 GB.");
        _dataBytes += bytes;
    }

    private void PatchSize(long position, uint size)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, size);
        _stream.Position = position;
        _stream.Write(bytes);
    }
}
