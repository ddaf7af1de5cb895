using System.Text.RegularExpressions;

namespace Cairn.Tests;

/// <summary>The code in the guide and in the README is compiled: each block is a region of <c>samples/Guide</c>, to the letter.</summary>
public partial class GuideTests
{
    private static readonly Dictionary<string, string> Regions = Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples", "Guide"), "*.cs").SelectMany(RegionsOf).ToDictionary();

    [Fact]
    public void Every_block_of_code_in_the_guide_is_a_region_of_the_compiled_sample()
    {
        var blocks = BlocksOf("docs/guide.md");
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Equal(Regions[block.Snippet], block.Code));
    }

    [Fact]
    public void The_guide_shows_every_region() => Assert.Equal(Regions.Keys.Order(StringComparer.Ordinal), BlocksOf("docs/guide.md").Select(block => block.Snippet).Order(StringComparer.Ordinal));

    [Fact]
    public void The_job_in_the_readme_is_the_one_that_is_compiled() =>
        Assert.Contains($"```csharp\n{Regions["host"]}\n\n{Regions["job"]}\n```", Read("README.md"), StringComparison.Ordinal);

    [Fact]
    public void Every_block_of_code_in_the_guide_says_which_region_it_is() =>
        Assert.Equal(Read("docs/guide.md").Split("```csharp").Length - 1, BlocksOf("docs/guide.md").Count);

    [Fact]
    public void Every_test_that_stands_for_one_of_flinks_exists()
    {
        var named = TestName().Matches(Read("docs/testing-flink.md")).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        var tests = typeof(GuideTests).Assembly.GetTypes().SelectMany(type => type.GetMethods(), (type, method) => $"{type.Name}.{method.Name}");
        Assert.True(named.Count > 50, $"only {named.Count}");
        Assert.Empty(named.Except(tests, StringComparer.Ordinal));
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file)).ReplaceLineEndings("\n");

    private static List<(string Snippet, string Code)> BlocksOf(string file) =>
        [.. Block().Matches(Read(file)).Select(match => (match.Groups["name"].Value, match.Groups["code"].Value))];

    private static IEnumerable<KeyValuePair<string, string>> RegionsOf(string file) =>
        Region().Matches(File.ReadAllText(file).ReplaceLineEndings("\n")).Select(match => KeyValuePair.Create(match.Groups["name"].Value, Outdent(match.Groups["code"].Value)));

    private static string Outdent(string code)
    {
        var lines = code.TrimEnd().Split('\n');
        var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indent..]));
    }

    [GeneratedRegex("<!-- snippet: (?<name>[a-z-]+) -->\n```csharp\n(?<code>.*?)\n```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();

    [GeneratedRegex("`(?<name>[A-Za-z]+Tests\\.[A-Z][A-Za-z0-9_]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TestName();

    [GeneratedRegex(@"\#region (?<name>[a-z-]+)\n(?<code>.*?)\n *\#endregion", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Region();
}
