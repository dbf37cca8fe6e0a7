using AgentGateway.Primitives;
using AgentGateway.Rtc.Streams;
using AgentGateway.Rtc.Wire.Rtcp;
using AgentGateway.Rtc.Wire.Rtp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Streams;

/// <summary>Which section a packet belongs to (RFC 8843 section 9.2).</summary>
public sealed class AudioStreamGroupTests
{
    private static readonly AudioStreamConfiguration First = new()
    {
        PayloadType = 111,
        TelephoneEventPayloadType = 110,
        ClockRate = 48000,
        MidExtension = 4,
        Mid = "0",
        Sources = [10],
        Nack = true,
        MaySend = true,
        MayReceive = true,
    };

    private readonly AudioStreamGroup _group = new();
    private readonly AudioStreams[] _streams = [.. Enumerable.Range(1, 3).Select(Create)];
    private readonly byte[] _buffer = new byte[1200];

    public AudioStreamGroupTests() => Configure(First, First with { Mid = "1", Sources = [20, 21] }, First with { Mid = "2", Sources = [], PayloadType = 96 });

    [Fact]
    public void The_mid_decides_first_and_is_remembered_for_its_source()
    {
        Assert.Equal((1, RtpVerdict.Audio), Route(ssrc: 99, mid: "1"));
        Assert.Equal((1, RtpVerdict.Audio), Route(ssrc: 99));

        // It also overrules what was signalled, and what was learnt.
        Assert.Equal((2, RtpVerdict.Audio), Route(ssrc: 10, mid: "2"));
        Assert.Equal((2, RtpVerdict.Audio), Route(ssrc: 10));
        Assert.Equal((0, RtpVerdict.Audio), Route(ssrc: 99, mid: "0"));
        Assert.Equal((0, RtpVerdict.Audio), Route(ssrc: 99));
    }

    [Fact]
    public void An_unknown_mid_is_not_guessed_at() => Assert.Equal((-1, RtpVerdict.UnknownStream), Route(ssrc: 10, mid: "7"));

    [Fact]
    public void A_signalled_source_decides_next()
    {
        Assert.Equal((0, RtpVerdict.Audio), Route(ssrc: 10));
        Assert.Equal((1, RtpVerdict.Audio), Route(ssrc: 20));
        Assert.Equal((1, RtpVerdict.Audio), Route(ssrc: 21));
    }

    [Fact]
    public void A_payload_type_decides_when_one_section_has_it()
    {
        Assert.Equal((2, RtpVerdict.Audio), Route(ssrc: 50, payloadType: 96));
        Assert.Equal((-1, RtpVerdict.UnknownStream), Route(ssrc: 51, payloadType: 111));
        Assert.Equal((-1, RtpVerdict.UnknownPayloadType), Route(ssrc: 52, payloadType: 8));

        // Sections that receive nothing do not count as long as another does.
        Configure(First with { MayReceive = false }, First with { Mid = "1" });
        Assert.Equal((1, RtpVerdict.Audio), Route(ssrc: 53));
        Configure(First with { MayReceive = false });
        Assert.Equal((0, RtpVerdict.Audio), Route(ssrc: 54));
    }

    [Fact]
    public void What_belonged_to_a_section_that_is_gone_is_unknown()
    {
        Assert.Equal((1, RtpVerdict.Audio), Route(ssrc: 99, mid: "1"));
        Configure(First, null, First with { Mid = "2" });
        Assert.Equal((-1, RtpVerdict.UnknownStream), Route(ssrc: 99));
        Assert.Equal((-1, RtpVerdict.UnknownStream), Route(ssrc: 99, mid: "1"));
    }

