using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Script.Language;

namespace AgentGateway.Conversation.Tools.Builtin;

/// <summary>Ends the call once the reply was heard.</summary>
internal sealed class EndCallFunction(ToolDefinition definition) : AgentFunction(definition)
{
    public override bool EndsCall => true;

    protected override ValueTask<ToolResult> RunAsync(JsonElement arguments, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ToolResult.Ok(new JsonObject { ["ok"] = true }));
}

/// <summary>Day and time where the agent is.</summary>
internal sealed class CurrentTimeFunction(ToolDefinition definition, TimeProvider time, TimeZoneInfo? zone) : AgentFunction(definition)
{
    protected override ValueTask<ToolResult> RunAsync(JsonElement arguments, CancellationToken cancellationToken)
    {
        DateTime now = LocalClock.Now(time, zone);
        return ValueTask.FromResult(ToolResult.Ok(new JsonObject
        {
            ["date"] = now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["time"] = now.ToString("HH:mm", CultureInfo.InvariantCulture),
            ["weekday"] = now.DayOfWeek.ToString(),
            ["spoken"] = SpokenEnglish.Time(TimeOnly.FromDateTime(now)),
        }));
    }
}

/// <summary>Books a table.</summary>
internal sealed class BookFunction(ToolDefinition definition, ReservationBook book, TimeProvider time, TimeZoneInfo? zone) : AgentFunction(definition)
{
    protected override ValueTask<ToolResult> RunAsync(JsonElement arguments, CancellationToken cancellationToken)
    {
        if (ReservationRequest.Read(arguments, out ReservationRequest request) is { } problem)
            return ValueTask.FromResult(problem);
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 80)
            return ValueTask.FromResult(ToolResult.Error("invalid_arguments", "name must be the guest's name, 1 to 80 characters"));
        (Reservation? reservation, Refusal? refusal) = book.Book(LocalClock.Now(time, zone), request.At, request.PartySize, request.Name.Trim());
        return ValueTask.FromResult(refusal is not null
            ? ToolResult.Error(refusal.Code, refusal.Message)
            : ToolResult.Ok(new JsonObject
            {
                ["reservation"] = reservation!.Code,
                ["date"] = request.At.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["time"] = request.At.ToString("HH:mm", CultureInfo.InvariantCulture),
                ["weekday"] = request.At.DayOfWeek.ToString(),
                ["party_size"] = reservation.PartySize,
                ["name"] = reservation.Name,
            }));
    }
}

/// <summary>Says whether a table could be had.</summary>
internal sealed class CheckFunction(ToolDefinition definition, ReservationBook book, TimeProvider time, TimeZoneInfo? zone) : AgentFunction(definition)
{
    protected override ValueTask<ToolResult> RunAsync(JsonElement arguments, CancellationToken cancellationToken)
    {
        if (ReservationRequest.Read(arguments, out ReservationRequest request) is { } problem)
            return ValueTask.FromResult(problem);
        Refusal? refusal = book.Check(LocalClock.Now(time, zone), request.At, request.PartySize);
        return ValueTask.FromResult(refusal is not null
            ? ToolResult.Error(refusal.Code, refusal.Message)
            : ToolResult.Ok(new JsonObject { ["available"] = true, ["weekday"] = request.At.DayOfWeek.ToString() }));
    }
}

/// <summary>What the reservation tools are asked.</summary>
internal readonly record struct ReservationRequest(DateTime At, int PartySize, string Name)
{
    /// <summary>Reads the arguments; an error that tells the model what is expected, or null.</summary>
    public static ToolResult? Read(JsonElement arguments, out ReservationRequest request)
    {
        request = default;
        if (!DateOnly.TryParseExact(Text(arguments, "date"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
            return ToolResult.Error("invalid_arguments", "date must be a day such as 2026-03-28");
        if (!TimeOnly.TryParseExact(Text(arguments, "time"), ["HH:mm", "H:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time))
            return ToolResult.Error("invalid_arguments", "time must be a time of day such as 19:30");
        if (!arguments.TryGetProperty("party_size", out JsonElement size) || size.ValueKind != JsonValueKind.Number || !size.TryGetInt32(out int party))
            return ToolResult.Error("invalid_arguments", "party_size must be a whole number");
        request = new ReservationRequest(date.ToDateTime(time), party, Text(arguments, "name") ?? "");
        return null;
    }

    private static string? Text(JsonElement arguments, string name) =>
        arguments.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Wall-clock time where an agent is.</summary>
internal static class LocalClock
{
    public static DateTime Now(TimeProvider time, TimeZoneInfo? zone) =>
        TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone ?? time.LocalTimeZone).DateTime;
}
