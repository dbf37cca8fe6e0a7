using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Streams;
using AgentGateway.Rtc.Wire.Rtp;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Rtc.Tests.Streams;

public sealed class TelephoneEventTests
{
    [Fact]
    public void A_tone_begins_with_the_marker_and_ends_three_times()
    {
        var sender = new TelephoneEventSender();
        Assert.True(sender.TryQueue(Instant.Zero, 5, TimeSpan.FromMilliseconds(100)));
        List<(double At, TelephoneEventPayload Payload, long Timestamp, bool Marker)> packets = Run(sender, 48000, 7000);
        Assert.Equal([0, 20, 40, 60, 80, 100, 120], packets.Select(p => p.At));
        Assert.All(packets, p => Assert.Equal(((byte)5, 7000L), (p.Payload.Event, p.Timestamp)));
        Assert.Equal([true, false, false, false, false, false, false], packets.Select(p => p.Marker));
        Assert.Equal([false, false, false, false, true, true, true], packets.Select(p => p.Payload.IsEnd));
        Assert.Equal([960, 1920, 2880, 3840, 4800, 4800, 4800], packets.Select(p => (int)p.Payload.Duration));
        Assert.False(sender.IsActive);
    }

    [Fact]
    public void A_long_tone_goes_on_in_segments()
    {
        var sender = new TelephoneEventSender();
        Assert.True(sender.TryQueue(Instant.Zero, 1, TimeSpan.FromMilliseconds(3000)));
        List<(double At, TelephoneEventPayload Payload, long Timestamp, bool Marker)> packets = Run(sender, 48000, 0);
        long[] starts = [.. packets.Select(p => p.Timestamp).Distinct()];
        Assert.Equal([0, 65535, 131070], starts);
        Assert.Equal(1, packets.Count(p => p.Marker));
        Assert.Equal(3, packets.Count(p => p.Payload.IsEnd));
        Assert.Equal(144_000, packets[^1].Timestamp + packets[^1].Payload.Duration, 30.0);
    }

    [Fact]
    public void Keys_wait_for_each_other_and_only_so_many()
    {
        var sender = new TelephoneEventSender();
        for (int i = 0; i < TelephoneEventSender.MaxWaiting; i++)
            Assert.True(sender.TryQueue(Instant.Zero, (byte)(i % 10), TimeSpan.FromMilliseconds(60)));
        Assert.False(sender.TryQueue(Instant.Zero, 1, TimeSpan.FromMilliseconds(60)));
        List<(double At, TelephoneEventPayload Payload, long Timestamp, bool Marker)> packets = Run(sender, 8000, 0);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (byte)(i % 10)), packets.Where(p => p.Marker).Select(p => p.Payload.Event));
        Assert.Null(sender.NextTimeout);
    }

    [Fact]
    public void Keys_arrive_once_each_whatever_the_network_does()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { Seed = 4, Network = NetemOptions.Lossy5 });
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(1));
        foreach (char key in "0123456789*#ABCD")
            Assert.True(pair.Caller.Peer.SendDigit(pair.Now, key, TimeSpan.FromMilliseconds(100)));
        long before = pair.Answerer.AudioReceived;
        pair.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal("0123456789*#ABCD", string.Concat(pair.Answerer.Log.Where(l => l.Event.Kind == RtcPeerEventKind.DigitReceived).Select(l => l.Event.Digit)));

        // Tones take the place of audio, and audio goes on after them.
        Assert.InRange(pair.Answerer.AudioReceived - before, 100, 185);
        Assert.Equal(0, pair.Answerer.AudioCorrupt);
        Assert.Throws<ArgumentException>(() => pair.Caller.Peer.SendDigit(pair.Now, 'x', TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData("0582012C", '5', true, 2, 300)]
    [InlineData("0B0A00A0", '#', false, 10, 160)]
    [InlineData("100A00A0", null, false, 10, 160)]
    public void Payloads_are_read_and_written(string hex, char? digit, bool end, int volume, int duration)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.True(TelephoneEventPayload.TryRead(bytes, out TelephoneEventPayload payload));
        Assert.Equal((digit, end, (byte)volume, (ushort)duration), (payload.Digit, payload.IsEnd, payload.Volume, payload.Duration));
        byte[] written = new byte[4];
        payload.Write(written);
        Assert.Equal(bytes, written);
        Assert.False(TelephoneEventPayload.TryRead(bytes.AsSpan(0, 3), out _));
    }

    private static List<(double At, TelephoneEventPayload Payload, long Timestamp, bool Marker)> Run(TelephoneEventSender sender, int clockRate, long start)
    {
        var packets = new List<(double, TelephoneEventPayload, long, bool)>();
        while (sender.NextTimeout is { } at)
        {
            long media = start + (long)(at.TotalMilliseconds * clockRate / 1000);
            if (sender.TryNext(at, media, clockRate, out TelephoneEventPayload payload, out long timestamp, out bool marker))
                packets.Add((at.TotalMilliseconds, payload, timestamp, marker));
        }

        return packets;
    }
}
