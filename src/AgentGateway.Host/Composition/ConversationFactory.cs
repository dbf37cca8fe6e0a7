using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Session;
using AgentGateway.Conversation.Speech;
using AgentGateway.Providers.Llm;
using AgentGateway.Providers.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Host.Composition;

/// <summary>Gives each call a conversation with the engines, the language model and the tools that its agent asks for.</summary>
internal sealed class ConversationFactory(
    Engines engines,
    LlmSelector models,
    ToolFactory tools,
    AgentGatewayBuilder application,
    IServiceProvider services,
    CallLogs logs,
    TimeProvider time,
    ILoggerFactory loggerFactory) : IConversationFactory
{
    private const string ApplicationProvider = "host";

    // Greetings and other fixed phrases are synthesized once per voice, for all calls.
    private readonly PhraseCache _phrases = new();

    private readonly FinalTimes _finalTimes = new();

    private readonly Lock _lock = new();
    private readonly Dictionary<string, IChatClient> _applicationClients = new(StringComparer.Ordinal);

    /// <summary>Makes conversations that leave no trace: the gateway's own, at its start.</summary>
    internal IConversationFactory Silent => new SilentFactory(this);

    /// <inheritdoc/>
    public ValueTask<ConversationSession> CreateAsync(string callId, AgentDefinition agent, CancellationToken cancellationToken) =>
        CreateAsync(agent, callId, loggerFactory, cancellationToken);

    private async ValueTask<ConversationSession> CreateAsync(
        AgentDefinition agent, string? loggedAs, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        IChatClient? own = agent.Llm.Provider == ApplicationProvider ? ApplicationClient(agent) : null;
        LlmSelection selection = await models.SelectAsync(agent, own, cancellationToken);
        return new ConversationSession(new ConversationContext
        {
            Agent = agent,
            VoiceActivity = engines.VoiceActivity,
            EndOfTurn = engines.EndOfTurn,
            Recognizer = await engines.GetRecognizerAsync(agent, cancellationToken),
            Synthesizer = await engines.GetSynthesizerAsync(agent, cancellationToken),
            ChatClient = selection.Client,
            FallbackChatClient = selection.Fallback,
            Tools = [.. tools.Create(agent), .. application.Tools],
            Phrases = _phrases,
            Log = loggedAs is null ? null : logs.Create(loggedAs, agent.Name),
            FinalTimes = _finalTimes,
            TimeProvider = time,
            Logger = loggers.CreateLogger<ConversationSession>(),
        });
    }

    private IChatClient ApplicationClient(AgentDefinition agent)
    {
        lock (_lock)
        {
            if (_applicationClients.TryGetValue(agent.Name, out IChatClient? client))
                return client;
            if (!application.ChatClients.TryGetValue(agent.Name, out Func<IServiceProvider, IChatClient>? factory))
            {
                throw new LlmException(
                    LlmException.Unavailable,
                    $"The agent {agent.Name} says llm.provider: host, but the application registered no chat client for it with AddChatClient.");
            }

            return _applicationClients[agent.Name] = factory(services);
        }
    }

    private sealed class SilentFactory(ConversationFactory factory) : IConversationFactory
    {
        public ValueTask<ConversationSession> CreateAsync(string callId, AgentDefinition agent, CancellationToken cancellationToken) =>
            factory.CreateAsync(agent, loggedAs: null, NullLoggerFactory.Instance, cancellationToken);
    }
}
