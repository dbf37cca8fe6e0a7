using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Tests.Peer;

public sealed class FragmentTests
{
    private const string Ufrag = "a=ice-ufrag:BjH1\r\n";
    private const string Credentials = Ufrag + "a=ice-pwd:o8DXu+Olfqlq8S0CCLmSNgd4\r\n";
    private const string NewCredentials = "a=ice-ufrag:neww\r\na=ice-pwd:newpasswordnewpasswordnew\r\n";
    private const string Audio = "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n";
    private const string Candidate = "a=candidate:1 1 udp 2130706431 198.51.100.7 5000 typ host\r\n";

    public static TheoryData<string> Trickles() =>
    [
        Credentials + Audio + Candidate,
        Audio + Credentials + Candidate + "a=end-of-candidates\r\n",
        Audio + Candidate,
        Audio + Ufrag + Candidate,
        (Credentials + Audio + Candidate).Replace("\r\n", "\n", StringComparison.Ordinal),
        Credentials + Audio + Candidate + "m=application 9 RTP/AVP 0\r\na=mid:1\r\n" + Candidate,
        Credentials + "m=application 9 RTP/AVP 0\r\na=mid:1\r\n" + Candidate,
        Credentials + "m=video 9 RTP/AVP 0\r\na=mid:9\r\n" + Audio + Candidate,
        Credentials + "m=audio 9 RTP/AVP 0\r\n" + Candidate,
        Credentials + Candidate,
    ];

    [Theory]
    [MemberData(nameof(Trickles))]
    public void Candidates_are_taken_wherever_clients_write_them(string fragment)
    {
        using RtcPeer peer = Answered();
        SdpResult result = peer.AcceptFragment(Instant.Zero, fragment, peer.IceUfrag);
        Assert.True(result.IsSuccess, $"{result.Error} in line {result.Line}: {result.Message}");
        Assert.Null(result.Answer);
        Assert.Equal("198.51.100.7", CheckedAddress(peer));
    }

    [Theory]
    [InlineData("a=end-of-candidates\r\n")]
    [InlineData("a=candidate:\r\n")]
    [InlineData("a=candidate:1 1 udp 2130706431 4e1f.local 5000 typ host\r\n")]
    [InlineData("a=candidate:1 1 tcp 2130706431 198.51.100.7 9 typ host tcptype active\r\n")]
    [InlineData("a=candidate:1 0 udp 2130706431 198.51.100.7 5000 typ host\r\n")]
    [InlineData("a=candidate:1 1 udp 2130706431 198.51.100.7 5000 typ host ufrag gone\r\n")]
    public void What_cannot_be_used_is_dropped_without_a_word(string line)
    {
        using RtcPeer peer = Answered();
        Assert.True(peer.AcceptFragment(Instant.Zero, Credentials + Audio + line).IsSuccess);
        Assert.Null(CheckedAddress(peer));
    }

