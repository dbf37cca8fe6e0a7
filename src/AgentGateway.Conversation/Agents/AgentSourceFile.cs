namespace AgentGateway.Conversation.Agents;

/// <summary>A file of the prompts folder.</summary>
/// <param name="Path">Relative to the folder, with forward slashes.</param>
/// <param name="Size">Bytes on disk.</param>
/// <param name="Content">The bytes; empty when the file is larger than any agent file may be.</param>
public sealed record AgentSourceFile(string Path, long Size, ReadOnlyMemory<byte> Content);
