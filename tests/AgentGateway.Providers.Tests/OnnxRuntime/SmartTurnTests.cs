using System.Text;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.OnnxRuntime;
using AgentGateway.Testing;

namespace AgentGateway.Providers.Tests.OnnxRuntime;

/// <summary>
/// The plumbing around the Smart Turn model with a graph of the same input: the mean of all features through a sigmoid, written
/// here as an ONNX file. It proves names, shapes, buffers and threads; not the judgement of the real weights.
/// </summary>
public sealed class SmartTurnTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("smart-turn-").FullName;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_model_is_given_the_features_and_its_answer_is_returned(bool oneByOne)
    {
        using SmartTurnModel model = SmartTurnModel.Load(Write(oneByOne: oneByOne), "test");
        using IEndOfTurnDetector detector = model.Create();
        foreach (int samples in (int[])[8000, 48_000, 200_000])
        {
            short[] pcm = WhisperFeaturesTests.Signal(samples);
            double mean = WhisperFeaturesTests.Compute(pcm).Average(x => (double)x);
            Assert.Equal(1 / (1 + Math.Exp(-mean)), detector.Predict(pcm), 0.0005);
        }
    }

    [Fact]
    public async Task Detectors_of_one_model_work_at_once()
    {
        using SmartTurnModel model = SmartTurnModel.Load(Write(), "test");
        short[][] signals = [.. Enumerable.Range(1, 4).Select(i => WhisperFeaturesTests.Signal(i * 16_000))];
        float[] alone = [.. signals.Select(signal => Predict(model, signal))];
        float[] together = await Task.WhenAll(signals.Select(signal => Task.Run(() => Predict(model, signal))));
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Another_model_is_refused_by_name()
    {
        SpeechProviderException e = Assert.Throws<SpeechProviderException>(() => SmartTurnModel.Load(Write(input: "audio"), "test"));
        Assert.Contains("its inputs are audio", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<SpeechProviderException>(() => SmartTurnModel.Load(Path.Combine(_folder, "none.onnx"), "test"));
        Assert.Contains("does not exist", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_other_shapes_is_refused_when_it_is_loaded() =>
        Assert.Throws<SpeechProviderException>(() => SmartTurnModel.Load(Write(frames: 3000), "test"));

    // The official file, where somebody put it.
    [Fact]
    public void The_official_file_tells_a_sentence_from_half_of_one()
    {
        string folder = Path.Combine(Engines.SpeechTestFiles.Models, "smart-turn-v3");
        string? file = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "smart-turn-v3*.onnx").FirstOrDefault() : null;
        Assert.SkipWhen(file is null, "No Smart Turn file in the model folder.");
        using SmartTurnModel model = SmartTurnModel.Load(file!, "smart-turn-v3");
        short[] pcm = Engines.SpeechTestFiles.Load(Engines.SpeechTestFiles.Recording("read/jfk.wav"));
        Assert.True(Predict(model, pcm[..(int)(10.6 * 16_000)]) > 0.5);
        Assert.True(Predict(model, pcm[..(int)(7.5 * 16_000)]) < 0.5);
    }

    [Fact]
    public void Nothing_is_allocated_by_a_prediction()
    {
        using SmartTurnModel model = SmartTurnModel.Load(Write(), "test");
        using IEndOfTurnDetector detector = model.Create();
        short[] pcm = WhisperFeaturesTests.Signal(32_000);
        detector.Predict(pcm);
        Assert.Equal(0, Allocations.Least(() => detector.Predict(pcm)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static float Predict(SmartTurnModel model, short[] pcm)
    {
        using IEndOfTurnDetector detector = model.Create();
        return detector.Predict(pcm);
    }

    // onnx.proto: ModelProto { ir_version 1, graph 7, opset_import 8 }, GraphProto { node 1, name 2, input 11, output 12 }.
    private string Write(string input = "input_features", int frames = 800, bool oneByOne = true)
    {
        byte[] axes = Message(Text(1, "axes"), Number(8, 1), Number(8, 2), Number(20, 7));
        byte[] keep = Message(Text(1, "keepdims"), Number(3, oneByOne ? 1 : 0), Number(20, 2));
        byte[] flat = Message(Text(1, "axis"), Number(3, 1), Number(20, 2));
        List<byte[]> nodes = [Message(Text(1, input), Text(2, "mean"), Text(4, "ReduceMean"), Bytes(5, axes), Bytes(5, keep))];
        if (oneByOne)
            nodes.Add(Message(Text(1, "mean"), Text(2, "flat"), Text(4, "Flatten"), Bytes(5, flat)));
        nodes.Add(Message(Text(1, oneByOne ? "flat" : "mean"), Text(2, "logits"), Text(4, "Sigmoid")));
        byte[] graph = Message(
            [.. nodes.Select(node => Bytes(1, node)), Text(2, "test"), Bytes(11, Value(input, 1, 80, frames)), Bytes(12, oneByOne ? Value("logits", 1, 1) : Value("logits", 1))]);
        byte[] model = Message(Number(1, 8), Bytes(7, graph), Bytes(8, Message(Text(1, ""), Number(2, 13))));
        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, model);
        return path;
    }

    // ValueInfoProto { name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1 } } } } }
    private static byte[] Value(string name, params int[] shape)
    {
        byte[] dimensions = Message([.. shape.Select(length => Bytes(1, Message(Number(1, length))))]);
        return Message(Text(1, name), Bytes(2, Message(Bytes(1, Message(Number(1, 1), Bytes(2, dimensions))))));
    }

    private static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(field => field)];

    private static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Bytes(int field, byte[] value) => [.. Varint((field << 3) | 2), .. Varint(value.Length), .. value];

    private static List<byte> Varint(long value)
    {
        List<byte> bytes = [];
        while (value >= 0x80)
        {
            bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }

        bytes.Add((byte)value);
        return bytes;
    }
}
