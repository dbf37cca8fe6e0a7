using AgentGateway.Conversation.Ports;

namespace AgentGateway.Providers.Sherpa;

/// <summary>The files of a streaming transducer of the k2-fsa project, which all name them alike.</summary>
/// <param name="Encoder">Path of the encoder.</param>
/// <param name="Decoder">Path of the decoder.</param>
/// <param name="Joiner">Path of the joiner.</param>
/// <param name="Tokens">Path of tokens.txt.</param>
public sealed record SherpaModelFiles(string Encoder, string Decoder, string Joiner, string Tokens)
{
    /// <summary>
    /// Finds the files in a folder: encoder*.onnx, decoder*.onnx, joiner*.onnx, tokens.txt. Where both exist, the int8 encoder and joiner
    /// are taken (a third of the work) and the float decoder (it is tiny, and its int8 form costs accuracy).
    /// </summary>
    /// <exception cref="SpeechProviderException">A file is missing.</exception>
    public static SherpaModelFiles Find(string folder)
    {
        if (!Directory.Exists(folder))
            throw new SpeechProviderException($"The speech recognition model folder {folder} does not exist.");
        string tokens = Path.Combine(folder, "tokens.txt");
        if (!File.Exists(tokens))
            throw new SpeechProviderException($"{folder} holds no tokens.txt: it is no sherpa-onnx model.");
        return new SherpaModelFiles(
            Pick(folder, "encoder", preferQuantized: true),
            Pick(folder, "decoder", preferQuantized: false),
            Pick(folder, "joiner", preferQuantized: true),
            tokens);
    }

    private static string Pick(string folder, string part, bool preferQuantized)
    {
        string[] files = Directory.GetFiles(folder, part + "*.onnx");
        Array.Sort(files, StringComparer.Ordinal);
        string? best = Array.Find(files, f => f.EndsWith(".int8.onnx", StringComparison.Ordinal) == preferQuantized)
            ?? (files.Length > 0 ? files[0] : null);
        return best ?? throw new SpeechProviderException($"{folder} holds no {part}*.onnx: it is no streaming transducer.");
    }
}
