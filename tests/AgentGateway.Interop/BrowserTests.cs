using System.Text.Json;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Log.Replay;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Interop.Support;
using AgentGateway.Testing;
using AgentGateway.Testing.Conversation;

namespace AgentGateway.Interop;

/// <summary>Headless Chromium drives the console page. Its caller speaks when the agent is heard or silent, never when a time has come: machines differ.</summary>
[Collection("real peers")]
public sealed class BrowserTests
{
    // Only a browser that hangs takes so long.
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    [Fact]
    public async Task On_loopback_a_caller_is_greeted_asks_interrupts_and_hangs_up()
    {
        await AssertConversationAsync(settings => GatewayProcess.StartOnLoopbackAsync(settings), [], ["--allow-loopback-in-peer-connection"]);
    }

    [Fact]
    public async Task On_an_ordinary_interface_a_stock_browser_connects_without_any_flag()
    {
        await using NetworkNamespace space = await NetworkNamespace.CreateAsync();
        await AssertConversationAsync(settings => GatewayProcess.StartAsync(settings, space.Prefix), space.Prefix, []);
    }

    [Fact]
    public async Task The_echo_agent_returns_the_voice_to_the_browser()
    {
        using var folder = new WorkFolder();
        await using GatewayProcess gateway = await GatewayProcess.StartOnLoopbackAsync();

        JsonElement result = await RunAsync(
            gateway, [], ["--allow-loopback-in-peer-connection"], "echo", folder,
            [Wait("echo"), await SayAsync(folder, "Good evening. I would like to hear my own voice."), Pause(2)]);

        AssertNoErrors(result);
        Words.AssertHeard("good evening I would like to hear my own voice", await Transcriber.TranscribeAsync(folder["heard.wav"]), 0.6);
        Assert.All(result.GetProperty("peakLevels").EnumerateArray(), level => Assert.InRange(level.GetDouble(), 20, 100));
    }

    [Fact]
    public async Task A_nod_lets_the_agent_go_on_an_interruption_does_not_and_the_log_of_the_call_replays()
    {
        using var folder = new WorkFolder();

        // A second and a half into the answer the caller agrees, and when it has gone on, interrupts. (One syllable: the small recogniser
        // takes "okay" for two words that say something now and then, and to those the agent rightly yields.)
        object[] steps =
        [
            .. await AskAsync(folder), Pause(1.5), await SayAsync(folder, "right"),
            Pause(2.2), await SayAsync(folder, "Wait a moment please. Where are you located?"), Answered,
        ];
        JsonElement result;
        await using (GatewayProcess gateway = await GatewayProcess.StartOnLoopbackAsync(LogTo(folder)))
            result = await RunAsync(gateway, [], ["--allow-loopback-in-peer-connection"], "receptionist", folder, steps);

        AssertNoErrors(result);
        (List<CallLogEntry> entries, CallTranscript transcript) = await AssertReplaysAsync(folder);
        string details = $"{string.Join('\n', transcript.Lines)}\n{result}\n{string.Join('\n', entries.Where(e => e is CallLogEntry.Command))}";

        // The answer to the first question was held for the nod, went on, and was cut by the interruption alone.
        TurnCommand[] commands = [.. entries.OfType<CallLogEntry.Command>().Select(e => e.Value)];
        int cut = Array.FindIndex(commands, c => c.Kind == TurnCommandKind.CancelReply && IsHeard(commands, c.Generation));
        Assert.True(cut >= 0, details);
        int answer = Array.FindIndex(commands, c => c.Kind == TurnCommandKind.ReportAgentStarted && c.Generation == commands[cut].Generation);
        TurnCommandKind[] between = [.. commands[answer..cut].Select(c => c.Kind).Where(k => k is TurnCommandKind.HoldPlayout or TurnCommandKind.ReleasePlayout)];
        Assert.True(between is [TurnCommandKind.HoldPlayout, TurnCommandKind.ReleasePlayout, .., TurnCommandKind.HoldPlayout], details);
        Assert.Single(transcript.Lines, line => line.IsCut);
        Assert.DoesNotContain(transcript.Lines, line => !line.IsAgent && line.Text.StartsWith("right", StringComparison.OrdinalIgnoreCase));
        Assert.True(transcript.Lines[^1] is { IsAgent: true, IsCut: false }, details);

        AssertShown(transcript, result);
    }

    private static string[] LogTo(WorkFolder folder) => ["CallLog:Enabled=true", $"CallLog:Path={folder["logs"]}"];

