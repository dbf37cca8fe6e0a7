using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Tools;

/// <summary>The calls of one round: run at once, reported one at a time, results in the order of the calls.</summary>
internal sealed class ToolBatch
{
    private readonly ToolRunner _runner;
    private readonly IReadOnlyList<FunctionCallContent> _calls;
    private readonly AIFunction?[] _functions;
    private readonly FunctionResultContent[] _results;
    private readonly IToolLoopObserver? _observer;
    private readonly TimeProvider _time;

    public ToolBatch(
        ToolRunner runner, IReadOnlyList<FunctionCallContent> calls, IList<AITool>? tools, IToolLoopObserver? observer, TimeProvider time)
    {
        _runner = runner;
        _calls = calls;
        _observer = observer;
        _time = time;
        _results = new FunctionResultContent[calls.Count];
        _functions = [.. calls.Select(call => tools?.OfType<AIFunction>().FirstOrDefault(tool => tool.Name == call.Name))];
    }

    /// <summary>What to say before the tools run, when the model said nothing; the first tool that wants something said.</summary>
    public string? SayBefore => Definitions.Select(definition => definition.SayBefore).FirstOrDefault(text => text is not null);

    /// <summary>The results, in the order of the calls; complete once <see cref="RunAsync"/> ended.</summary>
    public IReadOnlyList<FunctionResultContent> Results => _results;

    private IEnumerable<Agents.ToolDefinition> Definitions =>
        _functions.OfType<AgentFunction>().Select(function => function.Definition);

    /// <summary>Runs all calls; yields a filler to speak when one takes long.</summary>
    public async IAsyncEnumerable<string> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<Task> pending = [];
        Dictionary<Task, int> indexes = [];
        using var fillerStop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            for (int i = 0; i < _calls.Count; i++)
            {
                FunctionCallContent call = _calls[i];
                string arguments = ToolRunner.ArgumentsJson(call);
                _observer?.ToolCallStarted(call.CallId, call.Name, arguments);
                Task<ToolResult> task = _runner.RunAsync(call, arguments, _functions[i], i, cancellationToken);
                pending.Add(task);
                indexes.Add(task, i);
            }

            Agents.ToolDefinition? withFiller = Definitions.Where(definition => definition.Filler is not null).MinBy(definition => definition.FillerAfter);
            Task? fillerTimer = withFiller is null ? null : Task.Delay(withFiller.FillerAfter, _time, fillerStop.Token);
            while (pending.Count > 0)
            {
                Task done = await Task.WhenAny(fillerTimer is null ? pending : [.. pending, fillerTimer]).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (done == fillerTimer)
                {
                    fillerTimer = null;
                    yield return withFiller!.Filler!;
                    continue;
                }

                pending.Remove(done);
                Complete(indexes[done], await ((Task<ToolResult>)done).ConfigureAwait(false));
            }
        }
        finally
        {
            await fillerStop.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Complete(int index, ToolResult result)
    {
        FunctionCallContent call = _calls[index];
        _results[index] = new FunctionResultContent(call.CallId, result.Json);
        _observer?.ToolCallCompleted(call.CallId, call.Name, JsonSerializer.Serialize(result.Json), result.Failed);
        if (!result.Failed && _functions[index] is AgentFunction { EndsCall: true })
            _observer?.EndCallRequested();
    }
}
