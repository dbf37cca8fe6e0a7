using AgentGateway.Rtc.Wire.Dcep;
using AgentGateway.Rtc.Wire.Sctp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Wire.Sctp;

/// <summary>Packets made by another stack.</summary>
public sealed class CapturedPacketTests
{
    [Fact]
    public void Every_packet_has_a_right_checksum_and_parses()
    {
        HashSet<SctpChunkType> seen = [];
        foreach (byte[] packet in Load())
        {
            Assert.True(SctpHeader.TryParse(packet, out SctpHeader header));
            Assert.Equal(Crc32C.ComputePacket(packet), header.Checksum);
            Assert.Equal((5000, 5000), (header.SourcePort, header.DestinationPort));
            Assert.True(SctpChunkReader.IsWellFormed(packet.AsSpan(SctpHeader.Size)));
            SctpChunkReader reader = new(packet.AsSpan(SctpHeader.Size));
            while (reader.TryRead(out SctpChunk chunk))
            {
                seen.Add(chunk.Type);
                Assert.True(Parses(chunk), chunk.Type.ToString());
            }
        }

        SctpChunkType[] expected =
        [
            SctpChunkType.Data, SctpChunkType.Init, SctpChunkType.InitAck, SctpChunkType.Sack, SctpChunkType.Heartbeat,
            SctpChunkType.HeartbeatAck, SctpChunkType.CookieEcho, SctpChunkType.CookieAck,
            SctpChunkType.Reconfig, SctpChunkType.ForwardTsn,
        ];
        Assert.Equal(expected, seen.Order());
    }

    [Fact]
    public void The_first_user_data_opens_the_channel()
    {
        foreach (byte[] packet in Load())
        {
            SctpChunkReader reader = new(packet.AsSpan(SctpHeader.Size));
            reader.TryRead(out SctpChunk chunk);
            if (chunk.Type != SctpChunkType.Data)
                continue;
            Assert.True(DataChunk.TryParse(chunk, out DataChunk data));
            Assert.Equal((uint)PayloadProtocol.Dcep, data.PayloadProtocol);
            Assert.True(data is { IsBegin: true, IsEnd: true, StreamSequence: 0, StreamId: 1 });
            Assert.True(DcepOpen.TryParse(data.Payload, out DcepOpen open));
            Assert.Equal("chat"u8, open.Label);
            Assert.Equal("p"u8, open.Protocol);
            return;
        }

        Assert.Fail("no DATA");
    }

    internal static List<byte[]> Load()
    {
        string path = Path.Combine(TestPaths.RepositoryRoot, "tests", "AgentGateway.Rtc.Tests", "Vectors", "sctp", "aiortc-1.4.0.txt");
        return [.. File.ReadLines(path).Where(line => line[0] != '#').Select(line => Convert.FromHexString(line[2..]))];
    }

    private static bool Parses(in SctpChunk chunk)
    {
        switch (chunk.Type)
        {
            case SctpChunkType.Data:
                return DataChunk.TryParse(chunk, out DataChunk data) && !data.Payload.IsEmpty;
            case SctpChunkType.Init or SctpChunkType.InitAck:
                return InitChunk.TryParse(chunk.Value, out InitChunk init) && init is { InitiateTag: not 0, InboundStreams: 65535 };
            case SctpChunkType.Sack:
                return SackChunk.TryParse(chunk.Value, out _);
            case SctpChunkType.ForwardTsn:
                return ForwardTsnChunk.TryParse(chunk.Value, out _);
            case SctpChunkType.Reconfig:
                SctpParameterReader reader = new(chunk.Value);
                return reader.TryRead(out ushort type, out ReadOnlySpan<byte> value, out _)
                    && (type != (ushort)SctpParameterType.OutgoingResetRequest || OutgoingResetRequest.TryParse(value, out _));
            default:
                return true;
        }
    }
}
