using System.Text.RegularExpressions;

namespace Cairn.Tests.Checkpoints.Golden;

/// <summary>Every row that was recorded from Flink 1.7's storage classes holds for ours, or is what the rules of <see cref="BehaviourRules"/> make of it.</summary>
public sealed partial class GoldenBehaviourTests
{
    private const int RowsOfSample = 283;

    private static readonly Dictionary<string, Func<BehaviourRow, Sandbox, Task<string>>> Suites = new()
    {
        ["FsCheckpointStateOutputStream.threshold"] = StreamScenarios.ThresholdAsync,
        ["FsCheckpointStateOutputStream.states"] = StreamScenarios.StatesAsync,
        ["MemoryCheckpointOutputStream(max=16)"] = StreamScenarios.MemoryAsync,
        ["FsCheckpointMetadataOutputStream"] = StreamScenarios.MetadataAsync,
        ["FileStateHandle"] = StorageScenarios.DiscardMissingAsync,
        ["resolveCheckpoint"] = StorageScenarios.ResolveAsync,
        ["encodePathAsReference"] = StorageScenarios.EncodeAsync,
        ["decodePathFromReference"] = StorageScenarios.DecodeAsync,
        ["CheckpointStorageLocationReference"] = StorageScenarios.ReferenceAsync,
        ["memory-none"] = StorageScenarios.InMemoryAsync,
        ["memory-dir"] = StorageScenarios.MemoryWithDirectoryAsync,
        ["fs"] = StorageScenarios.FilesAsync,
    };

    [Fact]
    public async Task Every_row_holds_or_is_what_the_rules_make_of_it_and_each_rule_takes_as_many_rows_as_it_says()
    {
        var rows = BehaviourRow.ReadAll();
        Assert.SkipWhen(rows is null, "Flink's recorded behaviour is not here: neither ../shared/flink nor the folder above CAIRN_FLINK_FIXTURES has it.");
        var failures = new List<string>();
        var counts = BehaviourRules.All.ToDictionary(rule => rule.Name, _ => 0);
        var unchanged = 0;
        foreach (var row in rows)
        {
            var expected = Normalize(row.Result);
            var applied = new List<string>();
            foreach (var rule in BehaviourRules.All)
            {
                if (rule.Rewrite(row, expected) is { } rewritten && rewritten != expected)
                {
                    expected = rewritten;
                    applied.Add(rule.Name);
                }
            }
            var actual = Normalize(await DoAsync(row));
            if (!Matches(expected, actual))
                failures.Add($"{row}\n  recorded: {row.Result}\n  expected: {expected}\n  actual:   {actual}");
            applied.ForEach(name => counts[name]++);
            unchanged += applied.Count == 0 ? 1 : 0;
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {rows.Count} rows:\n{string.Join('\n', failures)}");
        Assert.SkipUnless(rows.Count == RowsOfSample, $"The counts are those of the sample with {RowsOfSample} rows; here are {rows.Count}.");
        var miscounted = BehaviourRules.All.Where(rule => counts[rule.Name] != rule.RowsInSample).Select(rule => $"{rule.Name}: {counts[rule.Name]} rows, not {rule.RowsInSample}");
        Assert.True(!miscounted.Any(), string.Join('\n', miscounted));
        Assert.Equal(BehaviourRules.UnchangedInSample, unchanged);
    }

    [Fact]
    public async Task The_decisions_list_each_rule_with_its_rows()
    {
        var decisions = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "decisions.md"), TestContext.Current.CancellationToken);
        foreach (var rule in BehaviourRules.All)
            Assert.Contains($"| {rule.Name} | {rule.RowsInSample} |", decisions, StringComparison.Ordinal);
        Assert.Contains($"{BehaviourRules.UnchangedInSample} of the {RowsOfSample} sampled rows", decisions, StringComparison.Ordinal);
    }

    private static async Task<string> DoAsync(BehaviourRow row)
    {
        await using var sandbox = new Sandbox();
        try
        {
            return sandbox.Recorded(await Suites[row.Suite](row, sandbox));
        }
        catch (Exception e) when (e is not (NotSupportedException or KeyNotFoundException))
        {
            return sandbox.Recorded(Sandbox.Thrown(e));
        }
    }

    /// <summary>What the recorder's reflection wrapped is unwrapped; what a cause says is the platform's own.</summary>
    private static string Normalize(string result) =>
        Cause().Replace(result.Replace("java.lang.reflect.InvocationTargetException: null / cause ", "", StringComparison.Ordinal), " / cause").Trim();

    /// <summary>An exception that said nothing (<c>null</c>) may say something here.</summary>
    private static bool Matches(string expected, string actual) =>
        Regex.IsMatch(actual, $"^{Regex.Escape(expected).Replace(@"Exception:\ null", @"Exception:\ [^;]*", StringComparison.Ordinal)}$", RegexOptions.None, TimeSpan.FromSeconds(1));

    [GeneratedRegex(" / cause [^;]*(?= ;|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Cause();
}
