using AgentGateway.Primitives;
using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Sdp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Peer;

/// <summary>Peers, offers and parsed answers for tests.</summary>
internal static class PeerFactory
{
    public static readonly TransportAddress Address = TransportAddress.FromIPv4(0xC0000201, 8081);

    private static readonly Lazy<DtlsCertificate> Certificate = new(() =>
        DtlsCertificate.Create("test", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2036, 1, 1, 0, 0, 0, TimeSpan.Zero)));

    public static RtcPeerOptions Options(ulong seed = 1) => new()
    {
        Certificate = Certificate.Value,
        Random = new SeededRandom(seed),
        LocalCandidates = [IceCandidate.CreateHost(Address), IceCandidate.CreateHost(TransportAddress.FromIPv4(0x7F000001, 8081), 1)],
    };

    public static RtcPeer Create(Func<RtcPeerOptions, RtcPeerOptions>? configure = null)
    {
        RtcPeerOptions options = Options();
        return new RtcPeer(configure is null ? options : configure(options), Instant.Zero);
    }

    public static string Vector(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "sdp", name));

    public static string ChromiumOffer => Vector("chromium156-agents-realtime-offer.sdp");

    /// <summary>Chromium's offer with more audio, as a page with several transceivers makes: mids 2, 3, ... with tracks "track2", ...</summary>
    public static string ChromiumOfferWith(int moreAudio)
    {
        string offer = ChromiumOffer;
        int at = offer.IndexOf("m=audio", StringComparison.Ordinal);
        string audio = offer[at..offer.IndexOf("m=application", StringComparison.Ordinal)];
        string mids = "a=group:BUNDLE 0 1";
        for (int i = 0; i < moreAudio; i++)
        {
            mids += $" {i + 2}";
            offer += audio.With("a=mid:0", $"a=mid:{i + 2}").MapLines(l =>
                l.StartsWith("a=ssrc:", StringComparison.Ordinal) ? $"a=ssrc:{1000 + i} cname:x"
                : l.StartsWith("a=msid:", StringComparison.Ordinal) ? $"a=msid:room track{i + 2}" : l);
        }

        return offer.With("a=group:BUNDLE 0 1", mids);
    }

    /// <summary>Accepts an offer and parses the answer.</summary>
    public static SdpSession Answer(this RtcPeer peer, string offer)
    {
        SdpResult result = peer.AcceptOffer(Instant.Zero, offer);
        Assert.True(result.IsSuccess, $"{result.Error} in line {result.Line}: {result.Message}");
        return Parse(result.Answer!);
    }

    public static SdpSession Parse(string sdp)
    {
        Assert.True(SdpSession.TryParse(sdp, out SdpSession? session, out SdpError error), error.ToString());
        return session!;
    }

    /// <summary>Changes lines: null drops one.</summary>
    public static string MapLines(this string sdp, Func<string, string?> map) =>
        string.Join("\r\n", sdp.Split("\r\n").Select(map).Where(l => l is not null));

    public static string Without(this string sdp, string start) => sdp.MapLines(l => l.StartsWith(start, StringComparison.Ordinal) ? null : l);

    public static string With(this string sdp, string old, string replacement) => sdp.MapLines(l => l == old ? replacement : l);
}
