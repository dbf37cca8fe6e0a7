using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Script;
using AgentGateway.Conversation.Session;
using AgentGateway.Conversation.Tools;
using Microsoft.Extensions.AI;

namespace AgentGateway.Host.Composition;

/// <summary>Gives each call a conversation with the engines that its agent asks for.</summary>
internal sealed class ConversationFactory(Engines engines, BuiltinTools tools, TimeProvider time, ILoggerFactory loggerFactory) : IConversationFactory
{
    /// <inheritdoc/>
    public ConversationSession Create(string callId, AgentDefinition agent)
    {
        AITool[] functions = [.. agent.Tools.Where(t => t.Binding.Builtin is not null).Select(t => tools.Create(agent, t))];
        return new ConversationSession(new ConversationContext
        {
            Agent = agent,
            VoiceActivity = engines.Vad,
            Recognizer = engines.Stt,
            Synthesizer = engines.Tts,
            ChatClient = new ScriptChatClient(agent, time),
            Tools = functions,
            TimeProvider = time,
            Logger = loggerFactory.CreateLogger<ConversationSession>(),
        });
    }
}
