using System.Text;
using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Sdp;
using AgentGateway.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Properties.Fuzz;

/// <summary>Descriptions as they come with HTTP: the text, and a whole peer that must answer it or say why not.</summary>
internal static class TextTargets
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<DtlsCertificate> Certificate = new(() => DtlsCertificate.Create("fuzz", Epoch, Epoch.AddYears(10)));

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "a=", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", "m=video 0 ", "a=mid:0\r\n",
            "a=group:BUNDLE 0 1\r\n", "a=setup:active\r\n", "a=setup:passive\r\n", "a=ice-lite\r\n", "a=sendonly\r\n", "a=inactive\r\n",
            "a=rtpmap:", "a=fmtp:111 ", "a=extmap:", "a=ssrc:", "a=candidate:", "opus/48000/2", "telephone-event/8000", "a=rtcp-mux\r\n",
            "a=end-of-candidates\r\n", "a=bundle-only\r\n", "4294967296", "-1", "65536", " ", "\r\n", "\n", "\0", "é", "a=max-message-size:0\r\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly byte[][] CandidateWords =
    [
        .. new[] { " typ host", " typ relay raddr ", "tcptype passive", ".local", "::1", "0.0.0.0", " ufrag ", " udp ", "4294967295", "65535" }
            .Select(Encoding.UTF8.GetBytes),
    ];

    // What a description becomes: attributes, lists, strings.
    public static IEnumerable<FuzzTarget> All =>
    [
        new("sdp", Sdp, 40_000) { AllocatedPerInputByte = 120, IsText = true, MaxLength = 12_000, Rounds = 4_000, Dictionary = Words },
        new("offer", Offer, 400_000) { AllocatedPerInputByte = 200, IsText = true, MaxLength = 12_000, Rounds = 1_500, Dictionary = Words },
        new("fragment", Fragment, 500_000) { AllocatedPerInputByte = 200, IsText = true, MaxLength = 6_000, Rounds = 1_000, Dictionary = Words },
        new("candidate", Candidate, 4_000) { AllocatedPerInputByte = 20, IsText = true, MaxLength = 600, Dictionary = CandidateWords },
    ];

    private static int Sdp(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        string text = Encoding.UTF8.GetString(input);
        if (!SdpSession.TryParse(text, out SdpSession? session, out SdpError error))
        {
            Assert.InRange(error.Line, 0, text.Length + 1);
            Assert.NotEmpty(error.Reason);
            behaviour.Add(error.Reason.Length);
            return behaviour.Value;
        }

        behaviour.Add(session!.Media.Count);
        behaviour.Add(session.Groups.Count);
        foreach (SdpMedia media in session.Media)
        {
            behaviour.Add(media.IsRejected);
            behaviour.Add(media.IsDataChannel);
            behaviour.Add((int)session.GetDirection(media));
            behaviour.Add((int?)session.GetSetup(media) ?? -1);
            behaviour.AddSize(media.PayloadTypes.Count());
            behaviour.AddSize(media.RtpMaps.Count);
            behaviour.AddSize(media.FormatParameters.Count);
            behaviour.AddSize(media.RtcpFeedback.Count);
            behaviour.AddSize(media.ExtMaps.Count);
            behaviour.AddSize(media.Msids.Count);
            behaviour.AddSize(media.Ssrcs.Count);
            behaviour.AddSize(session.GetFingerprints(media).Count);
            behaviour.AddSize(media.SctpPort ?? 0);
            behaviour.AddSize(media.MaxMessageSize);
            behaviour.AddSize(media.PTime ?? 0);
        }

        // Written and read again, nothing changes any more.
        string written = session.ToString();
        Assert.True(SdpSession.TryParse(written, SdpLimitsOf(written), out SdpSession? again, out SdpError second), $"{second.Line}: {second.Reason}\n{written}");
        Assert.Equal(written, again!.ToString());
        return behaviour.Value;
    }

    // Bare line feeds become CRLF, so a description at the limit is longer when it is written.
    private static SdpLimits SdpLimitsOf(string text) => new() { MaxLength = Math.Max(text.Length, 64 * 1024) };

    private static int Offer(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        var clock = new VirtualClock(Instant.FromMilliseconds(1000));
        using RtcPeer peer = CreatePeer(clock.Now, iceLite: true);
        SdpResult result = peer.AcceptOffer(clock.Now, Encoding.UTF8.GetString(input));
        behaviour.Add((int)result.Error);
        behaviour.AddSize(result.Line);
        Assert.Equal(result.IsSuccess, result.Answer is not null);
        if (!result.IsSuccess)
        {
            Assert.NotEmpty(result.Message);
            return behaviour.Value;
        }

        // An answer of ours is a description that parses, section by section like the offer.
        Assert.True(SdpSession.TryParse(result.Answer, out SdpSession? answer, out SdpError error), $"{error.Line}: {error.Reason}\n{result.Answer}");
        foreach (SdpMedia media in answer!.Media)
        {
            behaviour.Add(media.IsRejected);
            behaviour.Add((int)answer.GetDirection(media));
            behaviour.AddSize(media.PayloadTypes.Count());
        }

        // Said again it changes nothing, and ours about the same session is a description too.
        RtcAudioSection[] sections = [.. peer.AudioSections];
        Assert.True(peer.AcceptOffer(clock.Now, Encoding.UTF8.GetString(input)).IsSuccess);
        Assert.Equal(sections, peer.AudioSections);
        string ours = peer.CreateOffer(clock.Now);
        Assert.True(SdpSession.TryParse(ours, out SdpSession? offered, out error), $"{error.Line}: {error.Reason}\n{ours}");
        Assert.True(offered!.Media.Count >= answer.Media.Count);
        Assert.True(peer.RollbackOffer(clock.Now));

        Span<byte> buffer = stackalloc byte[RtcPeer.TransmitBufferSize];
        for (int i = 0; i < 20 && peer.NextTimeout is { } next && next - clock.Now < TimeSpan.FromSeconds(10); i++)
        {
            clock.AdvanceTo(Instant.Max(next, clock.Now));
            peer.HandleTimeout(clock.Now);
            while (peer.TryPollTransmit(buffer, out int length, out _))
                behaviour.AddSize(length);
            while (peer.TryPollEvent(out RtcPeerEvent e))
                behaviour.Add((int)e.Kind);
        }

        return behaviour.Value;
    }

    private static RtcPeer CreatePeer(Instant now, bool iceLite) => new(
        new RtcPeerOptions
        {
            Certificate = Certificate.Value,
            Random = new SeededRandom(1),
            LocalCandidates = [IceCandidate.CreateHost(TransportAddress.FromIPv4(0x7F000001, 8081))],
            IceLite = iceLite,
            WallClockAtEpoch = Epoch,
        },
        now);

    /// <summary>A trickled fragment for a peer that has a description already.</summary>
    private static int Fragment(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        Instant now = Instant.FromMilliseconds(1000);
        using RtcPeer caller = CreatePeer(now, iceLite: false);
        using RtcPeer peer = CreatePeer(now, iceLite: false);
        Assert.True(peer.AcceptOffer(now, caller.CreateOffer(now)).IsSuccess);
        SdpResult result = peer.AcceptFragment(now, Encoding.UTF8.GetString(input), mayRestart: true);
        behaviour.Add((int)result.Error);
        behaviour.AddSize(result.Line);
        behaviour.Add(result.Answer is null);
        Assert.True(result.IsSuccess || result.Message.Length > 0);
        while (peer.TryPollEvent(out RtcPeerEvent e))
            behaviour.Add((int)e.Kind);
        return behaviour.Value;
    }

    private static int Candidate(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        string text = Encoding.UTF8.GetString(input);
        if (!IceCandidate.TryParse(text, out IceCandidate? candidate))
            return 0;
        behaviour.Add((int)candidate!.Type);
        behaviour.Add(candidate.HostName is null);
        behaviour.Add(candidate.Related is null);
        behaviour.Add(candidate.TcpType is null);
        behaviour.Add(candidate.Ufrag is null);
        behaviour.Add(candidate.Address.IsIPv4);
        behaviour.Add(candidate.Component);

        string written = candidate.ToString();
        Assert.True(IceCandidate.TryParse(written, out IceCandidate? again), written);
        Assert.Equal(candidate, again);
        return behaviour.Value;
    }
}
