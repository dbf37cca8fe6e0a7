using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Log.Replay;
using AgentGateway.Conversation.Tests.Session;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Testing;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Tests.Log;

/// <summary>The log of a call is the call: its decisions, its transcript, its history.</summary>
public sealed class CallReplayTests
{
    [Fact]
    public void A_replayed_call_takes_the_same_decisions()
    {
        (_, ReadOnlyMemory<byte> file) = Record(seed: 7);

        ReplayReport report = CallReplay.Run(CallLogCodecTests.Open(file));

        Assert.True(report.IsSame, report.ToString());
        Assert.Empty(report.Remarks);
        Assert.True(report.Facts > 300 && report.Timeouts > 0 && report.Commands > 30, report.ToString());
    }

    [Fact]
    public void Every_random_call_replays()
    {
        for (ulong seed = 1; seed <= 60; seed++)
        {
            ReplayReport report = CallReplay.Run(CallLogCodecTests.Open(Record(seed).File));
            Assert.True(report.IsSame, $"seed {seed}: {report}");
        }
    }

    [Fact]
    public void Another_decision_is_found_with_its_time_and_its_fact()
    {
        CallLogReader original = CallLogCodecTests.Open(Record(seed: 7).File);
        List<CallLogEntry> entries = CallLogCodecTests.ReadAll(original);
        int changed = entries.FindIndex(entry => entry is CallLogEntry.Command { Value.Kind: TurnCommandKind.CommitTurn });
        var commit = (CallLogEntry.Command)entries[changed];
        entries[changed] = commit with { Value = commit.Value with { Text = commit.Value.Text + "!" } };

        ReplayReport report = CallReplay.Run(CallLogCodecTests.Open(CallLogCodecTests.Write(entries, original.Header)));

        Assert.False(report.IsSame);
        Assert.Contains("!", report.Divergence!.Recorded, StringComparison.Ordinal);
        Assert.DoesNotContain("!", report.Divergence.Replayed, StringComparison.Ordinal);
        CallLogEntry cause = entries[(int)report.Divergence.Entry - 1];
        Assert.True(cause is CallLogEntry.Fact or CallLogEntry.Timeout && cause.At == report.Divergence.At && report.Divergence.Entry <= changed, report.ToString());
    }

    [Fact]
    public void Other_numbers_lead_to_other_decisions()
    {
        CallLogReader original = CallLogCodecTests.Open(Record(seed: 7).File);
        CallLogHeader header = original.Header with { Options = original.Header.Options with { MinDelay = TimeSpan.FromMilliseconds(900) } };

        ReplayReport report = CallReplay.Run(CallLogCodecTests.Open(CallLogCodecTests.Write(CallLogCodecTests.ReadAll(original), header)));

        Assert.NotNull(report.Divergence);
    }

    [Fact]
    public void A_missing_or_an_added_decision_is_found()
    {
        CallLogReader original = CallLogCodecTests.Open(Record(seed: 7).File);
        List<CallLogEntry> entries = CallLogCodecTests.ReadAll(original);
        CallLogEntry last = entries.Last(entry => entry is CallLogEntry.Command);

        CallLogEntry[] fewer = [.. entries.Where(entry => entry != last)];
        Assert.Null(CallReplay.Run(CallLogCodecTests.Open(CallLogCodecTests.Write(fewer, original.Header))).Divergence!.Recorded);
        CallLogEntry[] more = [.. entries, last];
        Assert.Null(CallReplay.Run(CallLogCodecTests.Open(CallLogCodecTests.Write(more, original.Header))).Divergence!.Replayed);
    }

