using System.Text.Json;
using AgentGateway.Conversation.Agents;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Tools;

/// <summary>
/// A tool of an agent's file that the tool loop can run. The arguments were checked against the file's JSON Schema
/// before <see cref="RunAsync"/> is called; errors are results, so that the model can react to them.
/// </summary>
public abstract class AgentFunction : AIFunction
{
    /// <summary>Creates the function.</summary>
    protected AgentFunction(ToolDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        Definition = definition;
    }

    /// <summary>The tool as its file describes it.</summary>
    public ToolDefinition Definition { get; }

    /// <summary>Whether a successful call ends the phone call once the reply was heard.</summary>
    public virtual bool EndsCall => false;

    /// <inheritdoc/>
    public override string Name => Definition.Name;

    /// <inheritdoc/>
    public override string Description => Definition.Description;

    /// <inheritdoc/>
    public override JsonElement JsonSchema => Definition.Parameters;

    /// <summary>Runs the tool.</summary>
    /// <param name="arguments">A JSON object that satisfies the tool's schema as far as <see cref="ToolArguments"/> checks it.</param>
    /// <param name="cancellationToken">The tool's time limit, or the end of the turn.</param>
    protected abstract ValueTask<ToolResult> RunAsync(JsonElement arguments, CancellationToken cancellationToken);

    /// <summary>Checks the arguments and runs the tool; the result is a <see cref="ToolResult"/>.</summary>
    protected sealed override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        JsonElement json = ToolArguments.ToJson(arguments);
        return ToolArguments.Check(json, Definition.Parameters) is { } problem
            ? ToolResult.Error("invalid_arguments", problem)
            : await RunAsync(json, cancellationToken).ConfigureAwait(false);
    }
}
