using System.Buffers.Binary;
using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Files;

public sealed class WavTests
{
    [Theory]
    [InlineData(8_000, 1, WavEncoding.Pcm16)]
    [InlineData(48_000, 2, WavEncoding.Pcm16)]
    [InlineData(16_000, 1, WavEncoding.IeeeFloat)]
    [InlineData(44_100, 2, WavEncoding.IeeeFloat)]
    public void What_is_written_is_read(int rate, int channels, WavEncoding encoding)
    {
        short[] samples = [.. Signals.Voice(1, rate)[..(rate / 2 * 2)]];
        using MemoryStream stream = new();
        using (WavWriter writer = new(stream, new WavFormat(rate, channels, encoding), leaveOpen: true))
        {
            writer.Write(samples.AsSpan(0, 1000));
            writer.Write(samples.AsSpan(1000));
            Assert.Equal(samples.Length / channels, writer.FrameCount);
        }

        stream.Position = 0;
        Assert.True(WavReader.TryOpen(stream, out WavReader? reader, out string? error), error);
        Assert.Equal(new WavFormat(rate, channels, encoding), reader.Format);
        Assert.Equal(samples.Length / channels, reader.FrameCount);
        short[] read = new short[samples.Length + 10];
        Assert.Equal(samples.Length, reader.Read(read.AsSpan()));
        Assert.Equal(samples, read[..samples.Length]);
        Assert.Equal(0, reader.Read(read.AsSpan()));
    }

    [Fact]
    public void Floats_are_written_and_read()
    {
        float[] samples = [0f, 0.5f, -0.5f, 0.25f];
        using MemoryStream stream = new();
        using (WavWriter writer = new(stream, new WavFormat(16_000, 1, WavEncoding.IeeeFloat), leaveOpen: true))
            writer.Write(samples);
        stream.Position = 0;
        Assert.True(WavReader.TryOpen(stream, out WavReader? reader, out _));
        float[] read = new float[4];
        Assert.Equal(4, reader.Read(read.AsSpan()));
        Assert.Equal(samples, read);
    }

    [Fact]
    public void A_pipe_that_cannot_seek_is_written_and_read_to_its_end()
    {
        using MemoryStream inner = new();
        using (WavWriter writer = new(new ForwardStream(inner), new WavFormat(16_000, 1), leaveOpen: true))
            writer.Write([1, 2, 3]);
        inner.Position = 0;
        Assert.True(WavReader.TryOpen(new ForwardStream(inner), out WavReader? reader, out string? error), error);
        Assert.Null(reader.FrameCount);
        short[] read = new short[10];
        Assert.Equal(3, reader.Read(read.AsSpan()));
        Assert.Equal([1, 2, 3], read[..3]);
    }

    [Fact]
    public void Unknown_chunks_before_the_data_are_skipped_and_those_after_it_are_not_audio()
    {
        byte[] file = Build(
            ("JUNK", new byte[7]), ("fmt ", Format(1, 1, 8000, 16)), ("LIST", new byte[4]), ("data", [1, 0, 2, 0]), ("id3 ", new byte[50]));
        Assert.True(WavReader.TryOpen(new MemoryStream(file), out WavReader? reader, out string? error), error);
        short[] read = new short[10];
        Assert.Equal(2, reader.Read(read.AsSpan()));
        Assert.Equal(2, read[1]);
    }

    [Fact]
    public void The_extensible_format_is_understood()
    {
        byte[] format = [.. Format(0xFFFE, 2, 48_000, 16), 22, 0, 16, 0, 3, 0, 0, 0, 1, 0, .. new byte[14]];
        Assert.True(WavReader.TryOpen(new MemoryStream(Build(("fmt ", format), ("data", [1, 0, 2, 0]))), out WavReader? reader, out string? error), error);
        Assert.Equal(2, reader.Format.Channels);
    }

