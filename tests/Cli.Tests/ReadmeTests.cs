using System.Text.RegularExpressions;
using Cairn.Cli.Tests.Running;
using Cairn.Cli.Tests.Samples;

namespace Cairn.Cli.Tests;

/// <summary>What the README shows of the tool is what the tool prints today. <c>CAIRN_UPDATE_GOLDEN=1</c> writes it there anew.</summary>
public sealed partial class ReadmeTests
{
    /// <summary>The bucket that the README shows; a folder stands in for it, because there a test can make files that are three days old.</summary>
    private const string Bucket = "s3://acme";

    private static readonly bool Update = Environment.GetEnvironmentVariable("CAIRN_UPDATE_GOLDEN") is "1";

    [Fact]
    public async Task The_terminals_in_the_readme_show_what_the_tool_prints()
    {
        var path = Path.Combine(Repository.Root, "README.md");
        var readme = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var shown = Assert.Single(Terminals().Matches(readme)).Groups["text"];
        using var folder = new TestFolder();
        GoldenCheckpoints.Write(Path.Combine(folder.Path, "acme"));

        var terminals = new List<string>();
        foreach (var command in Commands(shown.Value))
            terminals.Add(await PrintAsync(folder.Path, command));
        var printed = string.Join('\n', terminals);

        if (Update)
            await File.WriteAllTextAsync(path, readme[..shown.Index] + printed + readme[(shown.Index + shown.Length)..], TestContext.Current.CancellationToken);
        Assert.Equal(printed, Update ? printed : shown.Value);
    }

    private static IEnumerable<string> Commands(string shown) => shown.Split('\n').Where(line => line.StartsWith("$ cairn ", StringComparison.Ordinal)).Select(line => line["$ cairn ".Length..]);

    private static async Task<string> PrintAsync(string folder, string command)
    {
        var bucket = Path.Combine(folder, "acme");
        var args = command.Split(' ').Select(arg => arg.Replace(Bucket, bucket, StringComparison.Ordinal)).ToArray();
        var result = (await ToolProcess.RunAsync(new Surroundings { WorkingDirectory = folder }, args)).Done();
        var lines = result.Out.TrimEnd('\n').Split('\n').Select(line => line.Replace($"file:{bucket}", Bucket, StringComparison.Ordinal).TrimEnd());
        return $"$ cairn {command}\n{string.Join('\n', lines)}\n";
    }

    [GeneratedRegex(@"^```\n(?<text>\$ cairn .*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex Terminals();
}
