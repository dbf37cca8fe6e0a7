using AgentGateway.Rtc.Wire.Sdp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Wire.Sdp;

public sealed class SdpSessionTests
{
    private const string Head = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

    [Theory]
    [InlineData("chromium156-agents-realtime-offer.sdp", 2)]
    [InlineData("chromium156-answer.sdp", 2)]
    [InlineData("chromium156-smallwebrtc-offer.sdp", 4)]
    public void Chromiums_descriptions_survive_the_round_trip_unchanged(string file, int sections)
    {
        string text = SdpVectors.File(file);
        SdpSession session = Parse(text);
        Assert.Equal(sections, session.Media.Count);
        Assert.Equal(text, session.ToString());
    }

    [Fact]
    public void Chromiums_offer_is_read_completely()
    {
        SdpSession session = Parse(SdpVectors.File("chromium156-agents-realtime-offer.sdp"));
        Assert.Equal(new SdpOrigin(4338783347506141355, 2), session.Origin);
        Assert.Equal(["0", "1"], session.Bundle!.Mids);
        Assert.True(session.ExtMapAllowMixed);
        Assert.False(session.IceLite);
        SdpMedia audio = session.Media[0];
        Assert.Equal(("audio", 9, "UDP/TLS/RTP/SAVPF", "0", 8), (audio.Kind, audio.Port, audio.Protocol, audio.Mid, audio.Line));
        Assert.Equal([111, 63, 9, 0, 8, 13, 110, 126], audio.PayloadTypes);
        Assert.Equal("BjH1", session.GetIceUfrag(audio));
        Assert.Equal("o8DXu+Olfqlq8S0CCLmSNgd4", session.GetIcePassword(audio));
        Assert.True(session.HasIceOption(audio, "trickle"));
        Assert.False(session.HasIceOption(audio, "renomination"));
        Assert.Equal("sha-256", Assert.Single(session.GetFingerprints(audio)).Algorithm);
        Assert.Equal(SdpSetup.ActPass, session.GetSetup(audio));
        Assert.Equal(SdpDirection.SendReceive, session.GetDirection(audio));
        Assert.True(audio.RtcpMux && audio.RtcpReducedSize);
        Assert.True(audio.FindRtpMap(111)!.Is("OPUS", 48000, 2));
        Assert.Equal(10, audio.FindFormatParameters(111)!.GetInt("minptime"));
        Assert.Equal("1", audio.FindFormatParameters(111)!.Get("UseInbandFec"));
        Assert.Null(audio.FindFormatParameters(0));
        Assert.True(audio.HasFeedback(111, "transport-cc"));
        Assert.False(audio.HasFeedback(63, "transport-cc"));
        Assert.Equal(new SdpExtMap(4, "urn:ietf:params:rtp-hdrext:sdes:mid"), audio.ExtMaps[3]);
        Assert.Equal(new SdpMsid("-", "80258050-dbc6-4c00-b892-afae69a324e0"), Assert.Single(audio.Msids));
        Assert.Equal(new SdpSsrc(1182546052, "cname", "rEw3il0ckNRQKsDX"), audio.Ssrcs[0]);
        Assert.Empty(audio.Candidates);
        Assert.False(audio.IsDataChannel);
        SdpMedia data = session.FindMedia("1")!;
        Assert.True(data.IsDataChannel);
        Assert.Equal((5000, 262144L), (data.SctpPort!.Value, data.MaxMessageSize));
    }

    [Fact]
    public void Aiortc_has_credentials_of_its_own_in_each_section()
    {
        SdpSession session = Parse(SdpVectors.Aiortc);
        Assert.Equal(["Ab1c", "Zz9y"], session.Media.Select(m => session.GetIceUfrag(m)));
        Assert.Equal(["6815297761 1 udp 2130706431 192.0.2.44 45678 typ host"], session.Media[0].Candidates);
        Assert.True(session.Media[0].EndOfCandidates);
        Assert.Equal(["sha-256", "sha-512"], session.GetFingerprints(session.Media[0]).Select(f => f.Algorithm));
        Assert.Equal(new SdpConnection("IP4", "192.0.2.44"), session.Media[0].Connection);
        Assert.Equal(65536, session.Media[1].MaxMessageSize);
    }

