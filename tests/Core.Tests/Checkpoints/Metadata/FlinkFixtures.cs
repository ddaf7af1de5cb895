using System.Globalization;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>A <c>_metadata</c> file of Flink's and what is known about it.</summary>
public sealed record FlinkFixture(
    string Path,
    int Version,
    int Size,
    int Operators,
    int Subtasks,
    long CheckpointId,
    int MasterStates,
    string HandleTypes,
    string Dialect,
    string FullPath)
{
    public ReadOnlyMemory<byte> Read() => File.ReadAllBytes(FullPath);

    public override string ToString() => Path;
}

/// <summary>Flink's own files, which lie beside the checkout, never in it.</summary>
public static class FlinkFixtures
{
    private static readonly string? Folder = FindFolder();

    /// <summary>All files; the test is skipped where they are not.</summary>
    public static IReadOnlyList<FlinkFixture> All
    {
        get
        {
            Assert.SkipWhen(Folder is null, "Flink's files are not here: neither ../shared/flink/fixtures nor CAIRN_FLINK_FIXTURES.");
            return field ??= [.. File.ReadLines(Path.Combine(Folder, "index.tsv")).Skip(1).Select(Parse)];
        }
    }

    /// <summary>The files that Flink 2.4 wrote of one test metadata in several versions, in the order of those; some may be missing here.</summary>
    public static IEnumerable<FlinkFixture> Generated(string name) =>
        All.Where(fixture => fixture.Path.StartsWith("generated/flink-2.4", StringComparison.Ordinal)
            && fixture.Path.EndsWith($"/{name}/_metadata", StringComparison.Ordinal)).OrderBy(fixture => fixture.Version);

    private static FlinkFixture Parse(string line)
    {
        string[] columns = line.Split('\t');
        return new FlinkFixture(
            columns[0],
            Number(columns[1]),
            Number(columns[2]),
            Number(columns[4]),
            Number(columns[5]),
            long.Parse(columns[6], CultureInfo.InvariantCulture),
            Number(columns[7]),
            columns[8],
            columns[9],
            Path.Combine(Folder!, columns[0]));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string? FindFolder()
    {
        if (Environment.GetEnvironmentVariable("CAIRN_FLINK_FIXTURES") is { Length: > 0 } configured)
            return configured;
        string beside = Path.Combine(Repository.Root, "..", "shared", "flink", "fixtures");
        return File.Exists(Path.Combine(beside, "index.tsv")) ? beside : null;
    }
}
