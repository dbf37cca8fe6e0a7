using System.Net;

namespace AgentGateway.LoadTest;

internal sealed record EchoLoadOptions(
    Uri Url,
    int ServerProcess,
    int Calls,
    TimeSpan Warmup,
    TimeSpan Duration,
    double SetupRate,
    string Name,
    string? SpeechFile,
    IPAddress? From,
    string? ProbeFile,
    string? CsvFile)
{
    /// <summary>Callers that are connected and send nothing, as with discontinuous transmission in a pause.</summary>
    internal bool Silent { get; init; }

    /// <summary>Calls that come and go each second beside those measured; 0 for none.</summary>
    internal double ChurnRate { get; init; }
}
