namespace AgentGateway.LoadTest;

/// <summary>Prints a row under its header and appends it to a file.</summary>
internal static class Csv
{
    internal static void Write(string? file, string header, string row)
    {
        Console.WriteLine(header);
        Console.WriteLine(row);
        if (file is null)
            return;
        if (!File.Exists(file))
            File.WriteAllText(file, header + "\n");
        File.AppendAllText(file, row + "\n");
    }
}
