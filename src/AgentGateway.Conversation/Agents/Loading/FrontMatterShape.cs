using AgentGateway.Conversation.Agents.Documents;

namespace AgentGateway.Conversation.Agents.Loading;

/// <summary>The front matter of agent.md, key by key. prompts/agent.schema.json is written from this.</summary>
internal static class FrontMatterShape
{
    private static readonly AgentDefinition Empty = new() { Name = "", DisplayName = "", Version = "" };

    private static readonly TextShape Phrase = new(300);

    private static readonly ObjectShape<LlmFallback> LlmFallback = new ObjectShape<LlmFallback>(() => new LlmFallback())
        .Key(
            "provider",
            new ChoiceShape<string>(("openai", "openai"), ("ollama", "ollama")),
            (o, v) => o with { Provider = v },
            "openai: any OpenAI-compatible endpoint. Default: openai.")
        .Key("model", new TextShape(200), (o, v) => o with { Model = v }, "The model's name as the endpoint knows it. Default: the configured one.")
        .Key("base_url", new HttpUrlShape(), (o, v) => o with { BaseUrl = v }, "Base URL of the endpoint. Default: the configured one.");

    private static readonly ObjectShape<LlmOptions> Llm = new ObjectShape<LlmOptions>(() => new LlmOptions())
        .Key(
            "provider",
            new ChoiceShape<string>(("auto", "auto"), ("script", "script"), ("openai", "openai"), ("ollama", "ollama"), ("host", "host")),
            (o, v) => o with { Provider = v },
            "auto: a configured endpoint or key, else an Ollama on this machine, else the script. host: the chat client of the hosting application. Default: auto.")
        .Key("model", new TextShape(200), (o, v) => o with { Model = v }, "The model's name as the endpoint knows it. Default: the configured one.")
        .Key(
            "base_url",
            new HttpUrlShape(),
            (o, v) => o with { BaseUrl = v },
            "Base URL of an OpenAI-compatible endpoint. A configured key is sent only to the endpoint it was configured for.")
        .Key("temperature", new NumberShape(0, 2), (o, v) => o with { Temperature = v }, "Sampling temperature. Default: the endpoint's.")
        .Key("max_output_tokens", new IntegerShape(1, 4096), (o, v) => o with { MaxOutputTokens = v }, "Longest reply. Default: 512.")
        .Key(
            "first_token_timeout_ms",
            new MillisecondsShape(200, 60_000),
            (o, v) => o with { FirstTokenTimeout = v },
            "How long to wait for the first token, retries and fallbacks included. Default: 8000.")
        .Key(
            "fallbacks",
            new ListShape<LlmFallback>(LlmFallback, 4),
            (o, v) => o with { Fallbacks = v },
            "Models that are asked, in this order, when the one before failed before its first word; the script comes after them. Default: none.")
        .Key(
            "hedge_percent",
            new IntegerShape(0, 100),
            (o, v) => o with { HedgePercent = v },
            "In how many of 100 requests at most the next model is asked, too, when one takes longer than it does in 95 of 100 cases; the first word wins. Default: 0, never.")
        .Key(
            "hedge_after_ms",
            new MillisecondsShape(50, 60_000),
            (o, v) => o with { HedgeAfter = v },
            "How long a model is waited for while it is not known how long it usually takes. Default: 1500.");

    private static readonly ObjectShape<RecognizerOptions> Stt = new ObjectShape<RecognizerOptions>(() => new RecognizerOptions())
        .Key(
            "provider",
            new ChoiceShape<string>(("auto", "auto"), ("sherpa", "sherpa"), ("whisper", "whisper"), ("pocketsphinx", "pocketsphinx")),
            (o, v) => o with { Provider = v },
            "Which engine listens. Default: auto.")
        .Key(
            "fallbacks",
            new ListShape<string>(new ChoiceShape<string>(("sherpa", "sherpa"), ("whisper", "whisper"), ("pocketsphinx", "pocketsphinx")), 3),
            (o, v) => o with { Fallbacks = v },
            "Engines that listen, in this order, when the one before cannot. Default: none.")
        .Key("readable", new FlagShape(), (o, v) => o with { Readable = v }, "Whether text without case, punctuation and digits is made readable. Default: true.")
        .Key("hints", new ListShape<string>(new TextShape(100), 100), (o, v) => o with { Hints = v }, "Words that are likely to be said.");

