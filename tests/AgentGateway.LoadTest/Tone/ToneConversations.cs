using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Session;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AgentGateway.LoadTest.Tone;

/// <summary>Conversations whose greeting takes longer than any measurement.</summary>
/// <param name="voiceActivity">What listens.</param>
/// <param name="ownTones">Whether each call has a tone of its own, so that no packet of one can be sent by another.</param>
internal sealed class ToneConversations(IVoiceActivityModel voiceActivity, bool ownTones) : IConversationFactory, IAsyncDisposable
{
    // Between 200 and 3190 Hz, where voices are.
    private const int LowestTone = 200;
    private const int ToneStep = 10;
    private const int Tones = 300;

    private readonly DeafRecognizer _recognizer = new();
    private readonly ToneSynthesizer _common = new(440);
    private int _calls;
    private readonly NoChatClient _chat = new();
    private readonly ProblemLogger _problems = new();

    internal static AgentDefinition Agent { get; } = new()
    {
        Name = "tone",
        DisplayName = "Tone",
        Version = "0",
        Mode = AgentMode.Conversation,
        Greeting = string.Join(' ', Enumerable.Repeat("This sentence stands for five seconds of a tone.", 40)),
        Turn = new TurnOptions { BargeIn = false, GreetingInterruptible = false },
    };

    public ValueTask<ConversationSession> CreateAsync(string callId, AgentDefinition agent, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ConversationSession(new ConversationContext
        {
            Agent = agent,
            VoiceActivity = voiceActivity,
            Recognizer = _recognizer,
            Synthesizer = ownTones ? new ToneSynthesizer(LowestTone + (Interlocked.Increment(ref _calls) % Tones * ToneStep)) : _common,
            ChatClient = _chat,
            Logger = _problems,
        }));

    public async ValueTask DisposeAsync()
    {
        await _recognizer.DisposeAsync();
        await _common.DisposeAsync();
        _chat.Dispose();
    }

    /// <summary>What goes wrong in a conversation would falsify the measurement: it is said on the error output.</summary>
    private sealed class ProblemLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                Console.Error.WriteLine($"{formatter(state, exception)} {exception}");
        }
    }

    /// <summary>Is not asked, because the greeting does not end before the call.</summary>
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
