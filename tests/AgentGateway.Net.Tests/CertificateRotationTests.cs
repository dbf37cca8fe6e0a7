using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Peer;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Net.Tests;

public sealed class CertificateRotationTests
{
    [Fact]
    public void A_certificate_is_replaced_a_week_before_it_expires_and_lives_one_rotation_longer()
    {
        var time = new SkewedTime();
        using var rotation = new CertificateRotation(time, NullLogger.Instance);
        DtlsCertificate first = rotation.Current;
        Assert.InRange((first.NotAfter - time.GetUtcNow()).TotalDays, 29.9, 30);
        time.Skew = TimeSpan.FromDays(22.9);
        Assert.Same(first, rotation.Current);

        time.Skew = TimeSpan.FromDays(23.1);
        DtlsCertificate second = rotation.Current;
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
        Assert.Same(second, rotation.Current);
        using (Endpoint(first))
        {
            // A call that began with it can still be answered.
        }

        time.Skew = TimeSpan.FromDays(47);
        Assert.NotSame(second, rotation.Current);
        Assert.Throws<ObjectDisposedException>(() => Endpoint(first));
        using DtlsEndpoint previous = Endpoint(second);

        // A clock that is set back changes nothing.
        DtlsCertificate third = rotation.Current;
        time.Skew = TimeSpan.Zero;
        Assert.Same(third, rotation.Current);
    }

    [Fact]
    public async Task Many_calls_at_the_moment_of_renewal_get_one_new_certificate()
    {
        var time = new SkewedTime();
        using var rotation = new CertificateRotation(time, NullLogger.Instance);
        time.Skew = TimeSpan.FromDays(25);
        DtlsCertificate[] seen = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => rotation.Current)));
        Assert.Single(seen.Distinct());
    }

    [Fact]
    public async Task New_calls_get_the_new_certificate_and_old_calls_keep_theirs()
    {
        var time = new SkewedTime();
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = MediaTransport.Start(
            new MediaTransportOptions { ListenAddress = System.Net.IPAddress.Loopback, Ports = [0] }, time, NullLoggerFactory.Instance);
        ConnectedPair before = await ConnectedPair.CreateAsync(caller, callee);
        string offerBefore = await before.Caller.InvokeAsync((now, peer) => peer.CreateOffer(now));
        string fingerprint = Fingerprint((await before.Callee.InvokeAsync((now, peer) => peer.AcceptOffer(now, offerBefore))).Answer!);

        time.Skew = TimeSpan.FromDays(24);
        RtcAcceptResult offer = await caller.OfferAsync(new Recorder());
        RtcAcceptResult after = await callee.AcceptAsync(offer.Sdp!, new Recorder());

        Assert.NotEqual(fingerprint, Fingerprint(after.Sdp!));
        SdpResult again = await before.Callee.InvokeAsync((now, peer) => peer.AcceptOffer(now, offerBefore));
        Assert.Equal(fingerprint, Fingerprint(again.Answer!));
        before.Caller.TryPost((now, peer) => peer.SendAudio(now, new byte[20], 0, true));
        await before.CalleeSide.Audio.Task.WaitAsync(ConnectedPair.Limit);
        await ConnectedPair.CreateAsync(caller, callee);
    }

    private static string Fingerprint(string sdp) => sdp.Split("\r\n").First(l => l.StartsWith("a=fingerprint:", StringComparison.Ordinal));

    private static DtlsEndpoint Endpoint(DtlsCertificate certificate) => new(certificate, DtlsRole.Server, [certificate.Fingerprint], new DtlsOptions());

    /// <summary>The real clock for timers, a wall clock that the test sets.</summary>
    private sealed class SkewedTime : TimeProvider
    {
        public TimeSpan Skew { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Skew;
    }
}