    [Fact]
    public void A_gap_ends_the_replay_and_is_told()
    {
        CallLogReader original = CallLogCodecTests.Open(Record(seed: 7).File);
        List<CallLogEntry> entries = CallLogCodecTests.ReadAll(original);
        entries.RemoveRange(200, 50);
        entries.Insert(200, new CallLogEntry.Gap(entries[200].At, 50));

        ReplayReport report = CallReplay.Run(CallLogCodecTests.Open(CallLogCodecTests.Write(entries, original.Header)));

        Assert.Null(report.Divergence);
        Assert.False(report.IsSame);
        Assert.Contains("50 entries are missing", Assert.Single(report.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_cut_off_replays_as_far_as_it_goes()
    {
        ReadOnlyMemory<byte> file = Record(seed: 7).File;
        for (int length = file.Length / 3; length < file.Length; length += 97)
        {
            ReplayReport report = CallReplay.Run(CallLogCodecTests.Open(file[..length]));
            Assert.True(report is { Divergence: null, End: CallLogEnd.Truncated }, report.ToString());
        }
    }

    [Fact]
    public void Damaged_logs_do_not_break_the_replay()
    {
        CallLogReader original = CallLogCodecTests.Open(Record(seed: 7).File);
        List<CallLogEntry> entries = CallLogCodecTests.ReadAll(original);
        for (ulong seed = 1; seed <= 300; seed++)
        {
            var random = new SeededRandom(seed);
            List<CallLogEntry> shuffled = [.. entries];
            for (int i = 0; i < 20; i++)
                shuffled.RemoveAt(random.Next(shuffled.Count));
            CallReplay.Run(CallLogCodecTests.Open(CallLogCodecTests.Write(shuffled, original.Header)));
        }
    }

    [Fact]
    public void Transcript_and_history_are_projections_of_the_log()
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            (Call call, ReadOnlyMemory<byte> file) = Record(seed);
            CallTranscript transcript = CallTranscript.Of(CallLogCodecTests.Open(file));

            // The last request holds the history at its time: the log's history begins with it.
            string[] rebuilt = [.. transcript.History.ToMessages().Select(Flat)];
            string[] told = [.. call.Model.Requests[^1].Where(message => message.Role != ChatRole.System).Select(Flat)];
            Assert.True(rebuilt.Length >= told.Length, $"seed {seed}");
            Assert.Equal(told[..^1], rebuilt[..(told.Length - 1)]);
            Assert.StartsWith(told[^1], rebuilt[told.Length - 1], StringComparison.Ordinal);

            foreach (AgentInterrupted cut in call.Events.OfType<AgentInterrupted>().Where(e => e.HeardText.Length > 0))
                Assert.Contains(transcript.Lines, line => line.IsAgent && line.Text == cut.HeardText);
            // Every turn, in order; text that only joined the conversation stands between them.
            using IEnumerator<TranscriptLine> lines = transcript.Lines.Where(line => !line.IsAgent).GetEnumerator();
            foreach (UserTurnCommitted turn in call.Events.OfType<UserTurnCommitted>())
            {
                while (lines.MoveNext() && lines.Current.Text != turn.Text)
                {
                }

                Assert.Equal(turn.Text, lines.Current.Text);
            }
        }
    }

    /// <summary>A call with questions, interruptions, back-channels, typed text, tools and failures.</summary>
    internal static (Call Call, ReadOnlyMemory<byte> File) Record(ulong seed)
    {
        var random = new SeededRandom(seed);
        var log = new CallLogBuffer();
        AIFunction tool = AIFunctionFactory.Create((string day) => $"free on {day}", "find_room");
        using Call call = Call.Start(context => context with { Log = log, Tools = [tool] }, greeting: "Hello, this is the hotel.");
        call.Recognizer.FinalDelay = TimeSpan.FromMilliseconds(random.Next(300));
        call.Synthesizer.FirstAudioDelay = TimeSpan.FromMilliseconds(random.Next(150));
        call.Model.Default = "The first of our rooms looks over the garden. It has two beds and a desk. Breakfast is at seven.";
        call.Await<AgentSpeechStarted>();
        for (int i = 0; i < 6; i++)
        {
            switch (random.Next(5))
            {
                case 0:
                    call.Session.PushText("and on Friday?", runImmediately: random.Next(4) > 0);
                    break;
                case 1:
                    call.Say("okay").Pause(600);
                    break;
                case 2:
                    call.Model.Reply(new FunctionCallContent("c" + i, "find_room", new Dictionary<string, object?> { ["day"] = "Friday" })).Reply("It is free.");
                    call.Say("is a room free on friday").Pause(900);
                    break;
                default:
                    call.Say("wait what about the other room").Pause(600 + random.Next(1500));
                    break;
            }

            call.Play(random.Next(2500));
        }

        call.Say("thank you").Pause(3000).Play();
        call.HangUp();
        return (call, log.Bytes);
    }

    private static string Flat(ChatMessage message) => $"{message.Role}: " + string.Join(" | ", message.Contents.Select(content => content switch
    {
        TextContent text => text.Text,
        FunctionCallContent made => $"{made.Name}({string.Join(",", made.Arguments!.Select(a => $"{a.Key}={a.Value}"))})",
        FunctionResultContent result => $"{result.CallId}={result.Result}",
        _ => content.ToString()!,
    }));
}
