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
    string? CsvFile);
