using Cairn.Cli.Tests.Running;
using Cairn.Cli.Tests.Samples;
using Cairn.Cli.Tests.Stores;

namespace Cairn.Cli.Tests;

/// <summary>What a person at a terminal sees, and what is left out of pipes. In this process: a test has no terminal.</summary>
public sealed class TerminalTests
{
    private const char Escape = '\u001b';

    [Fact]
    public async Task A_terminal_gets_colours() => Assert.Contains(Escape, (await CheckpointsAsync(new() { ["TERM"] = "xterm" })).Out);

    [Fact]
    public async Task A_checkpoints_tree_has_colours_too()
    {
        using var folder = new TestFolder();
        GoldenCheckpoints.Write(folder.Path);

        Assert.Contains(Escape, (await Tool.RunAsync(Person(), "inspect", $"{folder.Path}/checkpoints/{GoldenCheckpoints.Job}/chk-42")).Done().Out);
    }

    [Theory]
    [InlineData("NO_COLOR", "1")]
    [InlineData("TERM", "dumb")]
    public async Task A_terminal_that_wants_no_colours_gets_none(string variable, string value) =>
        Assert.DoesNotContain(Escape, (await CheckpointsAsync(new() { [variable] = value })).Out);

    [Fact]
    public async Task What_is_wider_than_the_terminal_is_not_broken_into_lines()
    {
        using var folder = new TestFolder();
        GoldenCheckpoints.Write(folder.Path);

        var table = (await Tool.RunAsync(Person(width: 40), "checkpoints", folder.Path)).Done();
        var tree = (await Tool.RunAsync(Person(width: 40), "inspect", "--handles", $"{folder.Path}/checkpoints/{GoldenCheckpoints.Job}/chk-42")).Done();

        Assert.Equal(5, table.Lines.Length);
        Assert.Contains($"{folder.Path}/savepoints/savepoint-6f0c1a-000000000001", table.Out, StringComparison.Ordinal);
        Assert.Contains($"{folder.Path}/checkpoints/{GoldenCheckpoints.Job}/shared/t-1", tree.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file", "3 files copied")]
    [InlineData("s3", "3 files copied")]
    public async Task Progress_is_shown_beside_the_output(string name, string says)
    {
        await using var store = await TestStore.OpenAsync(name);
        foreach (var i in Enumerable.Range(0, 3))
            await store.WriteAsync($"src/{i}", new byte[100_000]);
        using var target = new TestFolder();
        var person = Person() with { Environment = new Dictionary<string, string>(store.Environment) { ["TERM"] = "xterm" } };

        var tree = await Tool.RunAsync(person, "cp", "-r", $"{store.Root}/src", target.Path);
        var file = await Tool.RunAsync(person, "cp", $"{store.Root}/src/0", $"{target.Path}/one");

        Assert.Equal((0, 0), (tree.ExitCode, file.ExitCode));
        Assert.Contains(says, tree.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('%', tree.Out);
        Assert.All([tree, file], result => Assert.Contains("%", result.Error, StringComparison.Ordinal));
        Assert.Equal(100_000, new FileInfo($"{target.Path}/2").Length);
    }

    [Fact]
    public async Task Progress_ends_where_the_work_fails()
    {
        using var folder = new TestFolder();
        folder.Write("src", "1");
        folder.Write("file", "1");

        var result = await Tool.RunAsync(Person(), "cp", $"{folder.Path}/src", $"{folder.Path}/file/below");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"file:{folder.Path}/src: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dumb_terminal_gets_no_progress()
    {
        using var folder = new TestFolder();
        folder.Write("src", "1");
        var person = Person() with { Environment = new Dictionary<string, string> { ["TERM"] = "dumb" } };

        Assert.Empty((await Tool.RunAsync(person, "cp", $"{folder.Path}/src", $"{folder.Path}/dst")).Done().Error);
    }

    private static Surroundings Person(int width = 80) => new() { IsTerminal = true, Width = width };

    private static async Task<ToolResult> CheckpointsAsync(Dictionary<string, string> environment)
    {
        using var folder = new TestFolder();
        GoldenCheckpoints.Write(folder.Path);
        return (await Tool.RunAsync(Person() with { Environment = environment }, "checkpoints", folder.Path)).Done();
    }
}
