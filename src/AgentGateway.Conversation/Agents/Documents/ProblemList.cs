namespace AgentGateway.Conversation.Agents.Documents;

/// <summary>Collects the problems of one file; bounded, so that a hostile file cannot fill the log.</summary>
internal sealed class ProblemList(string file)
{
    private const int MaxProblems = 50;
    private readonly List<AgentProblem> _problems = [];

    public string File => file;

    public IReadOnlyList<AgentProblem> Problems => _problems;

    public int Count => _problems.Count;

    public void Add(SourcePosition position, string message)
    {
        if (_problems.Count < MaxProblems)
            _problems.Add(new AgentProblem(file, position.Line, position.Column, message));
    }
}
