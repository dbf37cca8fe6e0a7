using AgentGateway.Rtc.Srtp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Srtp;

public sealed class SrtpSessionTests
{
    public static TheoryData<SrtpProfile> Profiles => new(Enum.GetValues<SrtpProfile>());

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Rtp_and_rtcp_pass_in_both_directions(SrtpProfile profile)
    {
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(profile);
        using (client)
        using (server)
        {
            foreach ((SrtpSession from, SrtpSession to) in new[] { (client, server), (server, client) })
            {
                byte[] rtp = SrtpKeys.Rtp(7, 100, 160, out int length);
                byte[] expected = rtp[..length];
                byte[] wire = SrtpKeys.Protect(from, rtp, length);
                Assert.NotEqual(expected[12..], wire[12..length]);
                Assert.Equal(expected[..12], wire[..12]);
                Assert.Equal(SrtpResult.Ok, to.UnprotectRtp(wire, out int plain));
                Assert.Equal(expected, wire[..plain]);

                byte[] rtcp = SrtpKeys.Rtcp(7, out int rtcpLength);
                byte[] expectedRtcp = rtcp[..rtcpLength];
                Assert.True(from.TryProtectRtcp(rtcp, rtcpLength, out int protectedLength));
                Assert.NotEqual(expectedRtcp[8..], rtcp[8..rtcpLength]);
                Assert.Equal(SrtpResult.Ok, to.UnprotectRtcp(rtcp.AsSpan(0, protectedLength), out int plainRtcp));
                Assert.Equal(expectedRtcp, rtcp[..plainRtcp]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Header_extension_and_csrcs_stay_clear_and_authenticated(SrtpProfile profile)
    {
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(profile);
        using (client)
        using (server)
        {
            byte[] rtp = SrtpKeys.Rtp(7, 1, 50, out int length, csrcs: 3, extensionWords: 2);
            int header = length - 50;
            byte[] expected = rtp[..length];
            byte[] wire = SrtpKeys.Protect(client, rtp, length);
            Assert.Equal(expected[..header], wire[..header]);

            byte[] forged = [.. wire];
            forged[header - 1] ^= 1;
            Assert.Equal(SrtpResult.AuthenticationFailed, server.UnprotectRtp(forged, out _));
            Assert.Equal(SrtpResult.Ok, server.UnprotectRtp(wire, out int plain));
            Assert.Equal(expected, wire[..plain]);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Packets_of_every_length_pass(SrtpProfile profile)
    {
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(profile);
        using (client)
        using (server)
        {
            ushort sequence = 0;
            foreach (int size in Enumerable.Range(0, 70).Concat([1200, 1535, 1536, 1537, 4000, 65000]))
            {
                byte[] rtp = SrtpKeys.Rtp(7, sequence++, size, out int length);
                byte[] expected = rtp[..length];
                byte[] wire = SrtpKeys.Protect(client, rtp, length);
                Assert.Equal(SrtpResult.Ok, server.UnprotectRtp(wire, out int plain));
                Assert.Equal(expected, wire[..plain]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_flipped_bit_is_refused_and_changes_no_state(SrtpProfile profile)
    {
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(profile);
        using (client)
        using (server)
        {
            byte[] rtp = SrtpKeys.Rtp(7, 30000, 20, out int length);
            byte[] wire = SrtpKeys.Protect(client, rtp, length);
            for (int bit = 0; bit < wire.Length * 8; bit++)
            {
                byte[] forged = [.. wire];
                forged[bit / 8] ^= (byte)(1 << (bit % 8));
                SrtpResult result = server.UnprotectRtp(forged, out int forgedLength);
                Assert.True(result is SrtpResult.AuthenticationFailed or SrtpResult.Malformed or SrtpResult.TooShort, $"bit {bit}: {result}");
                Assert.Equal(0, forgedLength);
            }

            Assert.Equal(SrtpResult.Ok, server.UnprotectRtp(wire, out _));
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_flipped_bit_of_rtcp_is_refused(SrtpProfile profile)
    {
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(profile);
        using (client)
        using (server)
        {
            byte[] rtcp = SrtpKeys.Rtcp(7, out int length);
            Assert.True(client.TryProtectRtcp(rtcp, length, out int protectedLength));
            for (int bit = 0; bit < protectedLength * 8; bit++)
            {
                byte[] forged = rtcp[..protectedLength];
                forged[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.NotEqual(SrtpResult.Ok, server.UnprotectRtcp(forged, out _));
            }

            Assert.Equal(SrtpResult.Ok, server.UnprotectRtcp(rtcp.AsSpan(0, protectedLength), out _));
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Replays_are_refused(SrtpProfile profile)
    {
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(profile);
        using (client)
        using (server)
        {
            byte[] wire = SrtpKeys.Protect(client, SrtpKeys.Rtp(7, 5, 20, out int length), length);
            Assert.Equal(SrtpResult.Ok, server.UnprotectRtp([.. wire], out _));
            Assert.Equal(SrtpResult.Replayed, server.UnprotectRtp([.. wire], out _));

            byte[] rtcp = SrtpKeys.Rtcp(7, out int rtcpLength);
            Assert.True(client.TryProtectRtcp(rtcp, rtcpLength, out int protectedLength));
            Assert.Equal(SrtpResult.Ok, server.UnprotectRtcp([.. rtcp.AsSpan(0, protectedLength)], out _));
            Assert.Equal(SrtpResult.Replayed, server.UnprotectRtcp([.. rtcp.AsSpan(0, protectedLength)], out _));
            Assert.Equal(2, server.Statistics.Received(SrtpResult.Replayed));
            Assert.Equal(2, server.Statistics.ReceivedDropped);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Rollover_survives_loss_and_reordering_around_each_wrap(SrtpProfile profile)
    {
        const int seed = 20240607;
        var random = new Random(seed);
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(profile);
        using (client)
        using (server)
        {
            var inFlight = new List<(byte[] Wire, ushort Sequence)>();
            int received = 0;
            for (int i = 0; i < 200_000; i += random.Next(10) == 0 ? random.Next(1, 400) : random.Next(1, 60))
            {
                ushort sequence = (ushort)(60_000 + i);
                inFlight.Add((SrtpKeys.Protect(client, SrtpKeys.Rtp(7, sequence, 8, out int length), length), sequence));
                if (inFlight.Count < 3)
                    continue;
                int pick = random.Next(inFlight.Count);
                (byte[] wire, ushort expected) = inFlight[pick];
                inFlight.RemoveAt(pick);
                if (random.Next(4) == 0)
                    continue;
                SrtpResult result = server.UnprotectRtp(wire, out int plain);
                if (result == SrtpResult.Replayed)
                    continue;
                Assert.True(result == SrtpResult.Ok, $"seed {seed}, packet {i}: {result}");
                Assert.Equal((byte)expected, wire[plain - 1]);
                received++;
            }

            Assert.True(received > 1000, $"only {received} packets were taken");
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void The_replay_window_reaches_back_127_packets_also_over_a_wrap(SrtpProfile profile)
    {
        foreach (ushort first in new ushort[] { 100, 65_500 })
        {
            (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(profile);
            using (client)
            using (server)
            {
                byte[][] wires = [.. Enumerable.Range(0, 129).Select(i => SrtpKeys.Protect(client, SrtpKeys.Rtp(7, (ushort)(first + i), 20, out int length), length))];

                // A first packet far behind the wrap tells the receiver nothing of it: begin before.
                Assert.Equal(SrtpResult.Ok, server.UnprotectRtp([.. wires[30]], out _));
                Assert.Equal(SrtpResult.Ok, server.UnprotectRtp([.. wires[128]], out _));
                Assert.Equal(SrtpResult.Ok, server.UnprotectRtp([.. wires[1]], out _));
                Assert.Equal(SrtpResult.Replayed, server.UnprotectRtp([.. wires[0]], out _));
                Assert.Equal(SrtpResult.Replayed, server.UnprotectRtp([.. wires[1]], out _));

                // A datagram that was lost may be sent again as it was: a retransmission.
                Assert.Equal(SrtpResult.Ok, server.UnprotectRtp([.. wires[64]], out _));
                Assert.Equal(SrtpResult.Replayed, server.UnprotectRtp([.. wires[64]], out _));
            }
        }
    }

    [Fact]
    public void Unauthenticated_packets_create_no_source_and_move_no_window()
    {
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(SrtpProfile.AeadAes128Gcm);
        using (client)
        using (server)
        {
            byte[] first = SrtpKeys.Protect(client, SrtpKeys.Rtp(1, 10, 20, out int length), length);
            Assert.Equal(SrtpResult.Ok, server.UnprotectRtp(first, out _));

            // Far ahead in sequence, and from a thousand sources: all forged.
            Assert.Equal(SrtpResult.AuthenticationFailed, server.UnprotectRtp(SrtpKeys.Rtp(1, 30000, 20, out _), out _));
            for (uint ssrc = 1000; ssrc < 2000; ssrc++)
                Assert.Equal(SrtpResult.AuthenticationFailed, server.UnprotectRtp(SrtpKeys.Rtp(ssrc, 1, 20, out _), out _));

            byte[] second = SrtpKeys.Protect(client, SrtpKeys.Rtp(1, 11, 20, out length), length);
            Assert.Equal(SrtpResult.Ok, server.UnprotectRtp(second, out _));
            byte[] other = SrtpKeys.Protect(client, SrtpKeys.Rtp(2, 11, 20, out length), length);
            Assert.Equal(SrtpResult.Ok, server.UnprotectRtp(other, out _));
        }
    }

    [Fact]
    public void Sources_are_bounded_in_both_directions()
    {
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(SrtpProfile.AeadAes128Gcm);
        (SrtpSession client2, SrtpSession server2) = SrtpKeys.Pair(SrtpProfile.AeadAes128Gcm);
        using (client)
        using (server)
        using (client2)
        using (server2)
        {
            for (uint ssrc = 0; ssrc < SrtpSourceTable.MaxSources; ssrc++)
            {
                byte[] wire = SrtpKeys.Protect(client, SrtpKeys.Rtp(ssrc, 1, 20, out int length), length);
                Assert.Equal(SrtpResult.Ok, server.UnprotectRtp(wire, out _));
            }

            Assert.False(client.TryProtectRtp(SrtpKeys.Rtp(99_999, 1, 20, out int tooMany), tooMany, out _));
            Assert.Equal(1, client.Statistics.Sent(SrtpResult.TooManySources));
            byte[] genuine = SrtpKeys.Protect(client2, SrtpKeys.Rtp(99_999, 1, 20, out int genuineLength), genuineLength);
            Assert.Equal(SrtpResult.TooManySources, server.UnprotectRtp(genuine, out _));

            // A known source is not affected.
            byte[] known = SrtpKeys.Protect(client, SrtpKeys.Rtp(3, 2, 20, out int knownLength), knownLength);
            Assert.Equal(SrtpResult.Ok, server.UnprotectRtp(known, out _));
        }
    }

    [Fact]
    public void One_index_never_encrypts_twice()
    {
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(SrtpProfile.AeadAes128Gcm);
        using (client)
        using (server)
        {
            SrtpKeys.Protect(client, SrtpKeys.Rtp(1, 10, 20, out int length), length);
            SrtpKeys.Protect(client, SrtpKeys.Rtp(1, 12, 20, out length), length);
            SrtpKeys.Protect(client, SrtpKeys.Rtp(1, 11, 20, out length), length);
            Assert.False(client.TryProtectRtp(SrtpKeys.Rtp(1, 11, 20, out length), length, out int none));
            Assert.Equal(0, none);
            Assert.Equal(1, client.Statistics.Sent(SrtpResult.DuplicateIndex));
        }
    }

    [Theory]
    [InlineData(SrtpProfile.Aes128CmHmacSha1_80)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    public void Truncated_and_lying_headers_are_values_not_exceptions(SrtpProfile profile)
    {
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(profile);
        using (client)
        using (server)
        {
            byte[] wire = SrtpKeys.Protect(client, SrtpKeys.Rtp(1, 10, 60, out int length, csrcs: 2, extensionWords: 1), length);
            for (int cut = 0; cut < wire.Length; cut++)
                Assert.NotEqual(SrtpResult.Ok, server.UnprotectRtp([.. wire.AsSpan(0, cut)], out _));
            byte[] rtcp = SrtpKeys.Rtcp(7, out int rtcpLength);
            Assert.True(client.TryProtectRtcp(rtcp, rtcpLength, out int protectedLength));
            for (int cut = 0; cut < protectedLength; cut++)
                Assert.NotEqual(SrtpResult.Ok, server.UnprotectRtcp([.. rtcp.AsSpan(0, cut)], out _));

            byte[] lying = SrtpKeys.Rtp(1, 10, 20, out length, extensionWords: 0);
            lying[14] = 0xFF;
            Assert.Equal(SrtpResult.Malformed, server.UnprotectRtp(lying, out _));
            Assert.False(client.TryProtectRtp(lying, length, out _));
            byte[] version = SrtpKeys.Rtp(1, 10, 40, out _);
            version[0] = 0;
            Assert.Equal(SrtpResult.Malformed, server.UnprotectRtp(version, out _));
            Assert.False(client.TryProtectRtp(SrtpKeys.Rtp(1, 50, 20, out length).AsSpan(0, length + 1), length, out _));
            Assert.Equal(1, client.Statistics.Sent(SrtpResult.NoRoom));
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Unencrypted_rtcp_is_refused(SrtpProfile profile)
    {
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(profile);
        using (client)
        using (server)
        {
            byte[] rtcp = SrtpKeys.Rtcp(7, out int length);
            Assert.True(client.TryProtectRtcp(rtcp, length, out int protectedLength));
            int flag = profile is SrtpProfile.AeadAes128Gcm or SrtpProfile.AeadAes256Gcm ? protectedLength - 4 : protectedLength - 14;
            rtcp[flag] &= 0x7F;
            Assert.Equal(SrtpResult.NotEncrypted, server.UnprotectRtcp(rtcp.AsSpan(0, protectedLength), out _));
        }
    }

    [Fact]
    public void A_key_stops_after_its_last_index()
    {
        byte[] key = new byte[16];
        byte[] salt = new byte[12];
        using var sender = new SrtpSender(new AesGcmCipher(key, salt));
        using var receiver = new SrtpReceiver(new AesGcmCipher(key, salt));
        sender.Seed(1, (1L << 48) - 2, 0x7FFF_FFFF);
        receiver.Seed(1, (1L << 48) - 2);

        byte[] last = SrtpKeys.Rtp(1, 0xFFFF, 20, out int length);
        Assert.Equal(SrtpResult.Ok, sender.ProtectRtp(last, length, out int protectedLength));
        Assert.Equal(SrtpResult.Ok, receiver.UnprotectRtp(last.AsSpan(0, protectedLength), out _));
        Assert.Equal(SrtpResult.KeyExhausted, sender.ProtectRtp(SrtpKeys.Rtp(1, 0, 20, out length), length, out _));

        byte[] rtcp = SrtpKeys.Rtcp(1, out int rtcpLength);
        Assert.Equal(SrtpResult.Ok, sender.ProtectRtcp(rtcp, rtcpLength, out _));
        Assert.Equal(SrtpResult.KeyExhausted, sender.ProtectRtcp(rtcp, rtcpLength, out _));
    }

    [Fact]
    public void Keying_material_of_another_length_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SrtpSession.Create(SrtpProfile.AeadAes128Gcm, new byte[60], isClient: true));
        Assert.Equal(60, SrtpProfile.Aes128CmHmacSha1_80.KeyingMaterialLength());
        Assert.Equal(56, SrtpProfile.AeadAes128Gcm.KeyingMaterialLength());
        Assert.Equal(88, SrtpProfile.AeadAes256Gcm.KeyingMaterialLength());
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_packet_allocates_nothing(SrtpProfile profile)
    {
        (SrtpSession client, SrtpSession server) = SrtpKeys.Pair(profile);
        using (client)
        using (server)
        {
            byte[] rtp = SrtpKeys.Rtp(7, 0, 160, out int length);
            byte[] rtcp = SrtpKeys.Rtcp(7, out int rtcpLength);
            byte[] forged = SrtpKeys.Rtp(8, 0, 160, out _);
            ushort sequence = 0;
            Run(200);
            Assert.Equal(0, Allocations.Least(() => Run(1000)));

            void Run(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    sequence++;
                    rtp[2] = (byte)(sequence >> 8);
                    rtp[3] = (byte)sequence;
                    if (!client.TryProtectRtp(rtp, length, out int sent)
                        || server.UnprotectRtp(rtp.AsSpan(0, sent), out _) != SrtpResult.Ok
                        || !client.TryProtectRtcp(rtcp, rtcpLength, out int sentRtcp)
                        || server.UnprotectRtcp(rtcp.AsSpan(0, sentRtcp), out _) != SrtpResult.Ok
                        || server.UnprotectRtp(forged, out _) != SrtpResult.AuthenticationFailed)
                        throw new InvalidOperationException($"packet {i}");
                }
            }
        }
    }
}
