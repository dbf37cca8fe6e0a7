using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Srtp;
using AgentGateway.Rtc.Tests.Srtp;

namespace AgentGateway.Rtc.Tests.Dtls;

public sealed class DtlsHandshakeTests
{
    private static readonly DtlsEvent Connected = new(DtlsEventKind.Connected);

    [Fact]
    public void Plain_handshake_takes_two_round_trips_and_six_datagrams_at_most()
    {
        using var link = new DtlsLink();
        link.Connect(withinMilliseconds: 40);
        Assert.Equal([Connected], link.ClientEvents);
        Assert.Equal([Connected], link.ServerEvents);
        Assert.Equal(0, link.Client.Statistics.Retransmissions);
        Assert.Equal(0, link.Server.Statistics.Retransmissions);
        Assert.InRange(link.Client.Statistics.DatagramsSent + link.Server.Statistics.DatagramsSent, 4, 6);
        Assert.Null(link.Client.NextTimeout);
        Assert.Null(link.Server.NextTimeout);
        link.Run(120_000);
        Assert.Equal(4, link.Client.Statistics.DatagramsSent + link.Server.Statistics.DatagramsSent);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Each_flight_lost_once_is_repeated_after_50_ms(int lostFlight)
    {
        using var link = new DtlsLink();
        DtlsRole from = lostFlight % 2 == 0 ? DtlsRole.Client : DtlsRole.Server;
        link.Impairment = (role, number, _) => role == from && number == lostFlight / 2 ? DtlsLink.Lost : DtlsLink.OnTime;
        link.Connect(withinMilliseconds: 100);
        Assert.Equal([Connected], link.ClientEvents);
        Assert.Equal([Connected], link.ServerEvents);
        // The server waits for the client's second flight; the server's last flight is repeated when the client asks for it.
        int expectedClient = lostFlight == 1 || from == DtlsRole.Client || lostFlight == 3 ? 1 : 0;
        Assert.Equal(expectedClient, link.Client.Statistics.Retransmissions);
        Assert.InRange(link.Server.Statistics.Retransmissions, 0, 1);
        Assert.Equal(expectedClient == 1 ? 90.0 : 40.0, link.Clock.Now.TotalMilliseconds);
    }

    [Fact]
    public void Retransmissions_double_and_the_handshake_times_out()
    {
        using var link = new DtlsLink();
        var sentAt = new List<double>();
        link.Impairment = (_, _, _) =>
        {
            sentAt.Add(link.Clock.Now.TotalMilliseconds);
            return DtlsLink.Lost;
        };
        link.Start();
        link.Run(60_000);
        Assert.Equal([0, 50, 150, 350, 750, 1550, 3150, 6350, 12750, 25550], sentAt);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailureReason.Timeout)], link.ClientEvents);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailureReason.Timeout)], link.ServerEvents);
        Assert.Equal(DtlsState.Failed, link.Client.State);
        Assert.Null(link.Client.NextTimeout);
    }

    [Fact]
    public void Every_datagram_doubled_changes_nothing()
    {
        using var link = new DtlsLink();
        link.Impairment = (_, _, _) => [TimeSpan.Zero, TimeSpan.FromMilliseconds(1)];
        link.Connect(withinMilliseconds: 41);
        Assert.Equal(0, link.Client.Statistics.Retransmissions + link.Server.Statistics.Retransmissions);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Small_datagrams_reordered_lost_and_doubled_still_connect(int seed)
    {
        var random = new Random(seed);
        var options = new DtlsOptions { MaxDatagramSize = 512 };
        using var link = new DtlsLink(options, options);
        link.Impairment = (_, _, _) => random.Next(10) switch
        {
            0 or 1 => DtlsLink.Lost,
            2 => [TimeSpan.Zero, TimeSpan.FromMilliseconds(random.Next(30))],
            _ => [TimeSpan.FromMilliseconds(random.Next(20))],
        };
        link.Connect(withinMilliseconds: 29_000);
        Assert.Equal([Connected], link.ClientEvents);
        Assert.Equal([Connected], link.ServerEvents);
    }

    [Fact]
    public void Whatever_size_a_datagram_may_have_no_flight_and_no_repetition_exceeds_it()
    {
        // DtlsLink asserts the size of each. The flights' messages end everywhere between the smallest and the largest here.
        foreach (int size in Enumerable.Range(0, 60).Select(i => 512 + (4 * i)).Append(1200))
        {
            var options = new DtlsOptions { MaxDatagramSize = size };
            using var link = new DtlsLink(options, options);
            link.Impairment = (_, number, _) => number is 0 or 1 or 3 ? DtlsLink.Lost : DtlsLink.OnTime;
            link.Connect();
            Assert.True(link.Client.Statistics.Retransmissions > 0 && link.Server.Statistics.Retransmissions > 0);
            Assert.True(link.Client.TrySendApplicationData(new byte[link.Client.MaxApplicationDataLength]));
            link.Drain();
        }
    }

    [Fact]
    public void Equal_runs_give_equal_logs()
    {
        string first = Run();
        Assert.Equal(first, Run());
        Assert.Contains("Connected", first, StringComparison.Ordinal);

        static string Run()
        {
            var random = new Random(99);
            using var link = new DtlsLink();
            link.Impairment = (_, _, _) => random.Next(3) == 0 ? DtlsLink.Lost : [TimeSpan.FromMilliseconds(random.Next(30))];
            link.Start();
            link.Run(30_000);
            return string.Join('\n', link.Log);
        }
    }

    [Fact]
    public void Garbage_between_the_flights_is_dropped_and_counted()
    {
        const int seed = 7;
        var random = new Random(seed);
        using var link = new DtlsLink();
        link.Impairment = (from, _, _) =>
        {
            for (int i = 0; i < 20; i++)
            {
                byte[] noise = new byte[random.Next(1, 200)];
                random.NextBytes(noise);
                noise[0] = (byte)random.Next(20, 64);
                link.Inject(from == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client, noise);
            }

            return DtlsLink.OnTime;
        };
        link.Connect(withinMilliseconds: 40);
        Assert.Equal(40, link.Client.Statistics.DroppedMalformed);
        Assert.InRange(link.Server.Statistics.DroppedMalformed, 1, 40);
    }

    [Fact]
    public void Client_refuses_a_server_with_another_fingerprint()
    {
        using var link = new DtlsLink(clientExpects: [DtlsLink.ClientCertificate.Fingerprint]);
        link.Start();
        link.Run(40_000);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailureReason.FingerprintMismatch)], link.ClientEvents);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailureReason.PeerAlert)], link.ServerEvents);
        Assert.Throws<InvalidOperationException>(() => link.Client.ExportSrtpKeys(new byte[56]));
        Assert.Throws<InvalidOperationException>(() => link.Client.SrtpProfile);
    }

    [Fact]
    public void Server_refuses_a_client_with_another_fingerprint()
    {
        using var link = new DtlsLink(serverExpects: [DtlsLink.ServerCertificate.Fingerprint]);
        link.Start();
        link.Run(40_000);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailureReason.FingerprintMismatch)], link.ServerEvents);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailureReason.PeerAlert)], link.ClientEvents);
        Assert.Throws<InvalidOperationException>(() => link.Server.ExportSrtpKeys(new byte[56]));
    }

    [Fact]
    public void One_of_several_fingerprints_is_enough_and_none_is_never()
    {
        DtlsFingerprint strong = DtlsFingerprint.Compute("sha-512", DtlsLink.ServerCertificate.Der.Span);
        using (var link = new DtlsLink(clientExpects: [DtlsLink.ClientCertificate.Fingerprint, strong]))
            link.Connect();
        using (var link = new DtlsLink(clientExpects: []))
        {
            link.Start();
            link.Run(1000);
            Assert.Equal(DtlsState.Failed, link.Client.State);
        }
    }

    [Fact]
    public void Without_a_common_srtp_profile_both_fail()
    {
        using var link = new DtlsLink(
            new DtlsOptions { SrtpProfiles = [SrtpProfile.AeadAes128Gcm] },
            new DtlsOptions { SrtpProfiles = [SrtpProfile.Aes128CmHmacSha1_80] });
        link.Start();
        link.Run(1000);
        Assert.Equal(DtlsState.Failed, link.Client.State);
        Assert.Equal([new DtlsEvent(DtlsEventKind.Failed, DtlsFailureReason.NoCommonSrtpProfile)], link.ServerEvents);
        Assert.DoesNotContain(Connected, link.ClientEvents);
    }

    [Theory]
    [InlineData(SrtpProfile.Aes128CmHmacSha1_80)]
    [InlineData(SrtpProfile.Aes128CmHmacSha1_32)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AeadAes256Gcm)]
    public void Exported_keys_are_equal_and_protect_both_ways(SrtpProfile profile)
    {
        using var link = new DtlsLink(serverOptions: new DtlsOptions { SrtpProfiles = [profile] }, clientOptions: new DtlsOptions
        {
            SrtpProfiles = Enum.GetValues<SrtpProfile>(),
        });
        link.Connect();
        Assert.Equal(profile, link.Client.SrtpProfile);
        Assert.Equal(profile, link.Server.SrtpProfile);
        byte[] atClient = new byte[profile.KeyingMaterialLength()];
        byte[] atServer = new byte[profile.KeyingMaterialLength()];
        link.Client.ExportSrtpKeys(atClient);
        link.Server.ExportSrtpKeys(atServer);
        Assert.Equal(atClient, atServer);
        Assert.NotEqual(new byte[atClient.Length], atClient);

        using SrtpSession client = link.Client.CreateSrtpSession();
        using SrtpSession server = link.Server.CreateSrtpSession();
        byte[] toServer = SrtpKeys.Protect(client, SrtpKeys.Rtp(1, 1, 100, out int length), length);
        Assert.Equal(SrtpResult.Ok, server.UnprotectRtp(toServer, out _));
        byte[] toClient = SrtpKeys.Protect(server, SrtpKeys.Rtp(1, 1, 100, out length), length);
        Assert.Equal(SrtpResult.Ok, client.UnprotectRtp(toClient, out _));
    }

    [Fact]
    public void The_servers_preference_decides_the_profile()
    {
        using var link = new DtlsLink(
            new DtlsOptions { SrtpProfiles = [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmHmacSha1_80] },
            new DtlsOptions { SrtpProfiles = [SrtpProfile.Aes128CmHmacSha1_80, SrtpProfile.AeadAes128Gcm] });
        link.Connect();
        Assert.Equal(SrtpProfile.Aes128CmHmacSha1_80, link.Client.SrtpProfile);
    }

    [Fact]
    public void Nothing_is_taken_before_the_start()
    {
        using var link = new DtlsLink();
        link.Client.Start(link.Clock.Now);
        link.Drain();
        link.Run(20);
        Assert.Equal(1, link.Server.Statistics.DroppedNotActive);
        Assert.Equal(DtlsState.New, link.Server.State);
    }
}
