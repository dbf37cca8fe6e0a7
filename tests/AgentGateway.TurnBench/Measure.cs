using System.Globalization;
using System.Text;

namespace AgentGateway.TurnBench;

/// <summary>One line of the table.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Conditions">Under which conditions.</param>
/// <param name="Value">What came out.</param>
/// <param name="Aim">What is aimed at.</param>
/// <param name="Reached">Whether it was reached; null where nothing is aimed at.</param>
internal sealed record Measure(string Name, string Conditions, string Value, string Aim, bool? Reached);

/// <summary>The measures of a run, as markdown and CSV.</summary>
/// <param name="callers">The cast that was measured with.</param>
internal sealed class Report(string callers)
{
    private readonly List<Measure> _measures = [];

    internal IReadOnlyList<Measure> Measures => _measures;

    internal void Add(string name, string conditions, string value, string aim = "", bool? reached = null)
    {
        _measures.Add(new Measure(name, conditions, value, aim, reached));
        Console.Error.WriteLine($"  {name} | {conditions} | {value} | {aim}{(reached is { } yes ? yes ? " | reached" : " | MISSED" : "")}");
    }

    internal string ToMarkdown()
    {
        var text = new StringBuilder(Text($"Callers: {callers}\n\n| measure | conditions | result | aim | |\n|---|---|---|---|---|\n"));
        foreach (Measure m in _measures)
            text.Append(CultureInfo.InvariantCulture, $"| {m.Name} | {m.Conditions} | {m.Value} | {m.Aim} | {(m.Reached is { } yes ? yes ? "reached" : "missed" : "")} |\n");
        return text.ToString();
    }

    internal string ToCsv()
    {
        var text = new StringBuilder("callers,measure,conditions,result,aim,reached\n");
        foreach (Measure m in _measures)
            text.AppendJoin(',', new[] { callers, m.Name, m.Conditions, m.Value, m.Aim, m.Reached?.ToString() ?? "" }.Select(Quote)).Append('\n');
        return text.ToString();
    }

    internal static string Text(FormattableString text) => FormattableString.Invariant(text);

    internal static double Percentile(IReadOnlyCollection<double> values, double share)
    {
        if (values.Count == 0)
            return double.NaN;
        double[] sorted = [.. values.Order()];
        return sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(share * sorted.Length) - 1 < 0 ? 0 : (int)Math.Ceiling(share * sorted.Length) - 1)];
    }

    private static string Quote(string field) => "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
