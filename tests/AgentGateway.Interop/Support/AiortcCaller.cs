using System.Text.Json;

namespace AgentGateway.Interop.Support;

/// <summary>aiortc, from Debian's python3-aiortc, as a caller that takes one step after the other (Peers/aiortc/caller.py) and hangs up.</summary>
internal static class AiortcCaller
{
    /// <summary>Where a call's recording is found in its folder.</summary>
    internal const string Recording = "heard.wav";

    // Only a call that hangs takes so long.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Peers", "aiortc", "caller.py");

    /// <summary>Speaks to its end.</summary>
    internal static object Play(SpeechTimeline speech, WorkFolder folder) => new { play = speech.Save(folder[$"{Guid.NewGuid():N}.wav"]) };

    /// <summary>Types.</summary>
    internal static object Say(string text) => new { say = text };

    /// <summary>Waits for the next message of a type that holds a text.</summary>
    internal static object Wait(string type, string? contains = null) => new { wait = type, contains };

    internal static object Pause(double seconds) => new { pause = seconds };

    /// <summary>Calls, takes the steps, hangs up; the caller must have been the one who did.</summary>
    internal static async Task<JsonElement> CallAsync(GatewayProcess gateway, string agent, WorkFolder folder, object[] steps, params string[] more)
    {
        JsonElement result = await PeerProcess.RunAsync(
            Limit,
            "/usr/bin/python3",
            [
                Script, "--url", gateway.Url.GetLeftPart(UriPartial.Authority), "--agent", agent,
                "--recording", folder[Recording], "--steps", JsonSerializer.Serialize(steps), .. more,
            ]);
        Assert.True(result.TryGetProperty("ended_by", out JsonElement by) && by.GetString() == "caller", $"{result}\n{gateway.Log}");
        return result;
    }
}