    private static readonly ObjectShape<SynthesizerOptions> Tts = new ObjectShape<SynthesizerOptions>(() => new SynthesizerOptions())
        .Key(
            "provider",
            new ChoiceShape<string>(("auto", "auto"), ("flite", "flite"), ("espeak", "espeak")),
            (o, v) => o with { Provider = v },
            "Which engine speaks. Default: auto.")
        .Key(
            "fallbacks",
            new ListShape<string>(new ChoiceShape<string>(("flite", "flite"), ("espeak", "espeak")), 3),
            (o, v) => o with { Fallbacks = v },
            "Engines that speak, in this order and with their own voices, when the one before failed before its first sample. Default: none.")
        .Key("voice", new TextShape(100), (o, v) => o with { Voice = v }, "The voice as the engine names it. Default: the engine's.")
        .Key("rate", new NumberShape(0.5, 2), (o, v) => o with { Rate = v }, "Speaking rate; 1 is normal. Default: 1.");

    private static readonly ObjectShape<TurnOptions> Turn = new ObjectShape<TurnOptions>(() => new TurnOptions())
        .Key("min_ms", new MillisecondsShape(50, 5000), (o, v) => o with { MinDelay = v }, "Least time from the end of speech to the end of the turn. Default: 300.")
        .Key("max_ms", new MillisecondsShape(50, 10_000), (o, v) => o with { MaxDelay = v }, "Most time from the end of speech to the end of the turn. Default: 2500.")
        .Key("activation", new NumberShape(0.05, 0.99), (o, v) => o with { ActivationThreshold = v }, "Speech probability at which speech begins. Default: 0.5.")
        .Key("release", new NumberShape(0.01, 0.99), (o, v) => o with { ReleaseThreshold = v }, "Speech probability below which speech ends. Default: 0.35.")
        .Key("start_speech_ms", new MillisecondsShape(20, 2000), (o, v) => o with { StartSpeech = v }, "Speech needed to open a turn. Default: 200.")
        .Key("end_silence_ms", new MillisecondsShape(20, 2000), (o, v) => o with { EndSilence = v }, "Silence after which speech has ended. Default: 200.")
        .Key(
            "listen",
            ListeningContextShape.Instance,
            (o, v) => o with { Listen = v },
            "What callers say: auto (guessed from the agent's last question), open, digits, phone, email, spelling or address. Default: auto.")
        .Key("learn_pauses", new FlagShape(), (o, v) => o with { LearnPauses = v }, "Whether to wait longer for callers who pause inside their sentences. Default: true.")
        .Key("barge_in", new FlagShape(), (o, v) => o with { BargeIn = v }, "Whether the caller may interrupt the agent. Default: true.")
        .Key("min_barge_in_ms", new MillisecondsShape(60, 5000), (o, v) => o with { MinBargeInSpeech = v }, "Speech that interrupts the agent by its length alone. Default: 500.")
        .Key("speculate", new FlagShape(), (o, v) => o with { Speculate = v }, "Whether the model is asked before the turn is certainly over; answers to turns that went on are thrown away. Default: true.")
        .Key("max_silence_ms", new MillisecondsShape(0, 60_000), (o, v) => o with { MaxSilence = v }, "The longest silence while an answer is owed, before a filler is said; 0: no limit. Default: 4000.")
        .Key("idle_ms", new MillisecondsShape(0, 600_000), (o, v) => o with { IdlePrompt = v }, "Silence of the caller before the agent asks whether they are there; 0: never. Default: 8000.")
        .Key("idle_again_ms", new MillisecondsShape(1000, 600_000), (o, v) => o with { IdlePromptAgain = v }, "Silence before it asks again, and then before it says goodbye. Default: 20000.")
        .Key("max_turn_ms", new MillisecondsShape(2000, 600_000), (o, v) => o with { MaxTurn = v }, "A turn longer than this is answered although the caller goes on. Default: 60000.")
        .Key("max_call_ms", new MillisecondsShape(0, 86_400_000), (o, v) => o with { MaxCall = v }, "The longest call; the caller is warned a minute before; 0: no limit. Default: 3600000.")
        .Key("greeting_interruptible", new FlagShape(), (o, v) => o with { GreetingInterruptible = v }, "Whether the greeting may be interrupted. Default: true.");

