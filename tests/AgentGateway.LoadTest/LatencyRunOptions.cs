namespace AgentGateway.LoadTest;

internal sealed record LatencyRunOptions(
    IReadOnlyList<string> Recordings,
    string? QuestionsFile,
    int Turns,
    string Name,
    string? CsvFile);
