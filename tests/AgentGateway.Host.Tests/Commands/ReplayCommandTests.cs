using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Host.Commands;
using AgentGateway.Host.Configuration;
using AgentGateway.Primitives;

namespace AgentGateway.Host.Tests.Commands;

public sealed class ReplayCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentgateway-replay-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_call_that_replays_exits_with_0()
    {
        (int code, string output, _) = Run(Save(Record(typed: "hello")));

        Assert.Equal(0, code);
        Assert.Contains("The same decisions.", output, StringComparison.Ordinal);
        Assert.Contains("call id-1 to agent", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_decision_exits_with_1_and_is_printed_with_its_fact()
    {
        (int code, string output, _) = Run(Save(Record(typed: "hello", committed: "good bye")));

        Assert.Equal(1, code);
        Assert.Contains("DIFFERENT at t+2000.000ms, entry ", output, StringComparison.Ordinal);
        Assert.Contains("good bye", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_file_exits_with_2()
    {
        byte[] whole = Record(typed: "hello");
        (int code, string output, _) = Run(Save(whole[..^5]));

        Assert.Equal(2, code);
        Assert.Contains("truncated", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("a", "b")]
    public void Anything_else_prints_the_usage(params string[] args)
    {
        (int code, _, string error) = Run(args);

        Assert.Equal(2, code);
        Assert.StartsWith("usage: replay FILE", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_log_is_named()
    {
        (int code, _, string error) = Run(Save("hello"u8.ToArray()));
        Assert.Equal(2, code);
        Assert.Contains("It is no call log.", error, StringComparison.Ordinal);

        (code, _, error) = Run(Path.Combine(_folder, "missing"));
        Assert.Equal(2, code);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_and_transcript_are_printed()
    {
        string path = Save(Record(typed: "hello"));

        Assert.Contains("CommitTurn", Run("--entries", path).Output, StringComparison.Ordinal);
        Assert.Contains("caller hello", Run("--transcript", path).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, "call-logs", "MaxFileMegabytes")]
    [InlineData(1, 0, "call-logs", "MaxFolderMegabytes")]
    [InlineData(1, 1, " ", "Path")]
    public void Wrong_settings_are_named(int file, int folder, string path, string key)
    {
        var settings = new CallLogSettings { Enabled = true, MaxFileMegabytes = file, MaxFolderMegabytes = folder, Path = path };
        Assert.Contains($"CallLog:{key}", Assert.Single(settings.Validate()), StringComparison.Ordinal);
        Assert.False(new CallLogSettings().Enabled);
    }

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (ReplayCommand.Run(args, output, error), output.ToString(), error.ToString());
    }

    private string Save(byte[] file)
    {
        string path = Path.Combine(_folder, "x" + CallLogFolder.Extension);
        File.WriteAllBytes(path, file);
        return path;
    }

    private static byte[] Record(string typed, string? committed = null)
    {
        var log = new CallLogBuffer();
        var header = new CallLogHeader { CallId = "id-1", Agent = "agent" };
        log.Begin(header);
        var turns = new TurnTaker(header.Options, Instant.Zero);
        foreach ((Instant at, TurnFact fact) in new[]
        {
            (Instant.FromMilliseconds(1000), TurnFact.Ready(greeting: false)),
            (Instant.FromMilliseconds(2000), TurnFact.Typed(typed, runImmediately: true, spoken: true)),
        })
        {
            log.Add(new CallLogEntry.Fact(at, fact));
            turns.Handle(at, fact);
            if (fact.Kind == TurnFactKind.Ready)
                Drain(_ => { });
            else
                Drain(command => log.Add(new CallLogEntry.Note(at, new DialogueNote { Kind = DialogueNoteKind.UserSaid, Text = command.Text })));

            void Drain(Action<TurnCommand> commit)
            {
                while (turns.TryPollCommand(out TurnCommand command))
                {
                    bool isCommit = command.Kind == TurnCommandKind.CommitTurn;
                    log.Add(new CallLogEntry.Command(at, isCommit && committed is not null ? command with { Text = committed } : command));
                    if (isCommit)
                        commit(command);
                }
            }
        }

        log.Complete();
        return log.Bytes.ToArray();
    }
}
