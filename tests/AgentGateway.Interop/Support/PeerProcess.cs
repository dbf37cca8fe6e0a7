using System.Diagnostics;
using System.Text.Json;

namespace AgentGateway.Interop.Support;

/// <summary>A peer written in another language: prints one JSON object as its last line.</summary>
internal static class PeerProcess
{
    internal static async Task<JsonElement> RunAsync(TimeSpan timeout, string command, params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(command, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            },
        };
        process.Start();
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command} {string.Join(' ', arguments)} took longer than {timeout}.\n{await errors}");
        }

        string last = (await output).TrimEnd().Split('\n')[^1];
        try
        {
            return JsonDocument.Parse(last).RootElement;
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"{command} printed no result (exit code {process.ExitCode}).\n{await output}\n{await errors}", e);
        }
    }
}