    [Fact]
    public void What_is_signalled_overrules_what_was_guessed_before()
    {
        // The packet overtakes the description that says whose it is, and only the first section is listened to so far.
        Configure(First, First with { Mid = "1", Sources = [], MayReceive = false });
        Assert.Equal((0, RtpVerdict.Audio), Route(ssrc: 77));
        Configure(First, First with { Mid = "1", Sources = [77] });
        Assert.Equal((1, RtpVerdict.Audio), Route(ssrc: 77));
        Configure(First, First with { Mid = "1", Sources = [] });
        Assert.Equal((-1, RtpVerdict.UnknownStream), Route(ssrc: 77));
    }

    [Fact]
    public void Invented_sources_are_forgotten_but_not_the_one_that_is_heard()
    {
        Assert.Equal((2, RtpVerdict.Audio), Route(ssrc: 500, payloadType: 96, receive: true));
        for (uint ssrc = 1000; ssrc < 1100; ssrc++)
            Assert.Equal((2, RtpVerdict.Audio), Route(ssrc, mid: "2"));
        Assert.Equal(3 + 4, _group.SourceCount);
        Configure(First, First with { Mid = "1", PayloadType = 97 }, First with { Mid = "2", Sources = [], PayloadType = 97 });
        Assert.Equal((2, RtpVerdict.Audio), Route(ssrc: 500, payloadType: 97));
    }

    [Fact]
    public void Reports_requests_and_farewells_reach_the_streams_they_are_about()
    {
        Route(ssrc: 10, receive: true);
        Route(ssrc: 20, receive: true);
        var writer = new RtcpWriter(_buffer);
        Assert.True(writer.TryAddReceiverReport(
            99, [new RtcpReportBlock(_streams[1].Sender.Ssrc, 64, 3, 0, 0, 0, 0), new RtcpReportBlock(_streams[2].Sender.Ssrc, 128, 9, 0, 0, 0, 0)]));
        Assert.True(writer.TryAddNack(99, _streams[0].Sender.Ssrc, [7]));
        Assert.True(writer.TryAddNack(99, 12345, [7]));
        Assert.True(writer.TryAddBye(20));
        _group.HandleRtcp(Instant.Zero, _buffer.AsSpan(0, writer.Length));
        Assert.Equal([0, 3, 9], _streams.Select(s => s.Statistics.RemotePacketsLost));
        Assert.Equal([1L, 0L, 0L], _streams.Select(s => s.Statistics.RetransmissionsRequested));
        Assert.Equal((1L, 1L, 0L), (_group.RtcpReceived, _group.FeedbackIgnored, _group.RtcpIgnored));
        Assert.True(_group.TryTakeBye(out (AudioStreams Streams, uint Ssrc) bye));
        Assert.Equal((_streams[1], 20u), bye);
        Assert.False(_group.TryTakeBye(out _));
    }

    private static AudioStreams Create(int seed) => new(
        new SeededRandom((ulong)seed), new AudioStreamOptions("c", DateTimeOffset.UnixEpoch, 4, 1180, TimeSpan.FromMilliseconds(120)), transport: null);

    // Null leaves a section out.
    private void Configure(params AudioStreamConfiguration?[] configurations)
    {
        var used = new List<AudioStreams>();
        for (int i = 0; i < configurations.Length; i++)
        {
            if (configurations[i] is not { } configuration)
                continue;
            _streams[i].Configure(configuration);
            used.Add(_streams[i]);
        }

        _group.Set(used);
    }

    private (int Index, RtpVerdict Verdict) Route(uint ssrc, byte payloadType = 111, string? mid = null, bool receive = false)
    {
        Assert.True(RtpWriter.TryStart(_buffer, payloadType, false, 1, 960, ssrc, out RtpWriter writer));
        if (mid is not null)
            Assert.True(writer.TryAddExtension(4, System.Text.Encoding.ASCII.GetBytes(mid)));
        Assert.True(writer.TryFinish([1]));
        Assert.True(RtpPacket.TryParse(_buffer.AsSpan(0, writer.Length), out RtpPacket rtp));
        int index = _group.Route(rtp, out RtpVerdict verdict);
        if (receive)
            _streams[index].HandleRtp(Instant.Zero, rtp, writer.Length, out _);
        return (index, verdict);
    }
}
