using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Tests.Peer;

public sealed class AnswerTests
{
    private static string Offer => PeerFactory.ChromiumOffer;

    [Fact]
    public void Chromium_is_answered_with_opus_and_data_channels_on_one_transport()
    {
        using RtcPeer peer = PeerFactory.Create();
        SdpSession answer = peer.Answer(Offer);
        Assert.Equal(["0", "1"], answer.Media.Select(m => m.Mid));
        Assert.Equal(["0", "1"], answer.Bundle!.Mids);
        SdpMedia audio = answer.Media[0];
        Assert.Equal("UDP/TLS/RTP/SAVPF", audio.Protocol);
        Assert.Equal(["111", "63", "110"], audio.Formats);
        Assert.Equal(["111 opus/48000/2", "63 red/48000/2", "110 telephone-event/48000"], audio.RtpMaps.Select(m => m.ToString()));
        Assert.Equal(["111 minptime=10;useinbandfec=1;usedtx=1", "63 111/111", "110 0-15"], audio.FormatParameters.Select(p => p.ToString()));
        Assert.Equal(
            [
                "1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
                "2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
                "3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
                "4 urn:ietf:params:rtp-hdrext:sdes:mid",
            ],
            audio.ExtMaps.Select(e => e.ToString()));
        Assert.Equal(["111 transport-cc"], audio.RtcpFeedback.Select(f => f.ToString()));
        Assert.True(answer.Attributes.Has("extmap-allow-mixed"));
        Assert.True(audio.RtcpMux && audio.RtcpReducedSize);
        Assert.Equal(SdpDirection.SendReceive, answer.GetDirection(audio));
        Assert.Equal("agent agent-audio", Assert.Single(audio.Msids).ToString());
        Assert.Equal(
            [(peer.LocalSsrc, "cname"), (peer.LocalSsrc, "msid")], audio.Ssrcs.Select(s => (s.Ssrc, s.Attribute)));
        SdpMedia data = answer.Media[1];
        Assert.Equal("UDP/DTLS/SCTP", data.Protocol);
        Assert.Equal((5000, 262_144L), (data.SctpPort!.Value, data.MaxMessageSize));
        foreach (SdpMedia media in answer.Media)
        {
            Assert.False(media.IsRejected);
            Assert.Equal(peer.IceUfrag, media.IceUfrag);
            Assert.Equal(audio.IcePassword, media.IcePassword);
            Assert.Equal("sha-256", Assert.Single(media.Fingerprints).Algorithm);
            Assert.Equal(SdpSetup.Passive, answer.GetSetup(media));
            Assert.Equal(2, media.Candidates.Count);
            Assert.Contains(" 192.0.2.1 8081 typ host", media.Candidates[0], StringComparison.Ordinal);
            Assert.True(media.EndOfCandidates);
        }

        NegotiatedAudio negotiated = peer.Audio!;
        Assert.Equal(("opus", 111, 48000, SdpDirection.SendReceive), (negotiated.Codec, negotiated.PayloadType, negotiated.ClockRate, negotiated.Direction));
        Assert.True(negotiated.Fec);
        Assert.False(negotiated.Dtx);
        Assert.Equal((1, 4, (byte?)110), (negotiated.AudioLevelExtension, negotiated.MidExtension, negotiated.TelephoneEventPayloadType));
        Assert.Equal((2, 3, (byte?)63), (negotiated.AbsoluteSendTimeExtension, negotiated.TransportSequenceExtension, negotiated.RedPayloadType));
        Assert.True(negotiated.TransportFeedback);
        Assert.Equal("rcvr-rtt=all", audio.Attributes.First("rtcp-xr"));
        Assert.True(negotiated.ReferenceTime);
        Assert.False(negotiated.Nack);
        Assert.True(peer.HasDataChannels);
        Assert.Equal(RtcPeerState.Connecting, peer.State);
    }

