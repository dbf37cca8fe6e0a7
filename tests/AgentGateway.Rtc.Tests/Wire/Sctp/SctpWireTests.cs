using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Tests.Wire.Sctp;

public sealed class SctpWireTests
{
    [Fact]
    public void Data_chunk_round_trip_with_padding()
    {
        byte[] buffer = new byte[64];
        SctpPacketWriter writer = new(buffer, 5000, 5001, 0x11223344);
        new DataChunk
        {
            Flags = DataChunk.BeginFlag | DataChunk.EndFlag,
            Tsn = 0xFFFFFFFF,
            StreamId = 7,
            StreamSequence = 65535,
            PayloadProtocol = 51,
            Payload = "abcde"u8,
        }.Write(ref writer);
        int length = writer.Finish(zeroChecksum: false);
        Assert.Equal(12 + 16 + 8, length);
        Assert.True(SctpHeader.TryParse(buffer, out SctpHeader header));
        Assert.Equal(new SctpHeader(5000, 5001, 0x11223344, Crc32C.ComputePacket(buffer.AsSpan(0, length))), header);
        SctpChunkReader reader = new(buffer.AsSpan(12, length - 12));
        Assert.True(reader.TryRead(out SctpChunk chunk));
        Assert.Equal(21, chunk.Raw.Length);
        Assert.True(DataChunk.TryParse(chunk, out DataChunk data));
        Assert.Equal(0xFFFFFFFF, data.Tsn);
        Assert.Equal("abcde"u8, data.Payload);
        Assert.True(data is { IsBegin: true, IsEnd: true, IsUnordered: false });
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Sack_with_blocks_and_duplicates()
    {
        byte[] value = new byte[12 + 8 + 4];
        SackChunk.Write(value, 10, 2000, [(2, 3), (5, 9)], [8]);
        Assert.True(SackChunk.TryParse(value, out SackChunk sack));
        Assert.Equal((10u, 2000u, 2), (sack.CumulativeTsn, sack.ReceiverWindow, sack.BlockCount));
        Assert.Equal(((ushort)5, (ushort)9), sack.Block(1));
        Assert.False(SackChunk.TryParse(value.AsSpan(0, value.Length - 1), out _));
        Assert.False(SackChunk.TryParse(value.AsSpan(0, 11), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("000000")]
    [InlineData("00000000")]
    [InlineData("00000003")]
    [InlineData("0000000800")]
    [InlineData("0000000400000004AA")]
    [InlineData("0000FFFF00000000")]
    public void Chunk_lengths_that_cannot_be(string hex)
    {
        Assert.False(SctpChunkReader.IsWellFormed(Convert.FromHexString(hex)));
    }

    [Theory]
    [InlineData("00000004")]
    [InlineData("0000000500000000")]
    [InlineData("0000000500")]
    [InlineData("0000000400000006AABB0000")]
    public void Chunk_lengths_that_may_be(string hex)
    {
        Assert.True(SctpChunkReader.IsWellFormed(Convert.FromHexString(hex)));
    }

    [Fact]
    public void Parameters_round_trip()
    {
        byte[] buffer = new byte[32];
        SctpParameterWriter writer = new(buffer);
        writer.Add(SctpParameterType.ForwardTsnSupported, 0);
        writer.Add(SctpParameterType.SupportedExtensions, 3).Fill(9);
        Assert.Equal(12, writer.Length);
        SctpParameterReader reader = new(writer.Written);
        Assert.True(reader.TryRead(out ushort first, out ReadOnlySpan<byte> empty, out _));
        Assert.Equal((0xC000, 0), (first, empty.Length));
        Assert.True(reader.TryRead(out ushort second, out ReadOnlySpan<byte> value, out ReadOnlySpan<byte> raw));
        Assert.Equal((0x8008, 3, 7), (second, value.Length, raw.Length));
        Assert.False(reader.TryRead(out _, out _, out _));
        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void Forward_tsn_and_reset_request_want_whole_entries()
    {
        Assert.True(ForwardTsnChunk.TryParse(Convert.FromHexString("0000000A00020005"), out ForwardTsnChunk forward));
        Assert.Equal((10u, 1), (forward.NewCumulativeTsn, forward.EntryCount));
        Assert.Equal(((ushort)2, (ushort)5), forward.Entry(0));
        Assert.False(ForwardTsnChunk.TryParse(Convert.FromHexString("0000000A0002"), out _));
        Assert.False(ForwardTsnChunk.TryParse(Convert.FromHexString("00000A"), out _));
        Assert.True(OutgoingResetRequest.TryParse(Convert.FromHexString("000000010000000200000003" + "0004"), out OutgoingResetRequest reset));
        Assert.Equal((1u, 2u, 3u, 1, (ushort)4), (reset.RequestSequence, reset.ResponseSequence, reset.LastTsn, reset.StreamCount, reset.Stream(0)));
        Assert.False(OutgoingResetRequest.TryParse(Convert.FromHexString("00000001000000020000000304"), out _));
        Assert.False(OutgoingResetRequest.TryParse(Convert.FromHexString("0000000100000002000003"), out _));
    }
}
