using AgentGateway.Host.Doctor;
using AgentGateway.Host.Tests.Signalling;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Host.Tests.Doctor;

public sealed class OfferDiagnosisTests
{
    private const string Head = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    private const string Audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:111 opus/48000/2\r\na=mid:0\r\na=sendrecv\r\n";
    private const string Mux = "a=rtcp-mux\r\n";
    private const string Ice = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n";
    private const string Fingerprint = "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n";
    private const string Setup = "a=setup:actpass\r\n";
    private const string Good = Head + Audio + Mux + Ice + Fingerprint + Setup;

    public static TheoryData<string, string, int?> Failing() => new()
    {
        { "", "sdp", null },
        { "hello", "sdp", 1 },
        { Good + "m=audio\r\n", "sdp", 15 },
        { Head + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n" + Mux + Ice + Fingerprint, "audio", null },
        { Good.Replace("UDP/TLS/RTP/SAVPF", "RTP/AVP", StringComparison.Ordinal), "profile", 5 },
        { Good.Replace("opus/48000/2", "speex/16000", StringComparison.Ordinal), "codec", 5 },
        { Head + Audio + Mux + Fingerprint + Setup, "ice_credentials", 5 },
        { Head + Audio + Mux + Ice + Setup, "fingerprint", 5 },
        { Head + Audio + Ice + Fingerprint + Setup, "rtcp_mux", 5 },
        { Head + Audio + Mux + Ice + Fingerprint + "a=setup:holdconn\r\n", "setup", 5 },
    };

    [Theory]
    [MemberData(nameof(Failing))]
    public async Task The_failing_step_is_named_and_what_follows_is_skipped(string offer, string step, int? line)
    {
        await using SignallingServer server = await SignallingServer.StartAsync();
        IReadOnlyList<DoctorStep> steps = OfferDiagnosis.Diagnose(offer, server.Transport.Probe(offer), server.Transport.OfferedCandidates, isLite: true);
        DoctorStep failed = Assert.Single(steps, s => s.Status == DoctorStatus.Failed);
        Assert.Equal(step, failed.Name);
        Assert.Equal(line, failed.Line);
        Assert.NotEmpty(failed.Detail);
        Assert.All(steps.TakeWhile(s => s != failed), s => Assert.Equal(DoctorStatus.Ok, s.Status));
        Assert.All(steps.SkipWhile(s => s != failed).Skip(1), s => Assert.Equal(DoctorStatus.Skipped, s.Status));
    }

    [Theory]
    [InlineData("", true, "ok")]
    [InlineData("", false, "warning")]
    [InlineData("a=candidate:1 1 udp 2130706431 198.51.100.7 5000 typ host\r\n", false, "ok")]
    [InlineData("a=candidate:1 1 udp 2130706431 2001:db8::7 5000 typ host\r\n", false, "warning")]
    [InlineData("a=candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host\r\n", false, "warning")]
    [InlineData("a=candidate:1 1 tcp 2130706431 198.51.100.7 9 typ host tcptype active\r\n", false, "warning")]
    [InlineData("a=candidate:1 1 udp 2130706431 1f47.local 5000 typ host\r\n", false, "warning")]
    [InlineData("a=candidate:nonsense\r\n", true, "ok")]
    [InlineData("a=ice-lite\r\n", true, "failed")]
    public void Candidates_that_cannot_meet_ours_are_told(string lines, bool isLite, string status)
    {
        bool lite = lines.StartsWith("a=ice-lite", StringComparison.Ordinal);
        string offer = lite ? Good.Replace("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n", StringComparison.Ordinal) : Good + lines;
        IReadOnlyList<DoctorStep> steps = OfferDiagnosis.Diagnose(
            offer, new SdpResult { Answer = "v=0" }, [IceCandidate.CreateHost(TransportAddress.FromIPv4(0xC0000201, 8081))], isLite);
        Assert.Equal(status, Assert.Single(steps, s => s.Name == "candidates").Status.ToString(), ignoreCase: true);
    }

    [Theory]
    [InlineData("127.0.0.1", AddressReach.Host)]
    [InlineData("::1", AddressReach.Host)]
    [InlineData("10.1.2.3", AddressReach.Network)]
    [InlineData("172.31.0.1", AddressReach.Network)]
    [InlineData("172.32.0.1", AddressReach.Internet)]
    [InlineData("192.168.1.1", AddressReach.Network)]
    [InlineData("100.64.0.1", AddressReach.Network)]
    [InlineData("fd00::1", AddressReach.Network)]
    [InlineData("203.0.113.9", AddressReach.Internet)]
    [InlineData("2001:db8::1", AddressReach.Internet)]
    public void An_address_is_reached_from(string address, string reach) => Assert.Equal(reach, AddressReach.Of(System.Net.IPAddress.Parse(address)));
}
