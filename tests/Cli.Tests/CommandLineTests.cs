using Cairn.Cli.Commands;
using Cairn.Cli.Tests.Running;

namespace Cairn.Cli.Tests;

/// <summary>What the command line makes of what people type.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string> Commands { get; } = [.. CommandList.Create().Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_mistyped_option_is_never_an_argument(string command)
    {
        var result = await Tool.RunAsync(command, "--dryrun", "a", "b");

        Assert.Contains("no option '--dryrun'", result.Failed(2), StringComparison.Ordinal);
        Assert.Empty(result.Out);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_shows_examples(string command)
    {
        var result = (await Tool.RunAsync(command, "--help")).Done();

        Assert.Contains("Examples:\n", result.Out, StringComparison.Ordinal);
        Assert.Contains($"cairn {command}", result.Out[result.Out.IndexOf("Examples:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rm", "--dryrun", "x", "did you mean '--dry-run'?")]
    [InlineData("verify", "-deep", "x", "no option '-deep'")]
    [InlineData("inspekt", "x", "y", "no command 'inspekt' (did you mean 'inspect'?)")]
    [InlineData("orphans", "x", "--older-than=soon", "must be a time")]
    [InlineData("cp", "x", "--parallel=0", "from 1 to 256")]
    [InlineData("convert", "x", "--metadata-version=99", "from 0 to 7")]
    [InlineData("completion", "tcsh", "--verbose", "Must be one of: 'bash' 'zsh' 'fish'")]
    [InlineData("completion", "--", "tcsh", "only for bash, zsh and fish")]
    [InlineData("cat", "x", "y", "Unrecognized command or argument 'y'")]
    public async Task Misuse_is_one_line_and_exit_code_2(string command, string first, string second, string says) =>
        Assert.Contains(says, (await Tool.RunAsync(command, first, second)).Failed(2), StringComparison.Ordinal);

    [Fact]
    public async Task Without_a_command_it_says_what_is_missing() => (await Tool.RunAsync()).Failed(2);

    [Fact]
    public async Task A_missing_argument_is_misuse() => Assert.Contains("SECOND", (await Tool.RunAsync("diff", "x")).Failed(2), StringComparison.Ordinal);

    [Fact]
    public async Task What_begins_with_a_dash_goes_behind_two_of_them() =>
        Assert.Contains("There is no file", (await Tool.RunAsync("cat", "--", "-k")).Failed(), StringComparison.Ordinal);

    [Fact]
    public async Task A_name_that_begins_with_an_at_sign_is_a_name() =>
        Assert.Contains("@k", (await Tool.RunAsync("cat", "@k")).Failed(), StringComparison.Ordinal);

    [Fact]
    public async Task Help_may_be_asked_for_in_a_word() => Assert.Equal((await Tool.RunAsync("cp", "--help")).Done().Out, (await Tool.RunAsync("help", "cp")).Done().Out);

    [Fact]
    public async Task The_version_is_one_line() => Assert.Single((await Tool.RunAsync("--version")).Done().Lines);

    [Fact]
    public async Task A_directory_without_a_checkpoint_is_told_where_some_may_be()
    {
        using var folder = new TestFolder();

        Assert.Contains($"'cairn checkpoints file:{folder.Path}'", (await Tool.RunAsync("inspect", folder.Path)).Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_verbose_shows_where_an_error_came_from()
    {
        var quiet = await Tool.RunAsync("cat", "/no/such/file");
        var verbose = await Tool.RunAsync("cat", "/no/such/file", "--verbose");

        Assert.DoesNotContain("   at ", quiet.Failed(), StringComparison.Ordinal);
        Assert.Contains("   at ", verbose.Error, StringComparison.Ordinal);
        Assert.Equal(1, verbose.ExitCode);
    }

    [Theory]
    [InlineData("ls", "gs://bucket/x", "there are abfs, abfss")]
    [InlineData("ls", "s3://user:secret@bucket/x", "user info")]
    public async Task A_place_that_cannot_be_is_explained(string command, string uri, string says)
    {
        var result = await Tool.RunAsync(command, uri);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(says, result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cairn in", "inspect")]
    [InlineData("cairn orphans --o", "--older-than")]
    public async Task The_shell_is_told_how_a_word_may_go_on(string line, string word) =>
        Assert.Contains(word, (await Tool.RunAsync($"[suggest:{line.Length}]", line)).Done().Lines);

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Each_shell_gets_a_script_that_asks_the_tool(string shell) =>
        Assert.Contains("[suggest:", (await Tool.RunAsync("completion", shell)).Done().Out, StringComparison.Ordinal);

    [Fact]
    public async Task Output_that_is_piped_has_no_colours()
    {
        using var folder = new TestFolder();

        var result = (await Tool.RunAsync(new Dictionary<string, string> { ["TERM"] = "xterm-256color" }, "checkpoints", folder.Path)).Done();

        Assert.DoesNotContain('\u001b', result.Out);
    }
}
