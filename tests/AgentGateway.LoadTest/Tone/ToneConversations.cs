using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Session;
using Microsoft.Extensions.AI;

namespace AgentGateway.LoadTest.Tone;

/// <summary>Conversations whose greeting never ends.</summary>
internal sealed class ToneConversations(IVoiceActivityModel voiceActivity) : IConversationFactory
{
    private readonly DeafRecognizer _recognizer = new();
    private readonly ToneSynthesizer _synthesizer = new();
    private readonly NoChatClient _chat = new();

    internal static AgentDefinition Agent { get; } = new()
    {
        Name = "tone",
        DisplayName = "Tone",
        Version = "0",
        Mode = AgentMode.Conversation,
        Greeting = "Tone.",
        Turn = new TurnOptions { BargeIn = false, GreetingInterruptible = false },
    };

    public ValueTask<ConversationSession> CreateAsync(string callId, AgentDefinition agent, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ConversationSession(new ConversationContext
        {
            Agent = agent,
            VoiceActivity = voiceActivity,
            Recognizer = _recognizer,
            Synthesizer = _synthesizer,
            ChatClient = _chat,
        }));

    /// <summary>Is not asked, because the greeting never ends.</summary>
    private sealed class NoChatClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new LlmException(LlmException.Unavailable, "The tone agent has no language model.");

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new LlmException(LlmException.Unavailable, "The tone agent has no language model.");

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
