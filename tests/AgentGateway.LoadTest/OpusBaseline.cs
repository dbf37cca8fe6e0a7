using System.Globalization;
using AgentGateway.Audio;

namespace AgentGateway.LoadTest;

/// <summary>
/// What libopus alone costs for as many calls as an echo server has: the same packets decoded and encoded with the gateway's settings, without
/// network, encryption and jitter buffer. Measured in the same run as a server it tells which share of the server's CPU is the codec's.
/// </summary>
internal static class OpusBaseline
{
    private const string Header = "calls,cpu_ms_per_call_second";
    private const int FramesPerSecond = 50;

    /// <param name="calls">Encoders and decoders, served in turns as a server's ticks do: their states compete for the caches.</param>
    /// <param name="seconds">Seconds of audio for each.</param>
    /// <param name="csv">A file to append the row to; null for none.</param>
    /// <param name="cancellationToken">Stops the synthesis of what is spoken.</param>
    internal static async Task<int> RunAsync(int calls, int seconds, string? csv, CancellationToken cancellationToken)
    {
        OpusLoop loop = await OpusLoop.FromTextAsync(EchoLoad.Sentence, cancellationToken);
        IOpusDecoder[] decoders = [.. Enumerable.Range(0, calls).Select(_ => LibOpusCodec.Instance.CreateDecoder())];
        IOpusEncoder[] encoders = [.. Enumerable.Range(0, calls).Select(_ => LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions()))];
        try
        {
            Run(loop, decoders, encoders, FramesPerSecond);
            TimeSpan before = ProcessUsage.Read(Environment.ProcessId).Cpu;
            Run(loop, decoders, encoders, seconds * FramesPerSecond);
            TimeSpan cpu = ProcessUsage.Read(Environment.ProcessId).Cpu - before;
            double cost = cpu.TotalMilliseconds / ((double)calls * seconds);
            Csv.Write(csv, Header, string.Create(CultureInfo.InvariantCulture, $"{calls},{cost:F2}"));
            return 0;
        }
        finally
        {
            foreach (IDisposable codec in decoders.Concat<IDisposable>(encoders))
                codec.Dispose();
        }
    }

    private static void Run(OpusLoop loop, IOpusDecoder[] decoders, IOpusEncoder[] encoders, int frames)
    {
        short[] pcm = new short[AudioFormat.MaxPacketSamples];
        byte[] packet = new byte[1275];
        for (int frame = 0; frame < frames; frame++)
        {
            for (int call = 0; call < decoders.Length; call++)
            {
                decoders[call].Decode(loop.Packet(call, frame), pcm, out int samples);
                encoders[call].Encode(pcm.AsSpan(0, samples), packet);
            }
        }
    }
}