    [Fact]
    public void Encrypted_extensions_are_left_out_and_the_plain_ones_kept()
    {
        using RtcPeer peer = PeerFactory.Create();
        SdpSession answer = peer.Answer(Offer.MapLines(l => l.StartsWith("a=extmap:", StringComparison.Ordinal) && !l.Contains("mid", StringComparison.Ordinal)
            ? l.Replace(" ", " urn:ietf:params:rtp-hdrext:encrypt ", StringComparison.Ordinal)
            : l));
        Assert.Equal(["4 urn:ietf:params:rtp-hdrext:sdes:mid"], answer.Media[0].ExtMaps.Select(e => e.ToString()));
        Assert.False(answer.Media[0].IsRejected);
        Assert.Null(peer.Audio!.AudioLevelExtension);
        Assert.False(peer.Audio.TransportFeedback);
    }

    [Theory]
    [InlineData("a=extmap:1 urn", "a=extmap:15 urn", null)]
    [InlineData("a=extmap:1 urn", "a=extmap:1/sendonly urn", null)]
    [InlineData("a=extmap:1 urn", "a=extmap:1/sendrecv urn", 1)]
    [InlineData("a=extmap:1 urn", "a=extmap:77 urn", 77)]
    public void Extension_ids_are_agreed_to_when_they_can_be_written(string old, string replacement, int? id)
    {
        using RtcPeer peer = PeerFactory.Create();
        SdpSession answer = peer.Answer(Offer.Replace(old, replacement, StringComparison.Ordinal));
        Assert.Equal(id, peer.Audio!.AudioLevelExtension);
        Assert.Equal(id is not null, answer.Media[0].ExtMaps.Any(e => e.Uri.EndsWith("audio-level", StringComparison.Ordinal)));
    }

