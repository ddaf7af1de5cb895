namespace Cairn.Tests.FileSystems.Paths;

/// <summary>One row that was recorded from Flink's own <c>Path</c>.</summary>
internal sealed record GoldenRow(IReadOnlyDictionary<string, string> Columns, string Line)
{
    /// <summary>What Java prints for null.</summary>
    private const string Null = "<null>";

    public string Operation => Columns["op"];

    public string A => Columns["a"];

    public string B => Columns["b"];

    public bool Throws => Columns["result"] == "THROWS";

    /// <summary>A column; null for Java's null.</summary>
    public string? this[string column] => Columns[column] == Null ? null : Columns[column];

    /// <summary>Whether the accessor itself threw when the row was recorded.</summary>
    public bool AccessorThrew(string column) => Columns[column].StartsWith('!');

    /// <summary>The rows of a file whose first line names the columns; a row of something that threw has fewer.</summary>
    public static IReadOnlyList<GoldenRow> ReadAll(string file)
    {
        var lines = File.ReadAllLines(file);
        var names = lines[0].Split('\t');
        return [.. lines.Skip(1).Where(line => line.Length > 0).Select(line => new GoldenRow(names.Zip(line.Split('\t')).ToDictionary(pair => pair.First, pair => Unescape(pair.Second)), line))];
    }

    /// <summary>The recorder doubled backslashes.</summary>
    private static string Unescape(string text) => text.Replace(@"\\", @"\", StringComparison.Ordinal);
}
