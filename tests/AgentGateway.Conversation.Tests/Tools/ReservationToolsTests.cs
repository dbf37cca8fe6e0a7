using System.Text.Json;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Tests.Agents;
using AgentGateway.Conversation.Tools;
using AgentGateway.Testing.Conversation;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Tests.Tools;

/// <summary>The receptionist's book: Tuesday to Sunday 12:00-22:00, 40 seats, parties up to 8, last seating 21:00.</summary>
public sealed class ReservationToolsTests
{
    private static readonly AgentDefinition Agent = AgentFiles.Repository().Agents["receptionist"];

    // A Wednesday, 15:00.
    private readonly BuiltinTools _tools = new(new ManualTimeProvider(new DateTimeOffset(2026, 11, 18, 15, 0, 0, TimeSpan.Zero)));

    [Theory]
    [InlineData("2026-11-19", "19:30", 4, null)]
    [InlineData("2026-11-18", "15:30", 1, null)]
    [InlineData("2026-11-19", "12:00", 8, null)]
    [InlineData("2026-11-19", "21:00", 2, null)]
    [InlineData("2026-11-19", "9:30", 2, "closed_time")]
    [InlineData("2026-11-19", "21:01", 2, "closed_time")]
    [InlineData("2026-11-19", "11:59", 2, "closed_time")]
    [InlineData("2026-11-23", "19:00", 2, "closed_day")]
    [InlineData("2026-11-18", "14:59", 2, "in_the_past")]
    [InlineData("2027-11-18", "19:00", 2, "too_far_ahead")]
    [InlineData("2026-11-19", "19:00", 9, "party_too_large")]
    [InlineData("2026-11-19", "19:00", 0, "invalid_arguments")]
    [InlineData("tomorrow", "19:00", 2, "invalid_arguments")]
    [InlineData("2026-11-19", "seven", 2, "invalid_arguments")]
    [InlineData("2026-02-30", "19:00", 2, "invalid_arguments")]
    public async Task Rules_are_kept(string date, string time, int party, string? error)
    {
        ToolResult booked = await CallAsync("book_table", date, time, party, "Ann");
        ToolResult checkedOnly = await CallAsync("check_table", date, time, party, null);
        Assert.Equal(error, Error(booked));
        Assert.Equal(error, Error(checkedOnly));
    }

    [Fact]
    public async Task The_house_fills_up_and_empties_again()
    {
        for (int i = 0; i < 5; i++)
            Assert.Null(Error(await CallAsync("book_table", "2026-11-19", "19:00", 8, $"Guest {i}")));
        Assert.Equal("full", Error(await CallAsync("book_table", "2026-11-19", "20:59", 1, "Late")));
        Assert.Equal("full", Error(await CallAsync("check_table", "2026-11-19", "17:30", 1, null)));
        Assert.Null(Error(await CallAsync("book_table", "2026-11-19", "21:00", 8, "After")));
        Assert.Null(Error(await CallAsync("book_table", "2026-11-19", "17:00", 8, "Before")));
    }

    [Fact]
    public async Task Asking_twice_books_once()
    {
        ToolResult first = await CallAsync("book_table", "2026-11-19", "19:00", 8, "Ann");
        ToolResult second = await CallAsync("book_table", "2026-11-19", "19:00", 8, "ANN");
        Assert.Equal(first.Json.GetProperty("reservation").GetString(), second.Json.GetProperty("reservation").GetString());
        Assert.NotEqual(
            first.Json.GetProperty("reservation").GetString(),
            (await CallAsync("book_table", "2026-11-19", "19:00", 8, "Bob")).Json.GetProperty("reservation").GetString());
    }

    [Fact]
    public async Task Arguments_are_checked_against_the_schema()
    {
        AgentFunction book = Tool("book_table");
        var result = (ToolResult)(await book.InvokeAsync(new AIFunctionArguments(new Dictionary<string, object?> { ["party_size"] = 2, ["date"] = "2026-11-19", ["time"] = "19:00" })))!;
        Assert.Equal("arguments.name is required", result.Json.GetProperty("message").GetString());
        result = (ToolResult)(await book.InvokeAsync(new AIFunctionArguments(new Dictionary<string, object?>
        {
            ["party_size"] = 2, ["date"] = "2026-11-19", ["time"] = "19:00", ["name"] = "Ann", ["table"] = 4,
        })))!;
        Assert.Equal("arguments.table is not an argument; the arguments are party_size, date, time, name", result.Json.GetProperty("message").GetString());
    }

    [Fact]
    public async Task The_clock_tells_the_time_in_words()
    {
        var definition = new ToolDefinition
        {
            Name = "now", Description = "x", Parameters = JsonDocument.Parse("{}").RootElement, Binding = new ToolBinding { Builtin = "current_time" },
        };
        var result = (ToolResult)(await _tools.Create(Agent, definition).InvokeAsync([]))!;
        Assert.Equal("""{"date":"2026-11-18","time":"15:00","weekday":"Wednesday","spoken":"three in the afternoon"}""", result.Json.GetRawText());
    }

    private static string? Error(ToolResult result) => result.Json.TryGetProperty("error", out JsonElement error) ? error.GetString() : null;

    private AgentFunction Tool(string name) => _tools.Create(Agent, Agent.Tools.Single(tool => tool.Name == name));

    private async Task<ToolResult> CallAsync(string tool, string date, string time, int party, string? name)
    {
        Dictionary<string, object?> arguments = new() { ["date"] = date, ["time"] = time, ["party_size"] = party };
        if (name is not null)
            arguments["name"] = name;
        return (ToolResult)(await Tool(tool).InvokeAsync(new AIFunctionArguments(arguments)))!;
    }
}
