using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Speech;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Conversation.Session;

/// <summary>Everything one conversation needs. Engines and clients are shared by many conversations; a session disposes none of them.</summary>
public sealed record ConversationContext
{
    /// <summary>The agent that answers.</summary>
    public required AgentDefinition Agent { get; init; }

    /// <summary>Voice activity.</summary>
    public required IVoiceActivityModel VoiceActivity { get; init; }

    /// <summary>Hears whether a turn is over; null to judge by text and time alone.</summary>
    public IEndOfTurnModel? EndOfTurn { get; init; }

    /// <summary>Speech to text.</summary>
    public required ISpeechRecognizer Recognizer { get; init; }

    /// <summary>Text to speech.</summary>
    public required ISpeechSynthesizer Synthesizer { get; init; }

    /// <summary>The language model, without a tool loop: the session runs the tools.</summary>
    public required IChatClient ChatClient { get; init; }

    /// <summary>Answers when <see cref="ChatClient"/> failed before it said anything; null when there is none.</summary>
    public IChatClient? FallbackChatClient { get; init; }

    /// <summary>Tools the model may call.</summary>
    public IReadOnlyList<AITool> Tools { get; init; } = [];

    /// <summary>Speech of fixed phrases, shared by all conversations; null keeps none.</summary>
    public PhraseCache? Phrases { get; init; }

    /// <summary>What the agent says when no model is asked; null for the defaults of the agent's language.</summary>
    public ConversationPhrases? Sentences { get; init; }

    /// <summary>Where the call is written down so that it can be replayed; null for nowhere. It holds the words of the call.</summary>
    public ICallLog? Log { get; init; }

    /// <summary>What calls learned about recognisers, shared by all conversations; null begins every call without.</summary>
    public FinalTimes? FinalTimes { get; init; }

    /// <summary>Time limits of providers.</summary>
    public ProviderLimits Limits { get; init; } = new();

    /// <summary>The one clock of the session.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the session logs; never the words of a conversation.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
