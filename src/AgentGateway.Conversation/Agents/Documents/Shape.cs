using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace AgentGateway.Conversation.Agents.Documents;

/// <summary>
/// What a value must look like: one description that both reads the value and writes its JSON Schema, so that what editors
/// check and what the loader checks cannot drift apart.
/// </summary>
internal abstract class Shape<T>
{
    /// <summary>Reads the value; adds every problem it finds and returns false when the value cannot be used.</summary>
    public abstract bool TryBind(DocumentNode node, ProblemList problems, [MaybeNullWhen(false)] out T value);

    /// <summary>The JSON Schema of the value.</summary>
    public abstract JsonObject ToSchema();

    protected static bool Expected(DocumentNode node, ProblemList problems, string what)
    {
        problems.Add(node.Position, $"expected {what}, found {node.Describe()}");
        return false;
    }
}
