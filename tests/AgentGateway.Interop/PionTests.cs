using System.Text.Json;
using AgentGateway.Interop.Support;

namespace AgentGateway.Interop;

/// <summary>pion v3, from Debian's golang-github-pion-webrtc.v3-dev, as the caller.</summary>
[Collection("real peers")]
public sealed class PionTests(SharedGateway gateway) : IClassFixture<SharedGateway>
{
    // Only a call that hangs takes so long.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(180);

    [Theory]
    [InlineData("echo", "gcm")]
    [InlineData("echo-relay", "sha1")]
    public async Task An_echo_agent_returns_the_callers_voice(string agent, string srtp)
    {
        using var folder = new WorkFolder();
        SpeechTimeline timeline = await new SpeechTimeline().Silence(0.5).SayAsync("Good evening. I would like to hear my own voice.");
        timeline.Silence(1);

        JsonElement result = await CallAsync(gateway.Process, agent, timeline, folder, "-srtp", srtp);

        Assert.Equal(201, result.GetProperty("status").GetInt32());
        Assert.Equal(200, result.GetProperty("deleted").GetInt32());
        Assert.Equal(0, result.GetProperty("lost").GetInt32());
        Assert.Equal(0, result.GetProperty("reordered").GetInt32());
        (double correlation, TimeSpan delay) = AudioMatch.Find(
            timeline.Pcm, OpusPacketFile.Decode(folder["heard.opus"]), TimeSpan.FromSeconds(3));
        Assert.True(correlation > 0.85, $"correlation {correlation:F2} at a delay of {delay.TotalMilliseconds:F0} ms; {result}");
    }

    [Fact]
    public async Task The_data_channel_carries_messages_both_ways()
    {
        using var folder = new WorkFolder();

        JsonElement result = await CallAsync(
            gateway.Process, "echo", new SpeechTimeline().Silence(1), folder, "-messages", "3",
            "-raw", """{"label":"rtvi-ai","type":"make-coffee","id":"1"}""",
            "-raw", "not json");

        IReadOnlyList<RtviMessage> messages = RtviMessage.ReadAll(result);
        Assert.Equal("0badcafe", Assert.Single(messages, m => m.Type == "bot-ready").Id);
        Assert.Equal("1", Assert.Single(messages, m => m.Type == "error-response").Id);
        Assert.Single(messages, m => m.Type == "error");
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("close")]
    public async Task Hanging_up_ends_the_call_at_the_gateway(string hangup)
    {
        using var folder = new WorkFolder();

        JsonElement result = await CallAsync(gateway.Process, "echo", new SpeechTimeline().Silence(1), folder, "-packets", "51", "-hangup", hangup);

        await gateway.Process.AssertCallerHungUpAsync(result);
    }

    private static async Task<JsonElement> CallAsync(
        GatewayProcess process, string agent, SpeechTimeline timeline, WorkFolder folder, params string[] more)
    {
        string program = await GoProgram.BuildAsync(Path.Combine(AppContext.BaseDirectory, "Peers", "pion"));
        JsonElement result = await PeerProcess.RunAsync(
            Timeout,
            program,
            [
                "-url", process.Url.GetLeftPart(UriPartial.Authority), "-agent", agent, "-microphone", OpusPacketFile.Write(folder["said.opus"], timeline.Pcm),
                "-recording", folder["heard.opus"], .. more,
            ]);
        Assert.True(result.GetProperty("ended_by").GetString() == "caller", $"{result}\n{process.Log}");
        return result;
    }
}