    private static readonly ObjectShape<PhraseOptions> Phrases = new ObjectShape<PhraseOptions>(() => new PhraseOptions())
        .Key("not_understood", Phrase, (o, v) => o with { NotUnderstood = v }, "The caller was heard, but no words were recognised.")
        .Key("filler", Phrase, (o, v) => o with { Filler = v }, "The answer takes longer than turn.max_silence_ms.")
        .Key("filler_again", Phrase, (o, v) => o with { FillerAgain = v }, "It still does.")
        .Key("still_there", Phrase, (o, v) => o with { StillThere = v }, "The caller said nothing for turn.idle_ms.")
        .Key("still_there_again", Phrase, (o, v) => o with { StillThereAgain = v }, "The caller still says nothing after turn.idle_again_ms.")
        .Key("idle_goodbye", Phrase, (o, v) => o with { IdleGoodbye = v }, "The call ends because nobody is there.")
        .Key("time_warning", Phrase, (o, v) => o with { TimeWarning = v }, "A minute before turn.max_call_ms.")
        .Key("time_up", Phrase, (o, v) => o with { TimeUp = v }, "The call ends because of turn.max_call_ms.");

    private static readonly ObjectShape<AudioOptions> Audio = new ObjectShape<AudioOptions>(() => new AudioOptions())
        .Key("echo_defence", new FlagShape(), (o, v) => o with { EchoDefence = v }, "Whether the agent's voice, coming back from a loudspeaker, is taken out. Default: true.")
        .Key("denoise", new FlagShape(), (o, v) => o with { Denoise = v }, "Whether steady noise is lowered: with mode echo in what people hear, else in what the recogniser hears. Default: false.")
        .Key("normalize_level", new FlagShape(), (o, v) => o with { NormalizeLevel = v }, "Whether quiet and loud voices are brought to a usual level. Default: true.");

    /// <summary>The whole front matter.</summary>
    public static readonly ObjectShape<AgentDefinition> Instance = new ObjectShape<AgentDefinition>(() => Empty)
        .Key("display_name", new TextShape(80), (o, v) => o with { DisplayName = v }, "A name for people.", required: true)
        .Key("description", new TextShape(300), (o, v) => o with { Description = v }, "One sentence for people who choose an agent.")
        .Key(
            "mode",
            new ChoiceShape<AgentMode>(("conversation", AgentMode.Conversation), ("echo", AgentMode.Echo), ("echo-relay", AgentMode.EchoRelay)),
            (o, v) => o with { Mode = v },
            "conversation: talks. echo: decodes, buffers, encodes and returns the audio. echo-relay: returns the packets. Default: conversation.")
        .Key(
            "language",
            new TextShape(35, 2, "^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$", "a language such as en or de-DE"),
            (o, v) => o with { Language = v },
            "BCP 47 language that the agent speaks and hears. Default: en.")
        .Key("time_zone", new TimeZoneShape(), (o, v) => o with { TimeZone = v }, "IANA time zone that decides what 'tomorrow' means. Default: the server's.")
        .Key("apology", new TextShape(300), (o, v) => o with { Apology = v }, "Said when neither a language model nor the script can answer.")
        .Key("phrases", Phrases, (o, v) => o with { Phrases = v }, "What it says when no model is asked. Default: sentences in English or, with language de, in German.")
        .Key("llm", Llm, (o, v) => o with { Llm = v }, "The language model.")
        .Key("stt", Stt, (o, v) => o with { Stt = v }, "Speech to text.")
        .Key("tts", Tts, (o, v) => o with { Tts = v }, "Text to speech.")
        .Key("audio", Audio, (o, v) => o with { Audio = v }, "What is done to the caller's audio.")
        .Key("turn", Turn, (o, v) => o with { Turn = v }, "Turn-taking.");
}
