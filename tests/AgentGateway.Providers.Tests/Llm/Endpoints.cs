using AgentGateway.Providers.Llm;
using AgentGateway.Providers.Resilience;
using AgentGateway.Testing.Conversation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Providers.Tests.Llm;

/// <summary>Endpoints A, B, C on a virtual clock, asked as the options say.</summary>
internal sealed class Endpoints
{
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(8);

    private readonly ProviderCircuit[] _circuits;
    private readonly Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> _ask;

    public Endpoints(int count = 2, int hedgePercent = 0, TimeSpan? hedgeAfter = null, LlmResilienceOptions? options = null)
    {
        // Continuations run where time is moved, as far as possible.
        SynchronizationContext.SetSynchronizationContext(null);
        options ??= new LlmResilienceOptions { Retries = 0 };
        Models = [.. Enumerable.Range(0, count).Select(_ => new ScriptedChatClient(Time))];
        _circuits = [.. "ABCDE"[..count].Select(name => new ProviderCircuit("llm", name.ToString(), options.Circuit, LlmResilience.IsTrouble, Time, NullLogger.Instance))];
        var client = new ResilientChatClient(
            [.. Models.Select((model, i) => new LlmRoute(model, new LlmResilience(options, _circuits[i], Time)))],
            hedgePercent > 0 ? new HedgeRule(new HedgeBudget(), hedgePercent, hedgeAfter ?? TimeSpan.FromMilliseconds(1500)) : null,
            Budget,
            Time);
        _ask = token => client.GetStreamingResponseAsync(Replies.Ask(), null, token);
    }

    public ManualTimeProvider Time { get; } = new();

    public ScriptedChatClient[] Models { get; }

    public ScriptedChatClient A => Models[0];

    public ScriptedChatClient B => Models[1];

    public ScriptedChatClient C => Models[2];

    /// <summary>How often each was asked, as "2 1".</summary>
    public string Asked => string.Join(' ', Models.Select(model => model.Requests.Count));

    public ProviderHealth Health(int index) => _circuits[index].Health;

    /// <summary>The text of a reply, or the code of its failure behind what was said before.</summary>
    public async Task<string> AskAsync(CancellationToken cancellationToken = default)
    {
        string text = "";
        try
        {
            await foreach (ChatResponseUpdate update in _ask(cancellationToken))
                text += update.Text;
            return text;
        }
        catch (Conversation.Ports.LlmException e)
        {
            return $"{text}[{e.Code}]";
        }
    }

    /// <summary>Asks, lets time go on once, and waits for the answer without letting it go on any more.</summary>
    public async Task<string> AnswerAsync(TimeSpan time = default)
    {
        Task<string> answer = AskAsync();
        Time.Advance(time);
        return await answer.WaitAsync(Replies.Limit);
    }

    /// <summary>Waits until a model waits, then lets that time pass.</summary>
    public async Task PassAsync(ScriptedChatClient model, int pause, TimeSpan time)
    {
        await UntilAsync(() => model.Pauses == pause);
        Time.Advance(time);
    }

    /// <summary>Waits for what follows from something that happened already: hedging ends its timers on other threads.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        CancellationToken limit = Replies.Limit;
        while (!condition())
        {
            limit.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
