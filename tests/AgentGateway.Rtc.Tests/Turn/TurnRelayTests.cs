using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Turn;
using AgentGateway.Rtc.Wire.Stun;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Turn;

public sealed class TurnRelayTests
{
    private static readonly byte[] Check = [0, 1, 2, 3, 4, 5, 6];
    private static readonly byte[] Media = [0x80, 1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public void The_first_datagram_already_passes_and_far_ends_can_answer()
    {
        TurnLink link = new TurnLink().Allocated();

        Assert.True(link.Send(TurnLink.FarEnd, Check));
        link.FromFarEnd(TurnLink.FarEnd, Media);

        Assert.Equal(link.Client.Relayed, Assert.Single(link.ToFarEnds).From);
        Assert.Equal(TurnLink.FarEnd, link.ToFarEnds[0].To);
        Assert.Equal(Check, link.ToFarEnds[0].Bytes);
        Assert.Equal(TurnLink.FarEnd, Assert.Single(link.Received).Peer);
        Assert.Equal(Media, link.Received[0].Bytes);
        Assert.Equal(0, link.Server.Unpermitted);
    }

    [Fact]
    public void Ipv6_far_ends_of_an_ipv4_relay_are_refused()
    {
        TurnLink link = new TurnLink().Allocated();
        Assert.False(link.Send(TurnLink.Parse("2001:db8::1", 1), Check));
        Assert.Equal(1, link.Client.Statistics.Drops(TurnDropReason.WrongFamily));
    }

    [Fact]
    public void Checks_need_no_channel_but_data_gets_one()
    {
        TurnLink link = new TurnLink().Allocated();
        for (int i = 0; i < 10; i++)
            link.Send(TurnLink.FarEnd, Check);
        Assert.Equal(0, link.Client.Statistics.ChannelsBound);

        link.Send(TurnLink.FarEnd, Media);
        int before = link.Sent.Count;
        link.Send(TurnLink.FarEnd, Media);
        link.FromFarEnd(TurnLink.FarEnd, Media);

        Assert.Equal(1, link.Client.Statistics.ChannelsBound);
        Assert.Equal([Media.Length + 4], link.Sent.Skip(before));
        Assert.Equal(Media, link.ToFarEnds[^1].Bytes);
        Assert.Equal(1, link.Client.Statistics.ChannelDataReceived);
        Assert.Equal(TurnLink.FarEnd, Assert.Single(link.Received).Peer);
        Assert.Equal(Media, link.Received[0].Bytes);
    }

    [Fact]
    public void On_a_stream_channel_data_is_padded()
    {
        TurnLink link = new TurnLink(TurnLink.Options with { IsStream = true }).Allocated();
        link.Send(TurnLink.FarEnd, Media);
        link.Send(TurnLink.FarEnd, Media);
        Assert.Equal(16, link.Sent[^1]);
        Assert.Equal(Media, link.ToFarEnds[^1].Bytes);
    }

    [Fact]
    public void A_far_end_that_the_server_forbids_is_left_alone_for_a_while()
    {
        TurnLink link = new TurnLink().Allocated();
        link.Server.ForbiddenPeers.Add(TurnLink.FarEnd with { Port = 0 });
        link.Send(TurnLink.FarEnd, Check);
        int requests = link.Server.Requests.Count;

        Assert.False(link.Send(TurnLink.FarEnd, Check));
        Assert.Equal(requests, link.Server.Requests.Count);
        Assert.Equal(1, link.Client.Statistics.Drops(TurnDropReason.PeerRefused));

        link.Server.ForbiddenPeers.Clear();
        link.Run(TimeSpan.FromSeconds(30));
        Assert.True(link.Send(TurnLink.FarEnd, Check));
        Assert.Single(link.ToFarEnds);
    }

    [Fact]
    public void What_is_used_keeps_its_permission_and_channel()
    {
        TurnLink link = new TurnLink().Allocated();
        for (int second = 0; second < 3600; second += 5)
        {
            link.Send(TurnLink.FarEnd, Media);
            link.FromFarEnd(TurnLink.FarEnd, Media);
            link.Run(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(720, link.ToFarEnds.Count);
        Assert.Equal(720, link.Received.Count);
        Assert.Equal(0, link.Server.Refused + link.Server.Unpermitted);
        Assert.Equal(1, link.Client.Statistics.IndicationsSent);
        Assert.Equal(720, link.Client.Statistics.ChannelDataReceived);
        Assert.InRange(link.Server.Requests.Count(r => r.Method == StunMethod.CreatePermission), 12, 18);
        Assert.InRange(link.Server.Requests.Count(r => r.Method == StunMethod.ChannelBind), 6, 8);
    }

    [Fact]
    public void Who_mostly_listens_misses_nothing_when_a_permission_would_lapse()
    {
        // A permission asked for again only by the next thing we say would cost what comes until then.
        TurnLink link = new TurnLink().Allocated();
        const int tenths = 12 * 60 * 10;
        for (int i = 0; i < tenths; i++)
        {
            if (i % 70 == 0)
                link.Send(TurnLink.FarEnd, Media);
            link.FromFarEnd(TurnLink.FarEnd, Media);
            link.Run(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(0, link.Server.Refused);
        Assert.Equal(tenths, link.Received.Count);
    }

    [Fact]
    public void What_is_not_used_lapses_and_can_begin_again()
    {
        TurnLink link = new TurnLink().Allocated();
        link.Send(TurnLink.FarEnd, Media);
        int before = link.Server.Requests.Count(r => r.Method != StunMethod.Refresh);
        link.Run(TimeSpan.FromMinutes(20));
        Assert.Equal(before, link.Server.Requests.Count(r => r.Method != StunMethod.Refresh));
        Assert.Equal(0, link.Client.PeerCount);

        link.FromFarEnd(TurnLink.FarEnd, Media);
        Assert.Equal(1, link.Server.Refused);

        link.Send(TurnLink.FarEnd, Media);
        link.Send(TurnLink.FarEnd, Media);
        Assert.Equal(3, link.ToFarEnds.Count);
        Assert.Equal(2, link.Client.Statistics.ChannelsBound);
    }

    [Fact]
    public void A_channel_that_lapsed_is_bound_again_under_its_number()
    {
        TurnLink link = new TurnLink().Allocated();
        link.Send(TurnLink.FarEnd, Media);
        link.Run(TimeSpan.FromMinutes(12));
        link.Send(TurnLink.FarEnd, Media);
        link.Send(TurnLink.FarEnd, Media);

        // The model answers 400 to another number within five minutes of the old binding's end.
        Assert.Equal(2, link.Client.Statistics.ChannelsBound);
        Assert.Equal(1, link.Client.Statistics.ChannelDataSent);
    }

    [Fact]
    public void Hundreds_of_far_ends_keep_their_permissions()
    {
        TurnLink link = new TurnLink().Allocated();
        TransportAddress[] farEnds = [.. Enumerable.Range(1, 300).Select(i => TurnLink.Parse($"203.0.{i >> 8}.{i & 255}", 5000))];
        for (int minute = 0; minute < 12; minute++)
        {
            foreach (TransportAddress farEnd in farEnds)
                link.Send(farEnd, Media);
            link.Run(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(0, link.Server.Unpermitted);
        Assert.Equal(12 * 300, link.ToFarEnds.Count);
    }

    [Fact]
    public void Far_ends_are_bounded_and_idle_ones_make_room()
    {
        TurnLink link = new TurnLink(TurnLink.Options with { MaxPeers = 4 }).Allocated();
        for (ushort port = 1; port <= 4; port++)
            Assert.True(link.Send(TurnLink.FarEnd with { Port = port }, Check));
        Assert.False(link.Send(TurnLink.FarEnd with { Port = 5 }, Check));
        Assert.Equal(1, link.Client.Statistics.Drops(TurnDropReason.TooManyPeers));
        Assert.Equal(1, link.Server.Requests.Count(r => r.Method == StunMethod.CreatePermission));

        link.Run(TimeSpan.FromMinutes(5));
        Assert.True(link.Send(TurnLink.FarEnd with { Port = 5 }, Check));
    }

    [Fact]
    public void Strangers_and_garbage_are_counted()
    {
        TurnLink link = new TurnLink().Allocated();
        link.FromFarEnd(TurnLink.FarEnd, Media);
        Assert.Equal(1, link.Server.Refused);

        link.Take([0x40, 0x00, 0x00, 0x01, 0xAA]);
        link.Take([0x40, 0x00, 0x00, 0x09, 0xAA]);
        link.Take([0x80, 0, 0, 0]);
        link.Take([]);
        byte[] buffer = new byte[256];
        var indication = new StunWriter(buffer, StunClass.Indication, StunMethod.Data, default);
        indication.AddXorAddress(StunAttributeType.XorPeerAddress, TurnLink.FarEnd);
        indication.AddAttribute(StunAttributeType.Data, Media);
        link.Take(buffer[..indication.Length]);
        var answer = new StunWriter(buffer, StunClass.SuccessResponse, StunMethod.Allocate, default);
        link.Take(buffer[..answer.Length]);
        var request = new StunWriter(buffer, StunClass.Request, StunMethod.Allocate, default);
        link.Take(buffer[..request.Length]);

        TurnStatistics drops = link.Client.Statistics;
        Assert.Equal(1, drops.Drops(TurnDropReason.UnknownChannel));
        Assert.Equal(3, drops.Drops(TurnDropReason.Malformed));
        Assert.Equal(1, drops.Drops(TurnDropReason.UnknownPeer));
        Assert.Equal(1, drops.Drops(TurnDropReason.UnknownTransaction));
        Assert.Equal(1, drops.Drops(TurnDropReason.Unexpected));
        Assert.Empty(link.Received);
    }

    [Fact]
    public void Nothing_that_arrives_makes_it_throw()
    {
        var random = new SeededRandom(20261121);
        TurnLink link = new TurnLink().Allocated();
        link.Send(TurnLink.FarEnd, Media);
        byte[] buffer = new byte[256];
        var seed = new StunWriter(buffer, StunClass.Indication, StunMethod.Data, default);
        seed.AddXorAddress(StunAttributeType.XorPeerAddress, TurnLink.FarEnd);
        seed.AddAttribute(StunAttributeType.Data, Media);
        byte[] valid = buffer[..seed.Length];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] packet = (byte[])valid.Clone();
            for (int flips = random.Next(4); flips >= 0; flips--)
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            link.Take(packet[..random.Next(packet.Length + 1)]);
        }

        Assert.Equal(TurnState.Allocated, link.Client.State);
        Assert.True(link.Client.Statistics.Drops(TurnDropReason.Malformed) > 1000, random.ToString());
    }

    [Fact]
    public void A_relayed_packet_allocates_nothing()
    {
        TurnLink link = new TurnLink().Allocated();
        link.Send(TurnLink.FarEnd, Media);
        link.Send(TurnLink.FarEnd, Media);
        byte[] buffer = new byte[1500];
        byte[] channelData = new byte[4 + Media.Length];
        Media.CopyTo(channelData, 4);
        ChannelData.Write(channelData, ChannelData.MinChannel, Media.Length, pad: false);
        byte[] indication = new byte[256];
        var writer = new StunWriter(indication, StunClass.Indication, StunMethod.Data, default);
        writer.AddXorAddress(StunAttributeType.XorPeerAddress, TurnLink.FarEnd);
        writer.AddAttribute(StunAttributeType.Data, Media);
        indication = indication[..writer.Length];
        TransportAddress other = TurnLink.FarEnd with { Port = 9 };
        link.Send(other, Check);

        Run();
        Assert.Equal(0, Allocations.Least(Run));

        void Run()
        {
            for (int i = 0; i < 1000; i++)
            {
                bool ok = link.Client.TryWrap(link.Clock.Now, buffer, 1000, TurnLink.FarEnd, out int _)
                    && link.Client.TryWrap(link.Clock.Now, Zero(buffer), 100, other, out int _)
                    && link.Client.Handle(link.Clock.Now, channelData, out TurnData _) == TurnInput.Data
                    && link.Client.Handle(link.Clock.Now, indication, out TurnData _) == TurnInput.Data;
                if (!ok)
                    Assert.Fail("dropped");
            }
        }

        static byte[] Zero(byte[] buffer)
        {
            buffer[0] = 0;
            return buffer;
        }
    }
}
