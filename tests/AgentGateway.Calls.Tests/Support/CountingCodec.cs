using AgentGateway.Audio;

namespace AgentGateway.Calls.Tests.Support;

/// <summary>libopus, with a look at what is asked of its encoders.</summary>
internal sealed class CountingCodec : IOpusCodec
{
    internal List<CountingEncoder> Encoders { get; } = [];

    internal CountingEncoder Encoder => Assert.Single(Encoders);

    public IOpusEncoder CreateEncoder(OpusEncoderOptions options)
    {
        var encoder = new CountingEncoder(LibOpusCodec.Instance.CreateEncoder(options));
        Encoders.Add(encoder);
        return encoder;
    }

    public IOpusDecoder CreateDecoder() => LibOpusCodec.Instance.CreateDecoder();

    internal sealed class CountingEncoder(IOpusEncoder inner) : IOpusEncoder
    {
        internal int Encoded { get; private set; }

        /// <summary>How many frames were encoded before each reset.</summary>
        internal List<int> Resets { get; } = [];

        internal bool IsDisposed { get; private set; }

        public int LookaheadSamples => inner.LookaheadSamples;

        public int Bitrate
        {
            get => inner.Bitrate;
            set => inner.Bitrate = value;
        }

        public int ExpectedLossPercent
        {
            get => inner.ExpectedLossPercent;
            set => inner.ExpectedLossPercent = value;
        }

        public int Encode(ReadOnlySpan<short> pcm, Span<byte> packet)
        {
            Encoded++;
            return inner.Encode(pcm, packet);
        }

        public void Reset()
        {
            Resets.Add(Encoded);
            inner.Reset();
        }

        public void Dispose()
        {
            IsDisposed = true;
            inner.Dispose();
        }
    }
}
