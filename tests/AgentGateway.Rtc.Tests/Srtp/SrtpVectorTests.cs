using System.Buffers.Binary;
using AgentGateway.Rtc.Srtp;

namespace AgentGateway.Rtc.Tests.Srtp;

/// <summary>The vectors printed in RFC 3711 appendix B and RFC 7714 sections 16 and 17.</summary>
public sealed class SrtpVectorTests
{
    private const string Key128 = "000102030405060708090a0b0c0d0e0f";
    private const string Key256 = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private const string GcmSalt = "517569642070726f2071756f";
    private const string PlainRtp = "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
    private const string PlainRtcp =
        "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";

    [Fact]
    public void Key_stream_of_RFC_3711_appendix_B2()
    {
        var cipher = new AesCounterMode(Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"));
        byte[] iv = Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000");
        byte[] stream = new byte[0xFF03 * 16];
        cipher.Transform(iv, stream, stream);

        Assert.Equal("E03EAD0935C95E80E166B16DD92B4EB4", Convert.ToHexString(stream, 0, 16));
        Assert.Equal("D23513162B02D0F72A43A2FE4A5F97AB", Convert.ToHexString(stream, 16, 16));
        Assert.Equal("41E95B3BB0A2E8DD477901E4FCA894C0", Convert.ToHexString(stream, 32, 16));
        Assert.Equal("EC8CDF7398607CB0F2D21675EA9EA1E4", Convert.ToHexString(stream, 0xFEFF * 16, 16));
        Assert.Equal("362B7C3C6773516318A077D7FC5073AE", Convert.ToHexString(stream, 0xFF00 * 16, 16));
        Assert.Equal("6A2CC3787889374FBEB4C81B17BA6C44", Convert.ToHexString(stream, 0xFF01 * 16, 16));
    }

    [Theory]
    [InlineData(SrtpKeyDerivation.RtpKey, "C61E7A93744F39EE10734AFE3FF7A087")]
    [InlineData(SrtpKeyDerivation.RtpSalt, "30CBBC08863D8C85D49DB34A9AE1")]
    [InlineData(
        SrtpKeyDerivation.RtpAuthentication,
        "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF7227098"
        + "6371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2")]
    public void Key_derivation_of_RFC_3711_appendix_B3(byte label, string expected)
    {
        byte[] derived = new byte[expected.Length / 2];
        SrtpKeyDerivation.Derive(
            Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139"),
            Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6"),
            label,
            derived);
        Assert.Equal(expected, Convert.ToHexString(derived));
    }

    // Not from an RFC: the packet every libsrtp build checks itself with, same master key as RFC 3711 appendix B.3.
    [Fact]
    public void Counter_mode_packet_of_libsrtp()
    {
        byte[] plain = Convert.FromHexString("800f1234decafbadcafebabeabababababababababababababababab");
        const string expected = "800F1234DECAFBADCAFEBABE4E55DC4CE79978D88CA4D215949D2402B78D6ACC99EA179B8DBB";
        byte[] keys = SrtpKeys.CounterMode("E1F97A0D3E018BE0D64FA32C06DE4139", "0EC675AD498AFEEBB6960B3AABE6");
        using SrtpSession client = SrtpSession.Create(SrtpProfile.Aes128CmHmacSha1_80, keys, isClient: true);
        using SrtpSession server = SrtpSession.Create(SrtpProfile.Aes128CmHmacSha1_80, keys, isClient: false);

        byte[] buffer = new byte[plain.Length + SrtpSession.MaxOverhead];
        plain.CopyTo(buffer, 0);
        Assert.True(client.TryProtectRtp(buffer, plain.Length, out int length));
        Assert.Equal(expected, Convert.ToHexString(buffer, 0, length));
        Assert.Equal(SrtpResult.Ok, server.UnprotectRtp(buffer.AsSpan(0, length), out int plainLength));
        Assert.Equal(Convert.ToHexString(plain), Convert.ToHexString(buffer, 0, plainLength));
    }

    [Theory]
    [InlineData(
        Key128,
        "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce")]
    [InlineData(
        Key256,
        "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13")]
    public void Rtp_packet_of_RFC_7714_section_16(string key, string expected)
    {
        using var cipher = new AesGcmCipher(Convert.FromHexString(key), Convert.FromHexString(GcmSalt));
        byte[] packet = [.. Convert.FromHexString(PlainRtp), .. new byte[cipher.RtpTagLength]];
        cipher.ProtectRtp(packet, 12, 0x5501a0b2, 0xf17b);
        Assert.Equal(expected, Convert.ToHexStringLower(packet));
        Assert.True(cipher.UnprotectRtp(packet, 12, 0x5501a0b2, 0xf17b));
        Assert.Equal(PlainRtp, Convert.ToHexStringLower(packet, 0, packet.Length - cipher.RtpTagLength));
    }

    [Theory]
    [InlineData(
        Key128,
        "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4")]
    [InlineData(
        Key256,
        "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4")]
    public void Rtcp_packet_of_RFC_7714_section_17(string key, string expected)
    {
        using var cipher = new AesGcmCipher(Convert.FromHexString(key), Convert.FromHexString(GcmSalt));
        byte[] packet = [.. Convert.FromHexString(PlainRtcp), .. new byte[cipher.RtcpTagLength + 4]];
        cipher.ProtectRtcp(packet, 0x4d617273, 0x5d4);
        Assert.Equal(expected, Convert.ToHexStringLower(packet));
        Assert.Equal(0x800005d4, BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(cipher.RtcpIndexRange(packet.Length))));
        Assert.True(cipher.UnprotectRtcp(packet, 0x4d617273, 0x5d4));
        Assert.Equal(PlainRtcp, Convert.ToHexStringLower(packet, 0, PlainRtcp.Length / 2));
    }
}
