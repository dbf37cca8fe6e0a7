using System.Globalization;

namespace AgentGateway.Conversation.Agents;

/// <summary>Something wrong in an agent's files: where, what, and what was expected.</summary>
/// <param name="File">Path relative to the prompts folder, with forward slashes.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 characters.</param>
/// <param name="Message">What was wrong and what was expected.</param>
public sealed record AgentProblem(string File, int Line, int Column, string Message)
{
    /// <summary><c>file:line:column: message</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}");
}
