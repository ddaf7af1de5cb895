namespace Cairn.Tests.Checkpoints.Golden;

/// <summary>One thing that was done with Flink 1.7's own classes, and what they did.</summary>
internal sealed record BehaviourRow(string Suite, string Scenario, string Result)
{
    private const string FileName = "behaviour-golden-sample.tsv";

    /// <summary>The recorded rows; null where they are not to be had.</summary>
    public static IReadOnlyList<BehaviourRow>? ReadAll() => FindFile() is { } file
        ? [.. File.ReadLines(file).Skip(1).Where(line => line.Length > 0).Select(line => line.Split('\t')).Select(cells => new BehaviourRow(cells[0], cells[1], cells[2].Trim()))]
        : null;

    /// <summary>A number that the scenario names: <c>threshold=1024</c>.</summary>
    public int Number(string name)
    {
        var start = Scenario.IndexOf(name + "=", StringComparison.Ordinal) + name.Length + 1;
        return int.Parse(Scenario.AsSpan(start, Scenario.AsSpan(start).IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? Scenario.Length - start : end), provider: null);
    }

    /// <summary>The steps that the scenario lists in brackets.</summary>
    public string[] Steps => Scenario[(Scenario.IndexOf('[', StringComparison.Ordinal) + 1)..^1].Split(", ");

    public override string ToString() => $"{Suite} | {Scenario}";

    private static string? FindFile()
    {
        var folders = new List<string>();
        if (Environment.GetEnvironmentVariable("CAIRN_FLINK_FIXTURES") is { Length: > 0 } fixtures)
            folders.Add(Path.Combine(fixtures, ".."));
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            folders.Add(Path.Combine(folder.FullName, "..", "shared", "flink"));
        return folders.Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists);
    }
}
