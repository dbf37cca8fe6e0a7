using System.Text.Json;
using AgentGateway.Interop.Support;

namespace AgentGateway.Interop;

/// <summary>aiortc, from Debian's python3-aiortc, as the caller.</summary>
[Collection("real peers")]
public sealed class AiortcTests(SharedGateway gateway) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData("echo")]
    [InlineData("echo-relay")]
    public async Task An_echo_agent_returns_the_callers_voice(string agent)
    {
        using var folder = new WorkFolder();
        SpeechTimeline timeline = await new SpeechTimeline().Silence(0.5).SayAsync("Good evening. I would like to hear my own voice.");
        timeline.Silence(1);

        JsonElement result = await AiortcCaller.CallAsync(
            gateway.Process, agent, folder, [AiortcCaller.Play(timeline, folder), AiortcCaller.Pause(1)]);

        Assert.Equal(201, result.GetProperty("status").GetInt32());
        Assert.Equal(200, result.GetProperty("deleted").GetInt32());
        (double correlation, TimeSpan delay) = AudioMatch.Find(timeline.Pcm, folder["heard.wav"], TimeSpan.FromSeconds(3));
        Assert.True(correlation > 0.85, $"correlation {correlation:F2} at a delay of {delay.TotalMilliseconds:F0} ms; {result}");
    }

    [Fact]
    public async Task The_receptionist_greets_hears_the_question_and_answers_in_speech()
    {
        using var folder = new WorkFolder();
        SpeechTimeline question = await new SpeechTimeline().Silence(0.5).SayAsync("What are your opening hours?");

        // The greeting is over, and then the answer.
        JsonElement result = await AiortcCaller.CallAsync(
            gateway.Process, "receptionist", folder,
            [
                AiortcCaller.Wait("bot-stopped-speaking"), AiortcCaller.Play(question, folder),
                AiortcCaller.Wait("bot-started-speaking"), AiortcCaller.Wait("bot-stopped-speaking"), AiortcCaller.Pause(1),
            ]);

        IReadOnlyList<RtviMessage> messages = RtviMessage.ReadAll(result);
        Assert.Equal("0badcafe", Assert.Single(messages, m => m.Type == "bot-ready").Id);
        Assert.Contains(messages, m => m.Type == "user-transcription" && m.Final && m.Text.Contains("hours", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(messages, m => m.Type == "metrics");
        string spoken = string.Join(' ', messages.Where(m => m.Type == "bot-output" && m.SpokenStatus == "completed").Select(m => m.Text));
        string heard = await Transcriber.TranscribeAsync(folder["heard.wav"]);
        Words.AssertHeard(spoken, heard, minimumShare: 0.6);
    }

    [Fact]
    public async Task Typed_text_is_answered_in_speech_and_on_the_channel()
    {
        using var folder = new WorkFolder();

        // Typed into the greeting.
        JsonElement result = await AiortcCaller.CallAsync(
            gateway.Process, "receptionist", folder,
            [
                AiortcCaller.Wait("bot-started-speaking"), AiortcCaller.Pause(1), AiortcCaller.Say("Where are you?"),
                AiortcCaller.Wait("user-llm-text"), AiortcCaller.Wait("bot-output", "completed"),
            ]);

        IReadOnlyList<RtviMessage> messages = RtviMessage.ReadAll(result);
        Assert.Contains(messages, m => m.Type == "user-llm-text" && m.Text == "Where are you?");
        int committed = messages.ToList().FindIndex(m => m.Type == "user-llm-text");
        Assert.Contains(messages.Skip(committed), m => m.Type == "bot-output" && m.SpokenStatus == "completed");
    }

    [Fact]
    public async Task Hostile_messages_are_refused_and_the_call_goes_on()
    {
        using var folder = new WorkFolder();

        // What was sent last is answered last, and the greeting is over after that.
        JsonElement result = await AiortcCaller.CallAsync(
            gateway.Process, "receptionist", folder,
            [AiortcCaller.Wait("error"), AiortcCaller.Wait("error-response"), AiortcCaller.Wait("error"), AiortcCaller.Wait("bot-stopped-speaking")],
            "--raw", "not json", "--raw", """{"label":"rtvi-ai","type":"make-coffee","id":"1"}""", "--payload", "200000");

        IReadOnlyList<RtviMessage> messages = RtviMessage.ReadAll(result);
        Assert.Equal(2, messages.Count(m => m.Type == "error"));
        Assert.Contains(messages, m => m.Type == "error-response" && m.Id == "1");
        Assert.Contains(messages, m => m.Type == "bot-started-speaking");
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("close")]
    [InlineData("channel")]
    public async Task Every_way_to_hang_up_ends_the_call_at_the_gateway(string hangup)
    {
        using var folder = new WorkFolder();

        JsonElement result = await AiortcCaller.CallAsync(gateway.Process, "echo", folder, [AiortcCaller.Pause(1)], "--hangup", hangup);

        await gateway.Process.AssertCallerHungUpAsync(result);
    }
}
