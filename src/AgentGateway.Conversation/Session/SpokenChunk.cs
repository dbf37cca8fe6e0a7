using AgentGateway.Conversation.Text;

namespace AgentGateway.Conversation.Session;

/// <summary>A chunk of a reply on its way to the synthesizer.</summary>
/// <param name="Number">Unique in the conversation; grows.</param>
/// <param name="Text">What is spoken, and shown.</param>
/// <param name="IsFixed">Whether it is said again and again.</param>
internal readonly record struct SpokenChunk(int Number, SpokenText Text, bool IsFixed = false);
