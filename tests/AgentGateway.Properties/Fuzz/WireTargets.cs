using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Dcep;
using AgentGateway.Rtc.Wire.Mdns;
using AgentGateway.Rtc.Wire.Rtcp;
using AgentGateway.Rtc.Wire.Rtp;
using AgentGateway.Rtc.Wire.Sctp;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Properties.Fuzz;

/// <summary>Binary parsers: views that allocate nothing, whatever they read.</summary>
internal static class WireTargets
{
    public static IEnumerable<FuzzTarget> All =>
    [
        new("stun", Stun) { Dictionary = [[0x21, 0x12, 0xA4, 0x42], [0, 8, 0, 20], [0x80, 0x28, 0, 4], [0, 0x20, 0, 8], [0, 9, 0, 4]] },
        new("rtp", Rtp) { Dictionary = [[0xBE, 0xDE, 0, 1], [0x10, 0, 0, 1], [0x90, 111]] },
        new("rtcp", Rtcp) { Dictionary = [[0x81, 200, 0, 6], [0x81, 201, 0, 7], [0x81, 202, 0, 2], [0x81, 203, 0, 1], [0x81, 205, 0, 3], [0x8F, 206, 0, 4], "REMB"u8.ToArray()] },
        new("sctp", Sctp),
        new("red", Red) { Dictionary = [[0xEF, 0, 0, 10], [0x6F], [0xFF, 0xFF, 0xFF, 0xFF]] },
        new("mdns", Mdns) { Dictionary = [[0xC0, 12], "\u0004host\u0005local\0"u8.ToArray(), [0, 1, 0x80, 1], [0, 28, 0, 1]], MaxLength = 600 },
        new("stream-frames", StreamFrames) { Dictionary = [[0x40, 0, 0, 4], [0, 1, 0, 0], [0x4F, 0xFF, 0xFF, 0xFF]], MaxLength = 600 },
        new("dcep", Dcep) { Dictionary = [[3, 0], [3, 0x82], [2]], MaxLength = 400 },
        new("dtls-records", static input => DtlsRecords.TryRead(input) ? 1 + (input.Length / 200) : 0) { Dictionary = [[22, 0xFE, 0xFD, 0, 0], [23, 0xFE, 0xFD, 0, 1], [20, 0xFE, 0xFF, 0, 0]] },
    ];

    private static int Stun(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        bool parsed = StunMessage.TryParse(input, out StunMessage message, out StunParseError error);
        behaviour.Add((int)error);
        behaviour.Add(StunUsername.TryReadLocalUfrag(input, out ReadOnlySpan<byte> ufrag));
        behaviour.AddSize(ufrag.Length);
        if (!parsed)
            return behaviour.Value;
        behaviour.Add((int)message.Class);
        behaviour.Add(message.HasUserName);
        behaviour.AddSize(message.UserName.Length);
        behaviour.Add(message.Priority.HasValue);
        behaviour.Add(message.UseCandidate);
        behaviour.Add(message.IceControlled.HasValue);
        behaviour.Add(message.IceControlling.HasValue);
        behaviour.Add(message.HasFingerprint);
        behaviour.Add(Math.Min(message.UnknownRequiredCount, 4));
        behaviour.Add(message.ErrorCode / 100);
        behaviour.Add(message.VerifyIntegrity("VOkJxbRl1RmTxUk/WvJxBt"u8));
        behaviour.Add(message.TryGetMappedAddress(out TransportAddress address));
        behaviour.Add(address.IsIPv4);
        for (int type = 0; type < 0x30; type++)
        {
            if (message.TryGetAttribute((StunAttributeType)type, out ReadOnlySpan<byte> value))
                Assert.True(value.Length < input.Length);
        }

        return behaviour.Value;
    }