    [Fact]
    public void Firefox_says_common_things_once_at_session_level()
    {
        SdpSession session = Parse(SdpVectors.Firefox);
        SdpMedia audio = session.Media[0];
        SdpFingerprint fingerprint = Assert.Single(session.GetFingerprints(audio));
        Assert.StartsWith("6C:D8:9E", fingerprint.Value, StringComparison.Ordinal);
        Assert.True(session.HasIceOption(audio, "trickle"));
        Assert.Equal(SdpDirection.SendOnly, session.GetDirection(audio));
        Assert.Equal(SdpDirection.ReceiveOnly, audio.ExtMaps[1].Direction);
        Assert.Equal(1, audio.FindRtpMap(9)!.Channels);
        Assert.Null(audio.FindFormatParameters(101)!.Get("events"));
        Assert.Equal(1073741823, session.Media[1].MaxMessageSize);
    }

    [Fact]
    public void Pion_is_lite_and_spaces_its_parameters()
    {
        SdpSession session = Parse(SdpVectors.Pion);
        SdpMedia audio = session.Media[0];
        Assert.True(session.IceLite);
        Assert.Equal(SdpSetup.Active, session.GetSetup(audio));
        Assert.Equal(SdpDirection.Inactive, session.GetDirection(audio));
        Assert.Equal(1, audio.FindFormatParameters(111)!.GetInt("useinbandfec"));
        Assert.True(audio.HasFeedback(111, "nack"));
        Assert.Equal((20, 60), (audio.PTime!.Value, audio.MaxPTime!.Value));
        Assert.Equal(2, audio.Candidates.Count);
    }

