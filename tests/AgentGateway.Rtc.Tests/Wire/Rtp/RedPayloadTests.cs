using AgentGateway.Rtc.Wire.Rtp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Wire.Rtp;

public sealed class RedPayloadTests
{
    [Fact]
    public void Blocks_are_read_in_order_with_their_places()
    {
        // Two copies (1920 and 960 before, 2 and 3 bytes) and a primary of 1 byte.
        byte[] payload = Convert.FromHexString("EF1E0002EF0F00036FA1A2B1B2B3C1");
        RedBlock[] blocks = new RedBlock[RedPayload.MaxBlocks];
        Assert.True(RedPayload.TryRead(payload, blocks, out int count));
        Assert.Equal(
            [new RedBlock(111, 1920, 9, 2), new RedBlock(111, 960, 11, 3), new RedBlock(111, 0, 14, 1)], blocks[..count]);
        byte[] header = new byte[4];
        Assert.Equal(4, RedPayload.WriteHeader(header, 111, 1920, 2));
        Assert.Equal("EF1E0002", Convert.ToHexString(header));
    }

    [Theory]
    [InlineData("")]
    [InlineData("EF")]
    [InlineData("EF1E00")]
    [InlineData("EF1E0002")]
    [InlineData("EF1E00026FA1")]
    [InlineData("EF1E0001EF1E0001EF1E0001EF1E00016FA1A2A3A4B1")]
    public void Lengths_that_do_not_fit_and_too_many_blocks_are_refused(string hex) =>
        Assert.False(RedPayload.TryRead(Convert.FromHexString(hex), new RedBlock[RedPayload.MaxBlocks], out _));

    [Fact]
    public void Random_bytes_never_throw_and_never_lead_outside()
    {
        var random = new SeededRandom(5);
        byte[] payload = new byte[60];
        RedBlock[] blocks = new RedBlock[RedPayload.MaxBlocks];
        int accepted = 0;
        for (int i = 0; i < 50_000; i++)
        {
            random.Fill(payload);
            ReadOnlySpan<byte> part = payload.AsSpan(0, (int)(random.Next() % 60));
            if (!RedPayload.TryRead(part, blocks, out int count))
                continue;
            accepted++;
            Assert.InRange(count, 1, RedPayload.MaxBlocks);
            int length = part.Length;
            Assert.All(blocks[..count], b => Assert.InRange(b.Start + b.Length, 0, length));
            Assert.Equal(part.Length, blocks[count - 1].Start + blocks[count - 1].Length);
        }

        Assert.True(accepted > 1000);
    }
}