    [Fact]
    public void Feedback_is_agreed_to_as_offered_and_wished()
    {
        string offer = Offer.With("a=rtcp-fb:111 transport-cc", "a=rtcp-fb:* nack\r\na=rtcp-fb:111 rrtr\r\na=rtcp-fb:111 transport-cc");
        using RtcPeer willing = PeerFactory.Create();
        Assert.Equal(["111 transport-cc", "111 nack", "111 rrtr"], willing.Answer(offer).Media[0].RtcpFeedback.Select(f => f.ToString()));
        Assert.True(willing.Audio!.Nack && willing.Audio.ReferenceTime && willing.Audio.TransportFeedback);
        using RtcPeer unwilling = PeerFactory.Create(o => o with { PreferNack = false, PreferTransportFeedback = false, PreferRed = false });
        SdpMedia audio = unwilling.Answer(offer).Media[0];
        Assert.Equal(["111 rrtr"], audio.RtcpFeedback.Select(f => f.ToString()));
        Assert.Equal(["111", "110"], audio.Formats);
        Assert.DoesNotContain(audio.ExtMaps, e => e.Uri.Contains("transport-wide", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("9 0 8 13 110 126", "G722", 9)]
    [InlineData("0 8 13 110 126", "PCMU", 0)]
    [InlineData("8 13 110 126", "PCMA", 8)]
    [InlineData("8 0 111 13 110 126", "opus", 111)]
    public void The_best_codec_offered_is_taken(string formats, string codec, int payloadType)
    {
        using RtcPeer peer = PeerFactory.Create();
        SdpMedia audio = peer.Answer(Offer.Replace("111 63 9 0 8 13 110 126", formats, StringComparison.Ordinal)).Media[0];
        NegotiatedAudio negotiated = peer.Audio!;
        Assert.Equal((codec, payloadType), (negotiated.Codec, negotiated.PayloadType));
        bool opus = codec == "opus";
        Assert.Equal(opus ? 48000 : 8000, negotiated.ClockRate);
        Assert.Equal(opus ? ["111", "110"] : [$"{payloadType}", "13", "126"], audio.Formats);
        Assert.Equal(opus ? 48000 : 8000, negotiated.TelephoneEventClockRate);
        Assert.Equal(opus ? null : (byte?)13, negotiated.ComfortNoisePayloadType);
        Assert.Null(negotiated.RedPayloadType);
    }

    [Fact]
    public void Static_payload_types_need_no_map()
    {
        using RtcPeer peer = PeerFactory.Create();
        string offer = Offer.Replace("111 63 9 0 8 13 110 126", "0", StringComparison.Ordinal).Without("a=rtpmap").Without("a=fmtp").Without("a=rtcp-fb");
        Assert.Equal(["0 PCMU/8000"], peer.Answer(offer).Media[0].RtpMaps.Select(m => m.ToString()));
        Assert.Null(peer.Audio!.TelephoneEventPayloadType);
    }

    [Theory]
    [InlineData("a=fmtp:63 111/111", true)]
    [InlineData("a=fmtp:63 111/111/111", true)]
    [InlineData("a=fmtp:63 0/8", false)]
    [InlineData("a=x:y", false)]
    public void Redundancy_is_agreed_to_when_its_blocks_are_the_codec(string line, bool agreed)
    {
        using RtcPeer peer = PeerFactory.Create();
        Assert.Equal(agreed, peer.Answer(Offer.With("a=fmtp:63 111/111", line)).Media[0].Formats.Contains("63"));
        Assert.Equal(agreed, peer.Audio!.RedPayloadType == 63);
    }

    [Fact]
    public void Options_show_in_the_answer()
    {
        using RtcPeer peer = PeerFactory.Create(o => o with
        {
            IceLite = true,
            PreferDtx = false,
            PreferFec = false,
            PreferActive = true,
            StreamId = "s",
            TrackId = "t",
            Cname = "c",
            AcceptDataChannels = false,
        });
        SdpSession answer = peer.Answer(Offer);
        Assert.True(answer.IceLite);
        Assert.Equal("111 minptime=10", answer.Media[0].FormatParameters[0].ToString());
        Assert.Equal(SdpSetup.Active, answer.GetSetup(answer.Media[0]));
        Assert.Equal("s t", answer.Media[0].Msids[0].ToString());
        Assert.Equal("c", answer.Media[0].Ssrcs[0].Value);
        Assert.True(answer.Media[1].IsRejected);
        Assert.Equal(["0"], answer.Bundle!.Mids);
        Assert.False(peer.HasDataChannels);
        Assert.Throws<InvalidOperationException>(() => peer.OpenChannel(Instant.Zero, new()));
    }

    [Fact]
    public void Video_is_rejected_in_its_place()
    {
        using RtcPeer peer = PeerFactory.Create();
        SdpSession answer = peer.Answer(PeerFactory.Vector("chromium156-smallwebrtc-offer.sdp"));
        SdpSession offer = PeerFactory.Parse(PeerFactory.Vector("chromium156-smallwebrtc-offer.sdp"));
        Assert.Equal(offer.Media.Select(m => (m.Kind, m.Mid)), answer.Media.Select(m => (m.Kind, m.Mid)));
        Assert.Contains(answer.Media, m => m.Kind == "video");
        foreach (SdpMedia media in answer.Media)
        {
            Assert.Equal(media.Kind == "video", media.IsRejected);
            Assert.Equal(media.Kind != "video", answer.Bundle!.Mids.Contains(media.Mid!));
        }
    }

    [Fact]
    public void Aiortc_is_answered_in_its_notation_with_the_credentials_of_the_first_section()
    {
        using RtcPeer peer = PeerFactory.Create();
        string text = PeerFactory.Vector("aiortc1.4-offer.sdp");
        SdpSession offer = PeerFactory.Parse(text);
        Assert.NotEqual(offer.Media[0].IceUfrag, offer.Media[1].IceUfrag);
        SdpSession answer = peer.Answer(text);
        SdpMedia data = answer.Media[1];
        Assert.Equal("DTLS/SCTP", data.Protocol);
        Assert.Equal(["5000"], data.Formats);
        Assert.Equal("5000 webrtc-datachannel 65535", data.Attributes.First("sctpmap"));
        Assert.Equal(96, peer.Audio!.PayloadType);
        Assert.False(peer.Audio.Fec);

        // A check that our own agent sends carries the first section's name.
        Assert.NotNull(peer.NextTimeout);
        byte[] buffer = new byte[RtcPeer.TransmitBufferSize];
        peer.HandleTimeout(peer.NextTimeout!.Value);
        Assert.True(peer.TryPollTransmit(buffer, out int length, out _));
        string packet = System.Text.Encoding.ASCII.GetString(buffer, 0, length);
        Assert.Contains($"{offer.Media[0].IceUfrag}:{peer.IceUfrag}", packet, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sendrecv", SdpDirection.SendReceive)]
    [InlineData("recvonly", SdpDirection.SendOnly)]
    [InlineData("sendonly", SdpDirection.ReceiveOnly)]
    [InlineData("inactive", SdpDirection.Inactive)]
    public void Direction_is_mirrored(string offered, SdpDirection expected)
    {
        using RtcPeer peer = PeerFactory.Create();
        SdpSession answer = peer.Answer(Offer.With("a=sendrecv", "a=" + offered));
        Assert.Equal(expected, answer.GetDirection(answer.Media[0]));
        Assert.Equal(expected, peer.Audio!.Direction);
        Assert.Equal(expected.HasFlag(SdpDirection.SendOnly), answer.Media[0].Msids.Count == 1);
    }

    [Theory]
    [InlineData("actpass", false, SdpSetup.Passive)]
    [InlineData("actpass", true, SdpSetup.Active)]
    [InlineData("active", true, SdpSetup.Passive)]
    [InlineData("passive", false, SdpSetup.Active)]
    public void Setup_is_answered(string offered, bool preferActive, SdpSetup expected)
    {
        using RtcPeer peer = PeerFactory.Create(o => o with { PreferActive = preferActive });
        SdpSession answer = peer.Answer(Offer.With("a=setup:actpass", "a=setup:" + offered));
        Assert.Equal(expected, answer.GetSetup(answer.Media[0]));
    }

    [Fact]
    public void Offer_without_candidates_or_data_is_fine()
    {
        using RtcPeer peer = PeerFactory.Create();
        string audioOnly = Offer[..Offer.IndexOf("m=application", StringComparison.Ordinal)].With("a=group:BUNDLE 0 1", "a=group:BUNDLE 0");
        SdpSession answer = peer.Answer(audioOnly.Without("a=candidate"));
        Assert.Single(answer.Media);
        Assert.False(peer.HasDataChannels);
        using RtcPeer bare = PeerFactory.Create();
        answer = bare.Answer(audioOnly.Without("a=group").Without("a=mid"));
        Assert.Null(answer.Media[0].Mid);
        Assert.Null(answer.Bundle);
    }

    [Fact]
    public void Session_level_transport_attributes_count()
    {
        using RtcPeer peer = PeerFactory.Create();
        string[] names = ["a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup"];
        var moved = names.Select(n => Offer.Split("\r\n").First(l => l.StartsWith(n, StringComparison.Ordinal))).ToList();
        string offer = Offer;
        foreach (string name in names)
            offer = offer.Without(name);
        offer = offer.With("a=msid-semantic: WMS", string.Join("\r\n", moved));
        Assert.Equal(2, peer.Answer(offer).Media.Count);
    }

    [Fact]
    public void Preferences_of_the_far_end_are_read()
    {
        using RtcPeer peer = PeerFactory.Create();
        peer.Answer(Offer.With("a=fmtp:111 minptime=10;useinbandfec=1", "a=fmtp:111 usedtx=1; stereo=1;maxaveragebitrate=9999999\r\na=ptime:60"));
        NegotiatedAudio audio = peer.Audio!;
        Assert.Equal((false, true, true, 510_000, 60.0), (audio.Fec, audio.Dtx, audio.Stereo, audio.MaxAverageBitrate, audio.PacketTime.TotalMilliseconds));
    }

    [Theory]
    [InlineData("OPUS/48000")]
    [InlineData("OPUS/48000/2")]
    public void Opus_in_the_notations_of_GStreamer_is_taken_and_answered_as_it_should_be(string notation)
    {
        using RtcPeer peer = PeerFactory.Create();

        SdpResult result = peer.AcceptOffer(Instant.Zero, Offer.Replace("opus/48000/2", notation, StringComparison.Ordinal));

        Assert.True(result.IsSuccess, result.Message);
        Assert.Contains("a=rtpmap:111 opus/48000/2\r\n", result.Answer, StringComparison.Ordinal);
    }

    public static TheoryData<string, SdpResultError> Refused()
    {
        string audioOnly = Offer[..Offer.IndexOf("m=application", StringComparison.Ordinal)];
        return new TheoryData<string, SdpResultError>
        {
            { "", SdpResultError.Empty },
            { " \r\n ", SdpResultError.Empty },
            { "hello", SdpResultError.NotSdp },
            { "{\"type\":\"offer\"}", SdpResultError.NotSdp },
            { new string('x', 1_000_000), SdpResultError.TooLarge },
            { Offer + string.Concat(Enumerable.Repeat("a=x\r\n", 20_000)), SdpResultError.TooLarge },
            { Offer[..Offer.IndexOf("m=audio", StringComparison.Ordinal)], SdpResultError.NoAudio },
            { Offer.Replace("m=audio 9", "m=audio 0", StringComparison.Ordinal), SdpResultError.NoAudio },
            { Offer.Replace("m=audio", "m=video", StringComparison.Ordinal), SdpResultError.NoAudio },
            { Offer.Without("a=rtpmap:111").With("m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126", "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 18 110"), SdpResultError.NoCommonCodec },
            { Offer.Replace("UDP/TLS/RTP/SAVPF", "RTP/AVP", StringComparison.Ordinal), SdpResultError.UnsupportedProfile },
            { Offer.Without("a=ice-ufrag"), SdpResultError.NoIceCredentials },
            { Offer.Without("a=ice-pwd"), SdpResultError.NoIceCredentials },
            { Offer.MapLines(l => l.StartsWith("a=ice-pwd", StringComparison.Ordinal) ? "a=ice-pwd:short" : l), SdpResultError.Malformed },
            { Offer.Without("a=fingerprint"), SdpResultError.NoFingerprint },
            { Offer.Replace("sha-256", "md5", StringComparison.Ordinal), SdpResultError.NoFingerprint },
            { Offer.Without("a=rtcp-mux"), SdpResultError.NoRtcpMux },
            { Offer.Without("a=group"), SdpResultError.NoBundle },
            { Offer.With("a=group:BUNDLE 0 1", "a=group:BUNDLE 0"), SdpResultError.NoBundle },
            { Offer.With("a=mid:1", "a=mid:0"), SdpResultError.Malformed },
            { audioOnly.With("a=setup:actpass", "a=setup:holdconn"), SdpResultError.BadSetup },
            { audioOnly.With("a=setup:actpass", "a=setup:nonsense"), SdpResultError.Malformed },
            { audioOnly.With("a=mid:0", "a=mid:0 1"), SdpResultError.Malformed },
        };
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Bad_offers_are_refused_and_change_nothing(string offer, SdpResultError error)
    {
        using RtcPeer peer = PeerFactory.Create();
        SdpResult result = peer.AcceptOffer(Instant.Zero, offer);
        Assert.Equal(error, result.Error);
        Assert.False(result.IsSuccess);
        Assert.Null(result.Answer);
        Assert.NotEmpty(result.Message);
        Assert.Equal(RtcPeerState.New, peer.State);
        Assert.Null(peer.Audio);
        Assert.Null(peer.NextTimeout);
        Assert.Equal(2, peer.Answer(Offer).Media.Count);
    }

    [Fact]
    public void Random_damage_to_an_offer_never_throws()
    {
        var random = new Testing.SeededRandom(31);
        string offer = Offer;
        int accepted = 0;
        for (int i = 0; i < 3000; i++)
        {
            char[] text = offer.ToCharArray();
            for (int n = random.Next(6); n >= 0; n--)
                text[random.Next(text.Length)] = (char)random.Next(random.Next(4) == 0 ? 0x2000 : 0x80);
            using RtcPeer peer = PeerFactory.Create();
            SdpResult result = peer.AcceptOffer(Instant.Zero, new string(text));
            if (!result.IsSuccess)
                continue;
            accepted++;
            PeerFactory.Parse(result.Answer!);
        }

        Assert.True(accepted > 300, $"{accepted} {random}");
    }
}
