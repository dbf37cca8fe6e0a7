using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace AgentGateway.Audio;

/// <summary>
/// Reads a WAV (RIFF/WAVE) stream piece by piece: PCM 16-bit or 32-bit float, mono or stereo, any rate. The stream is read forwards only, so a
/// pipe works. Not thread-safe.
/// </summary>
public sealed class WavReader : IDisposable
{
    private const int MaxChunksBeforeData = 64;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly byte[] _buffer = new byte[8192];
    private long _remainingBytes;

    private WavReader(Stream stream, WavFormat format, long dataBytes, bool leaveOpen)
    {
        _stream = stream;
        _leaveOpen = leaveOpen;
        Format = format;
        _remainingBytes = dataBytes;
        FrameCount = dataBytes == long.MaxValue ? null : dataBytes / format.BlockAlign;
    }

    /// <summary>What the header says.</summary>
    public WavFormat Format { get; }

    /// <summary>Samples per channel by the header; null when the header leaves it open (streamed files). The file may end earlier.</summary>
    public long? FrameCount { get; }

    /// <summary>
    /// Reads the header. On false <paramref name="error"/> says what is wrong with the file; nothing is thrown for malformed content. The stream
    /// is closed with the reader unless <paramref name="leaveOpen"/>; on false it is left as it is.
    /// </summary>
    public static bool TryOpen(
        Stream stream, [NotNullWhen(true)] out WavReader? reader, [NotNullWhen(false)] out string? error, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        reader = null;
        Span<byte> head = stackalloc byte[12];
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
            return Refuse("The file is shorter than a WAV header.", out error);
        if (!head[..4].SequenceEqual("RIFF"u8) || !head[8..].SequenceEqual("WAVE"u8))
            return Refuse("This is not a WAV file: it does not begin with RIFF....WAVE.", out error);

        WavFormat? format = null;
        for (int i = 0; i < MaxChunksBeforeData; i++)
        {
            if (stream.ReadAtLeast(head[..8], 8, throwOnEndOfStream: false) < 8)
                return Refuse(format is null ? "The file has no fmt chunk." : "The file has no data chunk.", out error);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            if (head[..4].SequenceEqual("data"u8))
            {
                if (format is not { } known)
                    return Refuse("The data chunk comes before the fmt chunk.", out error);

                // Writers that cannot seek leave the size at 0 or at its maximum: then the data goes on to the end.
                bool open = size == uint.MaxValue || (size == 0 && !stream.CanSeek);
                reader = new WavReader(stream, known, open ? long.MaxValue : size, leaveOpen);
                error = null;
                return true;
            }

            if (head[..4].SequenceEqual("fmt "u8))
            {
                if (!TryReadFormat(stream, size, out WavFormat read, out error))
                    return false;
                format = read;
            }
            else if (!TrySkip(stream, size + (size & 1L)))
            {
                return Refuse("The file ends inside a chunk.", out error);
            }
        }

        return Refuse($"No audio within the first {MaxChunksBeforeData} chunks.", out error);
    }

    /// <summary>Like <see cref="TryOpen"/> on a file.</summary>
    /// <exception cref="InvalidDataException">The file is no WAV of a supported kind; the message says why.</exception>
    public static WavReader OpenFile(string path)
    {
        FileStream stream = File.OpenRead(path);
        if (TryOpen(stream, out WavReader? reader, out string? error))
            return reader;
        stream.Dispose();
        throw new InvalidDataException($"{path}: {error}");
    }

    /// <summary>Reads a whole file as mono 16-bit samples; stereo is averaged.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampleRate">The file's rate in Hz.</param>
    /// <param name="maxSeconds">Longer files are refused.</param>
    /// <exception cref="InvalidDataException">The file is no WAV of a supported kind or too long; the message says why.</exception>
    public static short[] ReadAllMono(string path, out int sampleRate, int maxSeconds = 3600)
    {
        using WavReader reader = OpenFile(path);
        sampleRate = reader.Format.SampleRate;
        long limit = (long)maxSeconds * sampleRate * reader.Format.Channels;
        List<short> samples = new((int)Math.Min((reader.FrameCount ?? 0) * reader.Format.Channels, Math.Min(limit, 1 << 22)));
        Span<short> piece = stackalloc short[2048];
        int read;
        while ((read = reader.Read(piece)) > 0)
        {
            if (samples.Count + read > limit)
                throw new InvalidDataException($"{path}: longer than {maxSeconds} s.");
            samples.AddRange(piece[..read]);
        }

        if (reader.Format.Channels == 1)
            return [.. samples];
        short[] mono = new short[samples.Count / 2];
        PcmConvert.StereoToMono(CollectionsMarshal.AsSpan(samples)[..(mono.Length * 2)], mono);
        return mono;
    }

