using System.Text.Json;

namespace AgentGateway.Interop.Matrix;

/// <summary>A message that arrived on a data channel.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">The hash of the content, hexadecimal in lower case.</param>
internal sealed record DataMessage(int Size, string Sha256)
{
    /// <summary>What must arrive when a message of a size was sent.</summary>
    internal static DataMessage Of(int size) => new(size, MatrixCall.Hash(MatrixCall.Message(size)));

    internal static DataMessage Of(JsonElement e) => new(e.GetProperty("size").GetInt32(), e.GetProperty("sha256").GetString()!);
}