    private static int Rtp(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        behaviour.Add(RtpPacket.IsRtcp(input));
        behaviour.Add(RtpPacket.TryReadSsrc(input, out uint ssrc));
        if (!RtpPacket.TryParse(input, out RtpPacket packet))
            return behaviour.Value;
        Assert.True(ssrc == packet.Ssrc);
        Assert.True(packet.Payload.Length + packet.PaddingLength + RtpPacket.FixedHeaderLength <= input.Length);
        behaviour.Add(packet.Marker);
        behaviour.Add(packet.ContributingSources.Length);
        behaviour.AddSize(packet.Payload.Length);
        behaviour.AddSize(packet.PaddingLength);
        int elements = 0;
        foreach (RtpExtension extension in packet.Extensions)
        {
            elements++;
            if (RtpExtensionValue.TryReadAudioLevel(extension.Value, out byte level, out _))
                Assert.True(level <= 127);
            RtpExtensionValue.TryReadTransportSequence(extension.Value, out _);
            RtpExtensionValue.TryReadAbsoluteSendTime(extension.Value, out _);
            Assert.True(packet.Extensions.TryFind(extension.Id, out _));
        }

        behaviour.Add(Math.Min(elements, 5));
        return behaviour.Value;
    }

    private static int Rtcp(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        behaviour.Add(RtcpPacket.IsWellFormed(input));
        ReadOnlySpan<byte> rest = input;
        for (int count = 0; RtcpPacket.TryRead(ref rest, out RtcpPacket packet); count++)
        {
            if (count < 3)
                behaviour.Add((int)packet.Type);
            if (RtcpReport.TryRead(packet, out RtcpReport report))
            {
                behaviour.Add(report.BlockCount);
                for (int i = 0; i < report.BlockCount; i++)
                    behaviour.Add(report.Block(i).FractionLost == 0);
            }

            if (RtcpFeedback.TryRead(packet, out RtcpFeedback feedback))
            {
                behaviour.Add((int)feedback.Kind);
                behaviour.Add(feedback.TryReadBitrate(out long bitrate));
                Assert.True(bitrate >= 0);
                int missing = 0;
                foreach (ushort _ in feedback.LostPackets)
                    missing++;
                Assert.True(missing <= feedback.Control.Length * 17 / 4);
                behaviour.AddSize(missing);
                behaviour.Add(Arrivals(feedback));
            }

            if (RtcpExtendedReport.TryRead(packet, out RtcpExtendedReport extended))
            {
                behaviour.Add(extended.TryGetReferenceTime(out _));
                behaviour.Add(extended.TryGetDelay(1, out _, out _));
            }

            behaviour.Add(RtcpSourceDescription.TryReadCname(packet, 1, out ReadOnlySpan<byte> cname));
            behaviour.AddSize(cname.Length);
            behaviour.Add(packet.TryReadBye(out ReadOnlySpan<byte> sources));
            behaviour.AddSize(sources.Length);
        }

        return behaviour.Value;
    }

    private static int Arrivals(in RtcpFeedback feedback)
    {
        if (!RtcpTransportFeedback.TryRead(feedback, out RtcpTransportFeedback arrivals))
            return 0;
        int came = 0;
        int seen = 0;
        foreach (RtcpTransportArrival arrival in arrivals)
        {
            seen++;
            came += arrival.Received ? 1 : 0;
        }

        Assert.True(seen == arrivals.Count);
        var behaviour = default(Behaviour);
        behaviour.AddSize(seen);
        behaviour.AddSize(came);
        return behaviour.Value;
    }

    private static int Red(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        Span<RedBlock> blocks = stackalloc RedBlock[RedPayload.MaxBlocks];
        if (TelephoneEventPayload.TryRead(input, out TelephoneEventPayload key))
            behaviour.Add(key.Digit is null);
        if (!RedPayload.TryRead(input, blocks, out int count))
            return behaviour.Value;
        behaviour.Add(count);
        int end = -1;
        foreach (RedBlock block in blocks[..count])
        {
            // One after the other, without gaps, and all inside.
            Assert.True(end < 0 || block.Start == end);
            end = block.Start + block.Length;
            Assert.True(end <= input.Length);
            behaviour.AddSize(block.Length);
            behaviour.AddSize(block.TimestampOffset);
        }

        Assert.True(end == input.Length);
        return behaviour.Value;
    }