    [Fact]
    public void Old_data_channels_and_plain_phones_are_understood()
    {
        SdpMedia data = Assert.Single(Parse(SdpVectors.OldDataChannel).Media);
        Assert.True(data.IsDataChannel);
        Assert.Equal(5000, data.SctpPort);
        Assert.Equal(65536, data.MaxMessageSize);
        SdpSession phone = Parse(SdpVectors.SipPhone);
        Assert.Equal(SdpDirection.ReceiveOnly, phone.GetDirection(phone.Media[0]));
        Assert.True(phone.Media[0].FindRtpMap(8)!.Is("pcma", 8000));
        Assert.Equal("host.example.com", phone.Origin.Address);
        Assert.Equal(new SdpLine('b', "AS:64"), phone.OtherLines[1]);
        Assert.Contains("b=AS:64\r\nt=0 0\r\n", phone.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", SdpErrorCode.Empty, 0)]
    [InlineData(" \r\n ", SdpErrorCode.Empty, 0)]
    [InlineData("hello", SdpErrorCode.BadStructure, 1)]
    [InlineData("{\"sdp\":\"v=0\"}", SdpErrorCode.BadStructure, 1)]
    [InlineData("v=1", SdpErrorCode.BadField, 1)]
    [InlineData("v=0", SdpErrorCode.BadStructure, 1)]
    [InlineData("v=0\ns=-\no=- 1 2 IN IP4 x", SdpErrorCode.BadStructure, 2)]
    [InlineData("v=0\no=- 1 IN IP4 x\ns=-", SdpErrorCode.BadField, 2)]
    [InlineData("v=0\no=- 1 99999999999999999999999 IN IP4 x\ns=-", SdpErrorCode.BadField, 2)]
    [InlineData(Head + "\r\na=x", SdpErrorCode.BadStructure, 5)]
    [InlineData(Head + "x=1", SdpErrorCode.BadStructure, 5)]
    [InlineData(Head + "c=IN IP4", SdpErrorCode.BadField, 5)]
    [InlineData(Head + "a=", SdpErrorCode.BadStructure, 5)]
    [InlineData(Head + "a=:x", SdpErrorCode.BadStructure, 5)]
    [InlineData(Head + "a=x\0y", SdpErrorCode.BadStructure, 5)]
    [InlineData(Head + "m=audio 9 RTP/AVP", SdpErrorCode.BadField, 5)]
    [InlineData(Head + "m=audio 65536 RTP/AVP 0", SdpErrorCode.BadField, 5)]
    [InlineData(Head + "m=audio 9/0 RTP/AVP 0", SdpErrorCode.BadField, 5)]
    [InlineData(Head + "m=audio 9 RTP/AVP 0\r\nt=0 0", SdpErrorCode.BadStructure, 6)]
    [InlineData(Head + "a=ice-ufrag:abc", SdpErrorCode.BadAttribute, 5)]
    [InlineData(Head + "a=ice-ufrag:ab:cd", SdpErrorCode.BadAttribute, 5)]
    [InlineData(Head + "a=ice-pwd:short", SdpErrorCode.BadAttribute, 5)]
    [InlineData(Head + "a=ice-pwd", SdpErrorCode.BadAttribute, 5)]
    [InlineData(Head + "a=fingerprint:sha-256 AA:B", SdpErrorCode.BadAttribute, 5)]
    [InlineData(Head + "a=fingerprint:sha-256", SdpErrorCode.BadAttribute, 5)]
    [InlineData(Head + "a=setup:both", SdpErrorCode.BadAttribute, 5)]
    [InlineData(Head + "a=group:", SdpErrorCode.BadAttribute, 5)]
    [InlineData(Head + "m=audio 9 RTP/AVP 0\r\na=mid:0\r\nm=audio 9 RTP/AVP 0\r\na=mid:0", SdpErrorCode.BadAttribute, 8)]
    [InlineData(Head + "m=audio 9 RTP/AVP 0\r\na=rtpmap:128 opus/48000", SdpErrorCode.BadAttribute, 6)]
    [InlineData(Head + "m=audio 9 RTP/AVP 0\r\na=rtpmap:96 opus", SdpErrorCode.BadAttribute, 6)]
    [InlineData(Head + "m=audio 9 RTP/AVP 0\r\na=extmap:0 urn:x", SdpErrorCode.BadAttribute, 6)]
    [InlineData(Head + "m=audio 9 RTP/AVP 0\r\na=extmap:300 urn:x", SdpErrorCode.BadAttribute, 6)]
    [InlineData(Head + "m=audio 9 RTP/AVP 0\r\na=extmap:1/both urn:x", SdpErrorCode.BadAttribute, 6)]
    [InlineData(Head + "m=audio 9 RTP/AVP 0\r\na=ssrc:-1 cname:x", SdpErrorCode.BadAttribute, 6)]
    [InlineData(Head + "m=x 9 y z\r\na=sctp-port:70000", SdpErrorCode.BadAttribute, 6)]
    [InlineData(Head + "m=x 9 y z\r\na=max-message-size:-1", SdpErrorCode.BadAttribute, 6)]
    public void Errors_name_the_line(string text, SdpErrorCode code, int line)
    {
        Assert.False(SdpSession.TryParse(text, out SdpSession? session, out SdpError error));
        Assert.Null(session);
        Assert.Equal((code, line), (error.Code, error.Line));
        Assert.NotEmpty(error.Reason);
    }

    [Fact]
    public void Oversized_descriptions_are_refused()
    {
        Assert.Equal(SdpErrorCode.TooLarge, Error(Head + new string('a', 1 << 20)).Code);
        Assert.Equal(SdpErrorCode.TooLarge, Error(Head + Repeat("m=a 9 b 0\n", 65)).Code);
        Assert.Equal(SdpErrorCode.TooLarge, Error(Head + Repeat("a=x\n", 1025)).Code);
        Assert.Equal(SdpErrorCode.TooLarge, Error(Head + Repeat("b=x\n", 1025)).Code);
        Assert.Equal(SdpErrorCode.TooLarge, Error(Head + "m=a 9 b" + Repeat(" 0", 1025)).Code);
        Assert.Equal(SdpErrorCode.TooLarge, Error(Head + "m=a 9 b 0\n" + Repeat("a=candidate:1\n", 129)).Code);
        Assert.Equal(SdpErrorCode.TooLarge, Error(Head + Repeat("t=0 0\n", 4097)).Code);
    }

    [Fact]
    public void A_description_made_here_has_the_order_of_the_grammar()
    {
        var session = new SdpSession { Origin = new SdpOrigin(7, 8) };
        session.Attributes.Add("group", "BUNDLE 0");
        var media = new SdpMedia { Kind = "audio", Protocol = "UDP/TLS/RTP/SAVPF", Connection = SdpConnection.Unspecified };
        media.Formats.Add("111");
        media.Attributes.Add("mid", "0");
        media.Attributes.Add("rtpmap", new SdpRtpMap(111, "opus", 48000, 2).ToString());
        media.Attributes.Add("ptime", 20);
        media.Attributes.Add(SdpDirection.SendReceive.ToAttributeName());
        session.Media.Add(media);
        Assert.Equal(
            "v=0\r\no=- 7 8 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
            + "c=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\na=ptime:20\r\na=sendrecv\r\n",
            session.ToString());
        media.Attributes.Set("ptime", "40");
        Assert.Equal(40, media.PTime);
        media.Attributes.Remove("ptime");
        Assert.Null(media.PTime);
    }

    [Fact]
    public void A_value_cannot_pose_as_another_line()
    {
        var session = new SdpSession();
        Assert.Throws<ArgumentException>(() => session.Attributes.Add("msid", "a\r\na=evil"));
        Assert.Throws<ArgumentException>(() => session.Attributes.Add("a:b"));
        session.Name = "x\na=evil";
        Assert.Throws<InvalidOperationException>(session.ToString);
    }

    [Theory]
    [InlineData(SdpDirection.SendReceive, SdpDirection.SendReceive, SdpDirection.SendReceive)]
    [InlineData(SdpDirection.SendOnly, SdpDirection.SendReceive, SdpDirection.ReceiveOnly)]
    [InlineData(SdpDirection.ReceiveOnly, SdpDirection.SendReceive, SdpDirection.SendOnly)]
    [InlineData(SdpDirection.SendReceive, SdpDirection.SendOnly, SdpDirection.SendOnly)]
    [InlineData(SdpDirection.SendOnly, SdpDirection.SendOnly, SdpDirection.Inactive)]
    [InlineData(SdpDirection.Inactive, SdpDirection.SendReceive, SdpDirection.Inactive)]
    public void Directions_are_answered(SdpDirection offered, SdpDirection wanted, SdpDirection expected) =>
        Assert.Equal(expected, offered.Answer(wanted));

    [Fact]
    public void Mutated_descriptions_never_throw_and_what_is_accepted_is_stable()
    {
        const ulong seed = 8866;
        var random = new SeededRandom(seed);
        string[] originals =
        [
            SdpVectors.File("chromium156-agents-realtime-offer.sdp"), SdpVectors.Aiortc, SdpVectors.Firefox, SdpVectors.Pion, SdpVectors.SipPhone,
        ];
        int accepted = 0;
        for (int i = 0; i < 4000; i++)
        {
            char[] text = originals[random.Next(originals.Length)].ToCharArray();
            for (int n = 1 + random.Next(3); n > 0; n--)
                text[random.Next(text.Length)] = (char)random.Next(random.Next(8) == 0 ? 0x3000 : 0x80);
            ReadOnlySpan<char> input = random.Next(10) == 0 ? text.AsSpan(0, random.Next(text.Length)) : text;
            if (!SdpSession.TryParse(input, out SdpSession? session, out _))
                continue;
            accepted++;
            Touch(session!);
            string formatted = session!.ToString();
            Assert.True(SdpSession.TryParse(formatted, out SdpSession? again, out SdpError error), $"seed {seed} iteration {i}: {error}");
            Assert.Equal(formatted, again!.ToString());
        }

        Assert.InRange(accepted, 1000, 3800);
    }

    private static void Touch(SdpSession session)
    {
        _ = session.Groups;
        foreach (SdpMedia media in session.Media)
        {
            _ = (session.GetFingerprints(media), session.GetSetup(media), session.GetDirection(media), session.HasIceOption(media, "trickle"));
            _ = (media.RtpMaps, media.FormatParameters, media.RtcpFeedback, media.ExtMaps, media.Msids, media.Ssrcs, media.Candidates);
            _ = (media.SctpPort, media.MaxMessageSize, media.PTime, media.MaxPTime, media.IsDataChannel, media.IsRejected);
            foreach (int payloadType in media.PayloadTypes)
                _ = (media.FindRtpMap(payloadType), media.FindFormatParameters(payloadType)?.GetInt("minptime"));
        }
    }

    private static SdpSession Parse(string text)
    {
        Assert.True(SdpSession.TryParse(text, out SdpSession? session, out SdpError error), error.ToString());
        return session!;
    }

    private static SdpError Error(string text)
    {
        Assert.False(SdpSession.TryParse(text, out _, out SdpError error));
        return error;
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
