namespace AgentGateway.Providers.Models;

/// <summary>The models the gateway knows, with their official addresses and checksums. Others are used by path.</summary>
public static class ModelCatalog
{
    private const string ZipformerSmallFolder = "sherpa-onnx-kws-zipformer-gigaspeech-3.3M-2024-01-01";
    private const string ZipformerLargeFolder = "sherpa-onnx-streaming-zipformer-en-2023-06-26";

    private static readonly ModelFile SileroV5File = new(
        "silero_vad_v5.onnx", 2_327_524, "2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f");

    private static readonly ModelFile SileroV6File = new(
        "silero_vad_v6.onnx", 2_327_524, "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3");

    private static readonly ModelFile WhisperTinyEnglishFile = new(
        "ggml-tiny.en.bin", null, "921e4cf8686fdd993dcd081a5da5b6c365bfde1162e72b08d75ac75289920b1f");

    /// <summary>Silero voice activity, version 5.</summary>
    public static ModelDefinition SileroV5 { get; } = new(
        "silero-vad-v5",
        "voice activity detection",
        "MIT",
        [new ModelVariant([SileroV5File])],
        new ModelDownload(new Uri("https://github.com/snakers4/silero-vad/raw/v5.1.2/src/silero_vad/data/silero_vad.onnx"), SileroV5File))
    {
        PackageFile = "@ricky0123/vad-web/dist/silero_vad_v5.onnx",
    };

    /// <summary>Silero voice activity, version 6.</summary>
    public static ModelDefinition SileroV6 { get; } = new(
        "silero-vad-v6",
        "voice activity detection",
        "MIT",
        [new ModelVariant([SileroV6File])],
        new ModelDownload(new Uri("https://github.com/snakers4/silero-vad/raw/master/src/silero_vad/data/silero_vad.onnx"), SileroV6File))
    {
        PackageFile = "@ricky0123/vad-web/dist/silero_vad_v6.onnx",
    };

    /// <summary>
    /// The small streaming English recogniser (3.3 million parameters). Two packings: repaired int8 files as mirrors carry them (the published
    /// mobile encoder aborts in sherpa-onnx 1.13), and the official archive, of which the float files are taken.
    /// </summary>
    public static ModelDefinition ZipformerEnglishSmall { get; } = new(
        "sherpa-zipformer-en-3.3M-gigaspeech-streaming",
        "English speech recognition",
        "Apache-2.0",
        [
            new ModelVariant(
            [
                new("encoder-epoch-12-avg-2-chunk-16-left-64.int8.onnx", 3_998_831, "dbf6c1a2516a3b4d1a85ab235dddd326f52734fcf53481462caa8abf08a84bf5"),
                new("decoder-epoch-12-avg-2-chunk-16-left-64.onnx", 1_063_189, "f61ebd3eed3773a44d088d53dfae92dbb6aec4839f4dcaee2d402414741663a3"),
                new("joiner-epoch-12-avg-2-chunk-16-left-64.int8.onnx", 163_380, "eae9da0c7e1e6c6a3f4cc42d167899c388f6c6701b94cb96320e4f55df79624c"),
                new("tokens.txt", 5_006, "fd2ded4050a55d2b1578870ba8697d02371980217806b7558bd0a5cc60f3ba53"),
            ]),
            new ModelVariant(
            [
                new("encoder-epoch-12-avg-2-chunk-16-left-64.onnx"),
                new("decoder-epoch-12-avg-2-chunk-16-left-64.onnx"),
                new("joiner-epoch-12-avg-2-chunk-16-left-64.onnx"),
                new("tokens.txt"),
            ]),
        ],
        new ModelDownload(
            new Uri($"https://github.com/k2-fsa/sherpa-onnx/releases/download/kws-models/{ZipformerSmallFolder}.tar.bz2"),
            new ModelFile(ZipformerSmallFolder + ".tar.bz2", 17_626_723, "f170013b4716e41b62b9bfd809687c207cef798ef9bc6534d524e17af9b6561a"),
            ZipformerSmallFolder,
            [
                "encoder-epoch-12-avg-2-chunk-16-left-64.onnx",
                "decoder-epoch-12-avg-2-chunk-16-left-64.onnx",
                "joiner-epoch-12-avg-2-chunk-16-left-64.onnx",
                "tokens.txt",
            ]));

    /// <summary>A larger streaming English recogniser for production; no official checksum is published, so TLS and the size bound protect its download.</summary>
    public static ModelDefinition ZipformerEnglish { get; } = new(
        ZipformerLargeFolder,
        "English speech recognition",
        "Apache-2.0",
        [
            new ModelVariant(
            [
                new("encoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx"),
                new("decoder-epoch-99-avg-1-chunk-16-left-128.onnx"),
                new("joiner-epoch-99-avg-1-chunk-16-left-128.int8.onnx"),
                new("tokens.txt"),
            ]),
        ],
        new ModelDownload(
            new Uri($"https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models/{ZipformerLargeFolder}.tar.bz2"),
            new ModelFile(ZipformerLargeFolder + ".tar.bz2"),
            ZipformerLargeFolder,
            [
                "encoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx",
                "decoder-epoch-99-avg-1-chunk-16-left-128.onnx",
                "joiner-epoch-99-avg-1-chunk-16-left-128.int8.onnx",
                "tokens.txt",
            ]));

    /// <summary>Whisper tiny, English only.</summary>
    public static ModelDefinition WhisperTinyEnglish { get; } = new(
        "whisper-tiny.en",
        "English speech recognition with Whisper",
        "MIT",
        [new ModelVariant([WhisperTinyEnglishFile])],
        new ModelDownload(new Uri("https://huggingface.co/ggerganov/whisper.cpp/resolve/main/ggml-tiny.en.bin"), WhisperTinyEnglishFile));

    /// <summary>
    /// Smart Turn 3.2: hears whether a turn is over. Used when its file is there; no official checksum is published, so it is not downloaded unasked.
    /// </summary>
    public static ModelDefinition SmartTurn { get; } = new(
        "smart-turn-v3",
        "end of turn",
        "BSD-2-Clause",
        [new ModelVariant([new("smart-turn-v3.2-cpu.onnx")]), new ModelVariant([new("smart-turn-v3.1-cpu.onnx")]), new ModelVariant([new("smart-turn-v3.0.onnx")])],
        new ModelDownload(
            new Uri("https://huggingface.co/pipecat-ai/smart-turn-v3/resolve/main/smart-turn-v3.2-cpu.onnx"), new ModelFile("smart-turn-v3.2-cpu.onnx")));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ModelDefinition> All { get; } =
        [SileroV5, SileroV6, ZipformerEnglishSmall, ZipformerEnglish, WhisperTinyEnglish, SmartTurn];

    /// <summary>The model of that name, or null.</summary>
    public static ModelDefinition? Find(string name) =>
        All.FirstOrDefault(m => string.Equals(m.Name, name, StringComparison.OrdinalIgnoreCase));
}
