using System.Buffers.Text;

namespace AgentGateway.Providers.Sherpa;

/// <summary>
/// How sure sherpa-onnx is of a text: its result as JSON lists the log probability of every token ("ys_probs"), which the
/// result itself does not.
/// </summary>
internal static class SherpaConfidence
{
    /// <summary>The geometric mean of the tokens' probabilities, 0..1; null when there are none.</summary>
    /// <param name="json">The result, UTF-8.</param>
    public static float? Of(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> name = "\"ys_probs\": ["u8;
        int at = json.IndexOf(name);
        if (at < 0)
            return null;
        json = json[(at + name.Length)..];
        double sum = 0;
        int count = 0;
        while (Utf8Parser.TryParse(json, out double logarithm, out int length))
        {
            sum += Math.Min(0, logarithm);
            count++;
            json = json[length..].TrimStart(", "u8);
        }

        return count == 0 || double.IsNaN(sum) ? null : (float)Math.Exp(sum / count);
    }
}
