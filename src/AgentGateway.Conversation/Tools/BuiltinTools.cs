using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Agents.Documents;
using AgentGateway.Conversation.Tools.Builtin;

namespace AgentGateway.Conversation.Tools;

/// <summary>
/// The functions that tools can bind to without any server. One instance per process: it holds the reservation books, which all
/// calls of an agent share. Thread-safe.
/// </summary>
public sealed class BuiltinTools
{
    internal const string EndCall = "end_call";
    internal const string CurrentTime = "current_time";
    internal const string Book = "reservations.book";
    internal const string Check = "reservations.check";

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ReservationBook> _books = new(StringComparer.Ordinal);

    /// <summary>Creates the functions; reservation books are empty.</summary>
    /// <param name="time">The clock; the system's by default.</param>
    public BuiltinTools(TimeProvider? time = null) => _time = time ?? TimeProvider.System;

    /// <summary>The functions' names.</summary>
    public static IReadOnlyList<string> Names { get; } = [EndCall, CurrentTime, Book, Check];

    /// <summary>The function a tool is bound to.</summary>
    /// <exception cref="ArgumentException">The tool is bound to something else, or to an unknown function (the loader refuses those).</exception>
    public AgentFunction Create(AgentDefinition agent, ToolDefinition tool)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(tool);
        return tool.Binding.Builtin switch
        {
            EndCall => new EndCallFunction(tool),
            CurrentTime => new CurrentTimeFunction(tool, _time, agent.TimeZone),
            Book => new BookFunction(tool, BookOf(agent), _time, agent.TimeZone),
            Check => new CheckFunction(tool, BookOf(agent), _time, agent.TimeZone),
            _ => throw new ArgumentException($"There is no built-in function '{tool.Binding.Builtin}'.", nameof(tool)),
        };
    }

    internal static void CheckSettings(string name, MappingNode? settings, ProblemList problems)
    {
        if (settings is null)
            return;
        if (name is Book or Check)
            ReservationSettingsShape.Instance.TryBind(settings, problems, out _);
        else
            problems.Add(settings.Position, $"the built-in function '{name}' has no settings");
    }

    private ReservationBook BookOf(AgentDefinition agent)
    {
        // The book outlives a reload of the agent's file; its rules are those of the newest file.
        ReservationSettings settings = ReservationSettingsShape.From(agent);
        lock (_lock)
        {
            if (!_books.TryGetValue(agent.Name, out ReservationBook? book))
                _books.Add(agent.Name, book = new ReservationBook(settings));
            book.Settings = settings;
            return book;
        }
    }
}
