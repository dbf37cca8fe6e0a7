namespace AgentGateway.Conversation.Agents;

/// <summary>The embedded dialogue of an agent's "# Script" section.</summary>
public sealed record ScriptDefinition
{
}