    [Fact]
    public void A_file_that_ends_early_gives_what_there_is()
    {
        byte[] file = Build(("fmt ", Format(1, 1, 8000, 16)), ("data", new byte[100]));
        Assert.True(WavReader.TryOpen(new MemoryStream(file[..^51]), out WavReader? reader, out _));
        Assert.Equal(24, reader.Read(new short[100].AsSpan()));
        Assert.Equal(0, reader.Read(new short[100].AsSpan()));
    }

    [Theory]
    [InlineData(7, 1, 8000, 8, "Encoding 7")]
    [InlineData(1, 1, 8000, 24, "24 bits")]
    [InlineData(1, 6, 8000, 16, "6 channels")]
    [InlineData(1, 0, 8000, 16, "0 channels")]
    [InlineData(1, 1, 10, 16, "10 Hz")]
    public void A_format_that_is_not_supported_is_named(int tag, int channels, int rate, int bits, string expected)
    {
        byte[] file = Build(("fmt ", Format(tag, channels, rate, bits)), ("data", new byte[4]));
        Assert.False(WavReader.TryOpen(new MemoryStream(file), out _, out string? error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_files_are_refused_with_a_reason()
    {
        byte[] format = Format(1, 1, 8000, 16);
        byte[] wrongBlock = [.. format];
        wrongBlock[12] = 7;
        byte[][] broken =
        [
            [],
            [.. "RIFF"u8],
            [.. "RIFX"u8, .. new byte[100]],
            [.. "ID3 this is an mp3 file, not a wav"u8],
            Build(("data", new byte[4])),
            Build(("fmt ", format)),
            Build(("fmt ", format[..8]), ("data", new byte[4])),
            Build(("fmt ", wrongBlock), ("data", new byte[4])),
            Build(("fmt ", format))[..20],
            [.. "RIFF\0\0\0\0WAVEjunk"u8, 0xFF, 0xFF, 0xFF, 0xFF],
            Build([.. Enumerable.Repeat(("junk", Array.Empty<byte>()), 100)]),
        ];
        foreach (byte[] file in broken)
        {
            Assert.False(WavReader.TryOpen(new MemoryStream(file), out _, out string? error));
            Assert.False(string.IsNullOrWhiteSpace(error));
        }
    }

    [Fact]
    public void Random_changes_to_a_header_never_throw()
    {
        byte[] good = Build(("fmt ", Format(1, 2, 48_000, 16)), ("data", new byte[64]));
        SeededRandom random = new(99);
        short[] read = new short[100];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] file = [.. good];
            for (int k = 0; k <= i % 5; k++)
                file[random.Next(file.Length)] = (byte)random.Next(256);
            if (WavReader.TryOpen(new MemoryStream(file[..random.Next(file.Length + 1)]), out WavReader? reader, out string? error))
                Assert.InRange(reader.Read(read.AsSpan()), 0, 32);
            else
                Assert.NotNull(error);
        }
    }

    [Fact]
    public void A_wrong_file_is_named_in_the_exception()
    {
        string path = Path.GetTempFileName();
        try
        {
            InvalidDataException e = Assert.Throws<InvalidDataException>(() => WavReader.ReadAllMono(path, out _));
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Format(int tag, int channels, int rate, int bits)
    {
        byte[] chunk = new byte[16];
        int block = channels * bits / 8;
        BinaryPrimitives.WriteUInt16LittleEndian(chunk, (ushort)tag);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(2), (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(4), (uint)rate);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(8), (uint)(rate * block));
        BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(12), (ushort)block);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(14), (ushort)bits);
        return chunk;
    }

    private static byte[] Build(params (string Id, byte[] Content)[] chunks)
    {
        MemoryStream stream = new();
        stream.Write("RIFF\0\0\0\0WAVE"u8);
        byte[] size = new byte[4];
        foreach ((string id, byte[] content) in chunks)
        {
            BinaryPrimitives.WriteInt32LittleEndian(size, content.Length);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(id));
            stream.Write(size);
            stream.Write(content);
            if (content.Length % 2 != 0)
                stream.WriteByte(0);
        }

        return stream.ToArray();
    }

    private sealed class ForwardStream(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, 7));

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
