using Cairn.FileSystems;

namespace Cairn.Tests.FileSystems.Paths;

/// <summary>Every row that was recorded from Flink's <c>Path</c> holds for <see cref="StoragePath"/>, or a rule says why not and what holds instead.</summary>
public sealed class GoldenPathTests
{
    private const int RowsOfSample = 174;

    [Fact]
    public void Every_row_holds_or_is_a_deviation_by_rule()
    {
        var failures = new List<string>();
        foreach (var row in ReadRows())
        {
            var rule = RuleOf(row);
            var error = Record.Exception(() => (rule?.Check ?? CheckColumns)(row));
            if (error is not null)
                failures.Add($"{rule?.Name ?? "as recorded"}: {row.Line}\n  {error.Message}");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} rows:\n{string.Join('\n', failures)}");
    }

    [Fact]
    public void Each_rule_takes_as_many_rows_as_it_says()
    {
        var rows = ReadRows();
        Assert.SkipUnless(rows.Count == RowsOfSample, $"The counts are those of the sample with {RowsOfSample} rows; here are {rows.Count}.");
        Assert.Equal(GoldenRules.Rows.Select(rule => (rule.Name, rule.CountInSample)), GoldenRules.Rows.Select(rule => (rule.Name, rows.Count(row => RuleOf(row) == rule))));
        Assert.Equal(
            GoldenRules.Columns.Select(column => (column.Column, column.CountInSample)),
            GoldenRules.Columns.Select(column => (column.Column, rows.Count(row => RuleOf(row) is null && column.Applies(row)))));
    }

    private static GoldenRule? RuleOf(GoldenRow row) => GoldenRules.Rows.FirstOrDefault(rule => rule.Applies(row));

    private static void CheckColumns(GoldenRow row)
    {
        if (row.Throws)
        {
            GoldenRules.Refused(() => GoldenRules.Parse(row));
            return;
        }
        var path = GoldenRules.Parse(row);
        var actual = new Dictionary<string, string?>
        {
            ["toString"] = path.ToString(),
            ["scheme"] = path.Scheme,
            ["authority"] = path.Authority,
            ["path"] = path.Path,
            ["name"] = path.Name,
            ["parent"] = path.Parent?.ToString(),
            ["absolute"] = path.IsAbsolute ? "true" : "false",
            ["depth"] = path.Depth.ToString(),
        };
        Assert.Equal(actual.ToDictionary(pair => pair.Key, pair => row[pair.Key]), actual);
        if (path.Name.Length == 0)
            GoldenRules.Refused(() => path.WithSuffix("_s"));
        else
            Assert.Equal(row.AccessorThrew("suffix(_s)") ? path + "_s" : row["suffix(_s)"], path.WithSuffix("_s").ToString());
    }

    private static IReadOnlyList<GoldenRow> ReadRows()
    {
        var file = FindFile();
        Assert.SkipWhen(file is null, "Flink's recorded paths are not here: neither ../shared/flink nor the folder above CAIRN_FLINK_FIXTURES has path-golden-sample.tsv.");
        return GoldenRow.ReadAll(file);
    }

    private static string? FindFile()
    {
        var folders = new List<string>();
        if (Environment.GetEnvironmentVariable("CAIRN_FLINK_FIXTURES") is { Length: > 0 } fixtures)
            folders.Add(Path.Combine(fixtures, ".."));
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            folders.Add(Path.Combine(folder.FullName, "..", "shared", "flink"));
        return folders.Select(folder => Path.Combine(folder, "path-golden-sample.tsv")).FirstOrDefault(File.Exists);
    }
}