    // The call that the gateway logged takes the same decisions again, and keeps every promise.
    private static async Task<(List<CallLogEntry> Entries, CallTranscript Transcript)> AssertReplaysAsync(WorkFolder folder)
    {
        byte[] bytes = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(folder["logs"])));
        List<CallLogEntry> entries = [];
        CallLogReader log = Open(bytes);
        while (log.TryRead(out CallLogEntry entry))
            entries.Add(entry);
        Assert.Equal((CallLogEnd.Complete, "receptionist"), (log.End, log.Header.Agent));
        ReplayReport replay = CallReplay.Run(Open(bytes));
        Assert.True(replay.IsSame && replay.Commands > 20 && replay.Remarks.Count == 0, $"{replay}\n{string.Join('\n', entries.Where(e => e is CallLogEntry.Command))}");
        Assert.Empty(CallLogInvariants.Check(Open(bytes)));
        return (entries, CallTranscript.Of(Open(bytes)));
    }

    // What the page showed of the caller is what the log holds.
    private static void AssertShown(CallTranscript transcript, JsonElement result)
    {
        string[] shown = [.. result.GetProperty("bubbles").EnumerateArray().Where(b => b.GetProperty("side").GetString() == "user").Select(b => b.GetProperty("text").GetString()!)];
        Assert.Equal(transcript.Lines.Where(line => !line.IsAgent).Select(line => line.Text), shown);
    }

    private static bool IsHeard(TurnCommand[] commands, int generation) =>
        Array.Exists(commands, c => c.Kind == TurnCommandKind.ReportAgentStarted && c.Generation == generation);

    private static CallLogReader Open(byte[] file)
    {
        Assert.True(CallLogReader.TryOpen(file, out CallLogReader? log, out string? problem), problem);
        return log!;
    }

    private static async Task AssertConversationAsync(Func<string[], Task<GatewayProcess>> start, string[] prefix, string[] flags)
    {
        using var folder = new WorkFolder();

        // The question's answer is long enough to be interrupted two and a half seconds in.
        object[] steps = [.. await AskAsync(folder), Pause(2.5), await SayAsync(folder, "Wait a moment please. Where are you located?"), Answered];
        JsonElement result;
        string output;
        await using (GatewayProcess gateway = await start(LogTo(folder)))
        {
            result = await RunAsync(gateway, prefix, flags, "receptionist", folder, steps);
            output = $"{gateway.Log}";
        }

        AssertNoErrors(result);
        string[] states = [.. result.GetProperty("states").EnumerateArray().Select(s => s[1].GetString()!)];
        Assert.Contains("speaking", states);
        Assert.Contains("listening", states);

        (string Side, string Text, bool Cut)[] bubbles = [.. result.GetProperty("bubbles").EnumerateArray().Select(b =>
            (b.GetProperty("side").GetString()!, b.GetProperty("text").GetString()!, b.GetProperty("cut").GetBoolean()))];
        string details = $"{result}\n{output}";
        Assert.True(bubbles[0].Side == "agent", details);
        Assert.True(bubbles.Any(b => b.Side == "user" && b.Text.Contains("hours", StringComparison.OrdinalIgnoreCase)), details);
        Assert.True(bubbles.Any(b => b.Side == "agent" && b.Cut), $"nothing was interrupted: {details}");
        Assert.True(bubbles[^1].Side == "agent" && !bubbles[^1].Cut, $"the second question was not answered: {details}");
        Assert.True(result.GetProperty("interim").GetArrayLength() > 0, details);
        Assert.True(result.GetProperty("turns").GetArrayLength() >= 2, details);

        AssertShown((await AssertReplaysAsync(folder)).Transcript, result);

        // What the page shows as said is what the browser heard, the cut answer included.
        string heard = await Transcriber.TranscribeAsync(folder["heard.wav"]);
        foreach ((string side, string text, bool cut) in bubbles.Where(b => b.Side == "agent"))
            Words.AssertHeard(cut ? text.Replace("— interrupted", "", StringComparison.Ordinal) : text, heard, 0.55);
    }

    private static void AssertNoErrors(JsonElement result)
    {
        Assert.True(result.GetProperty("errors").GetArrayLength() == 0, result.ToString());
        Assert.True(result.GetProperty("alerts").GetArrayLength() == 0, result.ToString());

        // Although a message came after the end.
        Assert.Equal("ended", result.GetProperty("finalState").GetString());
    }

    /// <summary>What the page does next (tests/browser/console-call.mjs).</summary>
    internal static object Wait(string state) => new { wait = state };

    internal static object Pause(double seconds) => new { pause = seconds };

    internal static async Task<object> SayAsync(WorkFolder folder, string text) =>
        new { say = (await new SpeechTimeline().SayAsync(text)).Save(folder[$"{Guid.NewGuid():N}.wav"]) };

    private static object Answered => new { answered = 1.5 };

    // When the greeting is over; ends with the beginning of the answer.
    private static async Task<object[]> AskAsync(WorkFolder folder) =>
        [Wait("speaking"), Wait("listening"), Pause(1), await SayAsync(folder, "What are your opening hours?"), Wait("speaking")];

    private static Task<JsonElement> RunAsync(GatewayProcess gateway, string[] prefix, string[] flags, string agent, WorkFolder folder, object[] steps)
    {
        string options = JsonSerializer.Serialize(new { url = gateway.Url, agent, steps, recording = folder["heard.wav"], flags });
        string[] command = [.. prefix, "node", Path.Combine(TestPaths.RepositoryRoot, "tests", "browser", "console-call.mjs"), options];
        return PeerProcess.RunAsync(Limit, command[0], command[1..]);
    }
}
