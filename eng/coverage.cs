// Adds up what the test projects' coverage files (coverlet's JSON) say about src, prints the sums, and writes what no test reached.
// Usage: dotnet run eng/coverage.cs -- FOLDER LINES BRANCHES. FOLDER holds *.json and gets uncovered.txt; the exit code is 1 when less
// than LINES or BRANCHES per cent are covered. eng/coverage.sh runs it.
#:property NoWarn=$(NoWarn);MA0047;CA1507
using System.Globalization;
using System.Text.Json;

var folder = args[0];
var (minLines, minBranches) = (double.Parse(args[1], CultureInfo.InvariantCulture), double.Parse(args[2], CultureInfo.InvariantCulture));
var root = Directory.GetCurrentDirectory() + Path.DirectorySeparatorChar;
var sources = new SortedDictionary<string, Source>(StringComparer.Ordinal);
foreach (var file in Directory.EnumerateFiles(folder, "*.json"))
{
    using var json = JsonDocument.Parse(File.ReadAllBytes(file));
    foreach (var document in json.RootElement.EnumerateObject().SelectMany(module => module.Value.EnumerateObject()))
        Add(document);
}

File.WriteAllLines(Path.Combine(folder, "uncovered.txt"), sources.SelectMany(source => source.Value.Uncovered(source.Key)));
foreach (var project in sources.GroupBy(source => source.Key.Split('/')[1], source => source.Value))
    Console.WriteLine(Row(project.Key, [.. project]));
var all = sources.Values.ToArray();
Console.WriteLine(Row("src", all));
var holds = Percent(all, source => source.Lines.Values) >= minLines && Percent(all, source => source.Branches.Values) >= minBranches;
if (!holds) Console.WriteLine($"coverage: less than {minLines} % of the lines or {minBranches} % of the branches");
return holds && all.Length > 0 ? 0 : 1;

void Add(JsonProperty document)
{
    if (!document.Name.StartsWith(root, StringComparison.Ordinal)) return;
    var name = document.Name[root.Length..].Replace('\\', '/');
    if (!name.StartsWith("src/", StringComparison.Ordinal) || name.Contains("/obj/", StringComparison.Ordinal)) return;
    if (!sources.TryGetValue(name, out var source)) sources.Add(name, source = new Source());
    foreach (var type in document.Value.EnumerateObject())
    {
        foreach (var method in type.Value.EnumerateObject()) source.Add($"{type.Name} {method.Name}", method.Value);
    }
}

static string Row(string name, Source[] sources) => string.Create(CultureInfo.InvariantCulture,
    $"coverage: {name,-18} lines {Percent(sources, s => s.Lines.Values),5:F1} % of {sources.Sum(s => s.Lines.Count),6}   branches {Percent(sources, s => s.Branches.Values),5:F1} % of {sources.Sum(s => s.Branches.Count),6}");

static double Percent(Source[] sources, Func<Source, IEnumerable<long>> hitsOf)
{
    var hits = sources.SelectMany(hitsOf).ToList();
    return hits.Count == 0 ? 100 : 100.0 * hits.Count(n => n > 0) / hits.Count;
}

// One file: how often each line and each way out of a branch was taken, by all tests together.
internal sealed class Source
{
    public SortedDictionary<int, long> Lines { get; } = [];

    public SortedDictionary<(int Line, string Branch), long> Branches { get; } = [];

    public void Add(string method, JsonElement coverage)
    {
        foreach (var line in coverage.GetProperty("Lines").EnumerateObject())
            Count(Lines, int.Parse(line.Name, CultureInfo.InvariantCulture), line.Value.GetInt64());
        foreach (var branch in coverage.GetProperty("Branches").EnumerateArray())
        {
            var way = $"{method} {branch.GetProperty("Offset").GetInt32()} {branch.GetProperty("Path").GetInt32()} {branch.GetProperty("Ordinal").GetInt32()}";
            Count(Branches, (branch.GetProperty("Line").GetInt32(), way), branch.GetProperty("Hits").GetInt64());
        }
    }

    public IEnumerable<string> Uncovered(string name)
    {
        foreach (var (line, _) in Lines.Where(line => line.Value == 0)) yield return $"{name}:{line}: line";
        foreach (var branches in Branches.Where(branch => branch.Value == 0 && Lines.GetValueOrDefault(branch.Key.Line) > 0).GroupBy(branch => branch.Key.Line))
            yield return $"{name}:{branches.Key}: {branches.Count()} branch(es)";
    }

    private static void Count<TKey>(SortedDictionary<TKey, long> counts, TKey key, long hits)
        where TKey : notnull => counts[key] = counts.GetValueOrDefault(key) + hits;
}
