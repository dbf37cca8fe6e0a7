namespace AgentGateway.Interop.Matrix;

/// <summary>What became of each column in the calls with one stack.</summary>
internal sealed class MatrixOutcome
{
    private readonly Dictionary<MatrixColumn, List<string>> _failures = [];
    private readonly Dictionary<MatrixColumn, int> _passes = [];

    /// <summary>What went wrong, or null when the column was tried and all of it passed.</summary>
    internal string? Failure(MatrixColumn column) =>
        _failures.TryGetValue(column, out List<string>? failures) ? string.Join("\n\n", failures)
        : _passes.ContainsKey(column) ? null
        : "was not tried";

    internal void Pass(MatrixColumn column) => _passes[column] = _passes.GetValueOrDefault(column) + 1;

    internal void Fail(MatrixColumn column, string reason)
    {
        if (!_failures.TryGetValue(column, out List<string>? failures))
            _failures.Add(column, failures = []);
        failures.Add(reason);
    }
}