    /// <summary>
    /// Reads interleaved 16-bit samples; floats are converted. Returns how many were read, always whole frames; 0 at the end. A span shorter
    /// than one frame reads nothing.
    /// </summary>
    public int Read(Span<short> interleaved)
    {
        int total = 0;
        while (true)
        {
            ReadOnlySpan<byte> bytes = Fill(interleaved.Length - total);
            if (bytes.IsEmpty)
                return total;
            int count = bytes.Length / Format.BytesPerSample;
            Span<short> target = interleaved.Slice(total, count);
            if (Format.Encoding == WavEncoding.Pcm16)
                MemoryMarshal.Cast<byte, short>(bytes).CopyTo(target);
            else
                PcmConvert.ToInt16(MemoryMarshal.Cast<byte, float>(bytes), target);
            total += count;
        }
    }

    /// <summary>Reads interleaved float samples; 16-bit ones are converted. Returns how many were read, always whole frames; 0 at the end.</summary>
    public int Read(Span<float> interleaved)
    {
        int total = 0;
        while (true)
        {
            ReadOnlySpan<byte> bytes = Fill(interleaved.Length - total);
            if (bytes.IsEmpty)
                return total;
            int count = bytes.Length / Format.BytesPerSample;
            Span<float> target = interleaved.Slice(total, count);
            if (Format.Encoding == WavEncoding.Pcm16)
                PcmConvert.ToFloat(MemoryMarshal.Cast<byte, short>(bytes), target);
            else
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(target);
            total += count;
        }
    }

    /// <summary>Closes the stream, unless it was to be left open.</summary>
    public void Dispose()
    {
        if (!_leaveOpen)
            _stream.Dispose();
    }

    private static bool TryReadFormat(Stream stream, uint size, out WavFormat format, [NotNullWhen(false)] out string? error)
    {
        format = default;
        Span<byte> chunk = stackalloc byte[40];
        if (size < 16)
            return Refuse("The fmt chunk is too short.", out error);
        int take = (int)Math.Min(size, 40);
        if (stream.ReadAtLeast(chunk[..take], take, throwOnEndOfStream: false) < take || !TrySkip(stream, size - take + (size & 1L)))
            return Refuse("The file ends inside the fmt chunk.", out error);

        int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int blockAlign = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);

        // WAVE_FORMAT_EXTENSIBLE keeps the real tag in the first two bytes of its sub-format GUID.
        if (tag == 0xFFFE && take >= 26)
            tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
        WavEncoding? encoding = (tag, bits) switch
        {
            (1, 16) => WavEncoding.Pcm16,
            (3, 32) => WavEncoding.IeeeFloat,
            _ => null,
        };
        if (encoding is null)
            return Refuse($"Encoding {tag} with {bits} bits is not supported: only 16-bit PCM and 32-bit float are.", out error);
        if (channels is not (1 or 2))
            return Refuse($"{channels} channels are not supported: only mono and stereo are.", out error);
        if (rate is < 1_000 or > 384_000)
            return Refuse($"A sample rate of {rate} Hz is not supported.", out error);
        format = new WavFormat((int)rate, channels, encoding.Value);
        if (blockAlign != format.BlockAlign)
            return Refuse($"The block size {blockAlign} contradicts {channels} channels of {bits} bits.", out error);
        error = null;
        return true;
    }

    private static bool TrySkip(Stream stream, long count)
    {
        Span<byte> scratch = stackalloc byte[512];
        while (count > 0)
        {
            int read = stream.Read(scratch[..(int)Math.Min(count, scratch.Length)]);
            if (read == 0)
                return false;
            count -= read;
        }

        return true;
    }

    private static bool Refuse(string reason, [NotNullWhen(false)] out string? error)
    {
        error = reason;
        return false;
    }

    private ReadOnlySpan<byte> Fill(int wantedSamples)
    {
        int align = Format.BlockAlign;
        long wanted = Math.Min((long)wantedSamples * Format.BytesPerSample, Math.Min(_buffer.Length, _remainingBytes));
        int take = (int)(wanted / align * align);
        if (take == 0)
            return default;
        int read = _stream.ReadAtLeast(_buffer.AsSpan(0, take), take, throwOnEndOfStream: false);
        _remainingBytes = read < take ? 0 : _remainingBytes == long.MaxValue ? long.MaxValue : _remainingBytes - read;
        return _buffer.AsSpan(0, read / align * align);
    }
}