    public static TheoryData<string, SdpResultError> Bad() => new()
    {
        { "", SdpResultError.Empty },
        { "hello", SdpResultError.NotSdp },
        { "v=0\r\n", SdpResultError.NotSdp },
        { "m=audio\r\n", SdpResultError.Malformed },
        { "a=ice-ufrag:x\r\n" + Audio, SdpResultError.Malformed },
        { Audio + Audio, SdpResultError.Malformed },
        { Credentials + "m=audio 9 RTP/AVP 0\r\na=mid:7\r\n" + Candidate, SdpResultError.Incompatible },
        { NewCredentials + Audio + Candidate, SdpResultError.StaleGeneration },
        { "a=ice-pwd:newpasswordnewpasswordnew\r\n" + Audio, SdpResultError.StaleGeneration },
        { Audio + string.Concat(Enumerable.Repeat(Candidate, 129)), SdpResultError.TooLarge },
        { Audio + new string(' ', 20_000) + Candidate, SdpResultError.TooLarge },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_fragment_changes_nothing(string fragment, SdpResultError error)
    {
        using RtcPeer peer = Answered();
        string ufrag = peer.IceUfrag;
        Assert.Equal(error, peer.AcceptFragment(Instant.Zero, fragment).Error);
        Assert.Equal(ufrag, peer.IceUfrag);
        Assert.Null(CheckedAddress(peer));
    }

    [Fact]
    public void Another_generation_than_the_one_expected_is_stale()
    {
        using RtcPeer peer = Answered();
        Assert.Equal(SdpResultError.StaleGeneration, peer.AcceptFragment(Instant.Zero, Audio + Candidate, "other").Error);
        Assert.Null(CheckedAddress(peer));
    }

    [Fact]
    public void New_credentials_restart_when_allowed_and_are_answered_with_a_fragment()
    {
        using RtcPeer peer = Answered();
        string old = peer.IceUfrag;
        SdpResult result = peer.AcceptFragment(Instant.Zero, NewCredentials + Audio + Candidate, mayRestart: true);
        Assert.True(result.IsSuccess, result.Message);
        Assert.NotEqual(old, peer.IceUfrag);
        Assert.True(SdpSession.TryParseFragment(result.Answer, SdpLimits.Default, out SdpSession? answer, out SdpError error), error.ToString());
        SdpMedia media = Assert.Single(answer!.Media);
        Assert.Equal(("audio", "0", peer.IceUfrag), (media.Kind, media.Mid, media.IceUfrag));
        Assert.Equal(2, media.Candidates.Count);
        Assert.True(media.Attributes.Has("end-of-candidates"));
        Assert.Equal(["0", "1"], answer.Bundle!.Mids);
        Assert.Equal("198.51.100.7", CheckedAddress(peer));

        // The same again is a trickle; the credentials of before are stale now.
        Assert.Null(peer.AcceptFragment(Instant.Zero, NewCredentials + Audio + Candidate, mayRestart: true).Answer);
        Assert.Equal(SdpResultError.StaleGeneration, peer.AcceptFragment(Instant.Zero, Credentials + Audio + Candidate).Error);
        Assert.Equal(SdpResultError.StaleGeneration, peer.AcceptFragment(Instant.Zero, NewCredentials + Audio + Candidate, old).Error);
    }

    [Fact]
    public void A_restart_needs_both_credentials()
    {
        using RtcPeer peer = Answered();
        Assert.Equal(SdpResultError.NoIceCredentials, peer.AcceptFragment(Instant.Zero, "a=ice-ufrag:neww\r\n" + Audio, mayRestart: true).Error);
        Assert.Equal(SdpResultError.NoIceCredentials, peer.AcceptFragment(Instant.Zero, "a=ice-pwd:newpasswordnewpasswordnew\r\n" + Audio, mayRestart: true).Error);
        Assert.Null(peer.PreviousIceUfrag);
    }

    [Fact]
    public void There_must_be_a_call_to_add_to()
    {
        using RtcPeer peer = PeerFactory.Create();
        Assert.Equal(SdpResultError.WrongState, peer.AcceptFragment(Instant.Zero, Audio + Candidate).Error);
        peer.Answer(PeerFactory.ChromiumOffer);
        peer.Close(Instant.Zero);
        Assert.Equal(SdpResultError.WrongState, peer.AcceptFragment(Instant.Zero, Audio + Candidate).Error);
    }

    [Fact]
    public void Noise_never_throws()
    {
        var random = new Random(20261121);
        string good = Credentials + Audio + Candidate;
        using RtcPeer peer = Answered();
        for (int i = 0; i < 20_000; i++)
        {
            char[] text = good.ToCharArray();
            for (int n = random.Next(1, 6); n > 0; n--)
                text[random.Next(text.Length)] = (char)random.Next(0, 0x180);
            peer.AcceptFragment(Instant.Zero, new string(text), mayRestart: i % 2 == 0);
        }
    }

    private static RtcPeer Answered()
    {
        RtcPeer peer = PeerFactory.Create();

        // Without candidates of its own, so that only trickled ones are checked.
        peer.Answer(PeerFactory.ChromiumOffer.Without("a=candidate"));
        return peer;
    }

    /// <summary>Where the peer sends its first check, or null when it sends none.</summary>
    private static string? CheckedAddress(RtcPeer peer)
    {
        byte[] buffer = new byte[RtcPeer.TransmitBufferSize];
        return peer.TryPollTransmit(buffer, out _, out Rtc.Primitives.DatagramPath path) ? path.Remote.Address.ToString() : null;
    }
}