    private static int Mdns(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        behaviour.Add(MdnsResponse.TryFindAddress(input, "host.local", out _, out TransportAddress address, out TimeSpan timeToLive));
        behaviour.Add(address.IsIPv4);
        behaviour.AddSize((long)timeToLive.TotalSeconds);
        return behaviour.Value;
    }

    private static int StreamFrames(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        for (int frames = 0; frames < 100 && !input.IsEmpty; frames++)
        {
            if (!StunFraming.TryReadSize(input, out int size))
                return behaviour.Value;
            behaviour.AddSize(size);
            if (size == 0 || size > input.Length)
                break;
            Assert.True(size <= StunFraming.MaxMessageSize);
            if (ChannelData.TryParse(input[..size], out _, out int length))
                Assert.True(length <= size - ChannelData.HeaderSize);
            input = input[size..];
        }

        behaviour.Add(1);
        return behaviour.Value;
    }

    private static int Sctp(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        if (!SctpHeader.TryParse(input, out SctpHeader header))
            return 0;
        behaviour.Add(header.Checksum == Crc32C.ComputePacket(input));
        behaviour.Add(SctpChunkReader.IsWellFormed(input[SctpHeader.Size..]));
        var reader = new SctpChunkReader(input[SctpHeader.Size..]);
        for (int count = 0; reader.TryRead(out SctpChunk chunk); count++)
        {
            if (count < 3)
                behaviour.Add((int)chunk.Type);
            behaviour.Add(Chunk(chunk));
        }

        return behaviour.Value;
    }

    private static int Chunk(in SctpChunk chunk)
    {
        var behaviour = default(Behaviour);
        if (DataChunk.TryParse(chunk, out DataChunk data))
            behaviour.Add(data.Flags & 15);
        if (SackChunk.TryParse(chunk.Value, out SackChunk sack))
        {
            for (int i = 0; i < sack.BlockCount; i++)
                _ = sack.Block(i);
            behaviour.AddSize(sack.BlockCount);
        }

        if (ForwardTsnChunk.TryParse(chunk.Value, out ForwardTsnChunk forward))
        {
            for (int i = 0; i < forward.EntryCount; i++)
                _ = forward.Entry(i);
            behaviour.AddSize(forward.EntryCount);
        }

        if (OutgoingResetRequest.TryParse(chunk.Value, out OutgoingResetRequest reset))
        {
            for (int i = 0; i < reset.StreamCount; i++)
                _ = reset.Stream(i);
            behaviour.AddSize(reset.StreamCount);
        }

        if (InitChunk.TryParse(chunk.Value, out InitChunk init))
        {
            var parameters = new SctpParameterReader(init.Parameters);
            int kinds = 0;
            while (parameters.TryRead(out ushort type, out _, out _))
                kinds |= 1 << (type & 15);
            behaviour.Add(kinds);
            behaviour.Add(parameters.AtEnd);
        }

        return behaviour.Value;
    }

    private static int Dcep(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        behaviour.Add(DcepAck.IsAck(input));
        if (!DcepOpen.TryParse(input, out DcepOpen open))
            return behaviour.Value;
        behaviour.Add((int)open.Reliability);
        behaviour.Add(open.Unordered);
        behaviour.AddSize(open.Label.Length);
        behaviour.AddSize(open.Protocol.Length);

        // What was read can be written, and reads the same again.
        Span<byte> copy = stackalloc byte[open.Size];
        open.Write(copy);
        Assert.True(DcepOpen.TryParse(copy, out DcepOpen again));
        Assert.True(again.Label.SequenceEqual(open.Label) && again.Protocol.SequenceEqual(open.Protocol));
        return behaviour.Value;
    }
}
