namespace Cairn.WordCount.Tests;

/// <summary>Where settings may stand, and what is said about wrong ones.</summary>
public sealed class SettingsTests(Text text)
{
    [Fact]
    public async Task The_environment_alone_configures_everything()
    {
        using var folder = new JobFolder();
        var checkpoints = Path.Combine(folder.Path, "by-environment");
        var setup = new JobSetup(folder.Path)
            .WithEnvironment("Cairn__JobName", "by-environment")
            .WithEnvironment("Cairn__Checkpoints__Directory", $"file://{checkpoints}")
            .WithEnvironment("Cairn__Checkpoints__Backend", "Memory")
            .WithEnvironment("Cairn__Checkpoints__Interval", "5ms")
            .WithEnvironment("WordCount__Input", text.Folder)
            .WithEnvironment("WordCount__Pace", "0")
            .WithEnvironment("WordCount__Tasks", "2")
            .WithEnvironment("WordCount__Json", "true");

        var killed = await JobProcess.RunAsync(setup.WithEnvironment("WordCount__KillAfter", $"{text.Records - 1}"));
        var rest = await JobProcess.RunAsync(setup.WithEnvironment("WordCount__Savepoint", $"file:{folder.Path}/savepoints"));
        var again = await JobProcess.RunAsync(setup.WithEnvironment("Cairn__Checkpoints__RestoreFrom", rest.Lines[^2].Pointer));

        Assert.Equal(JobProcess.Killed, killed.ExitCode);
        Assert.StartsWith($"file:{checkpoints}/", killed.LastCheckpoint!.Pointer);
        Assert.Equal(killed.LastCheckpoint.Records, rest.Result!.Skipped);
        Assert.Equal(text.Digest, rest.Result.Digest);
        Assert.Equal(text.Records, again.Result!.Skipped);
    }

    [Fact]
    public async Task Options_win_over_the_environment()
    {
        using var folder = new JobFolder();
        var ending = await JobProcess.RunAsync(folder.Setup(text).WithEnvironment("WordCount__Tasks", "0").With("--tasks", "3"));
        Assert.Equal(text.Digest, ending.Result?.Digest);
    }

    [Fact]
    public async Task Checkpoints_may_go_to_memory_and_text_may_come_by_uri()
    {
        using var folder = new JobFolder();
        var ending = await JobProcess.RunAsync(new JobSetup(folder.Path).With("--input", $"file://{text.Folder}", "--checkpoints", "memory://here/checkpoints", "--pace", "0", "--json"));

        Assert.Equal(text.Digest, ending.Result?.Digest);
        Assert.StartsWith("memory://here/checkpoints/", ending.LastCheckpoint!.Pointer);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("WordCount:Tasks", "--tasks", "x")]
    [InlineData("WordCount:Tasks", "--tasks", "0")]
    [InlineData("WordCount:KillAfter", "--kill-after", "-1")]
    [InlineData("WordCount:Pace", "--pace", "abc")]
    [InlineData("WordCount:Pace", "--pace", "-1")]
    [InlineData("WordCount:Pace", "--pace", "NaN")]
    [InlineData("Cairn:Checkpoints:Interval", "--interval", "often")]
    [InlineData("Cairn:Checkpoints:Backend", "--backend", "disk")]
    [InlineData("Cairn:Checkpoints:Directory", "--checkpoints", "gopher://there/checkpoints")]
    [InlineData("--inptu", "--inptu", "x")]
    [InlineData("--inptu", "--savepoint", "--inptu")]
    [InlineData("--help", "stray")]
    public Task A_wrong_option_is_one_line_that_names_it(string named, params string[] options) =>
        AssertRefusedAsync(named, setup => setup.With(options));

    [Theory]
    [InlineData("WordCount:Tasks", "WordCount__Tasks", "many")]
    [InlineData("Cairn:JobName", "Cairn__JobName", "")]
    [InlineData("Cairn:Checkpoints:Direktory", "Cairn__Checkpoints__Direktory", "x")]
    [InlineData("Cairn:Checkpoints:MaxStateSize", "Cairn__Checkpoints__MaxStateSize", "-5")]
    [InlineData("Cairn:Checkpoints:Retained", "Cairn__Checkpoints__Retained", "0")]
    public Task A_wrong_variable_is_one_line_that_names_its_key(string named, string variable, string value) =>
        AssertRefusedAsync(named, setup => setup.WithEnvironment(variable, value));

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once()
    {
        using var folder = new JobFolder();
        var ending = await JobProcess.RunAsync(folder.Setup(text).With("--tasks", "0", "--pace", "-1", "--backend", "disk"));
        Assert.Equal(2, ending.ExitCode);
        Assert.Contains("WordCount:Tasks", ending.Errors);
        Assert.Contains("WordCount:Pace", ending.Errors);
        Assert.Contains("Cairn:Checkpoints:Backend", ending.Errors);
    }

    [Theory]
    [InlineData("--input", "/nowhere/at/all")]
    [InlineData("--from", "/nowhere/at/all")]
    public async Task What_is_not_there_is_one_line_that_names_it(string option, string value)
    {
        using var folder = new JobFolder();
        var ending = await JobProcess.RunAsync((option == "--input" ? new JobSetup(folder.Path).With("--json") : folder.Setup(text)).With(option, value));
        Assert.True(ending.ExitCode == 1, $"{ending}");
        Assert.Contains(value, Assert.Single(ending.ErrorLines));
    }

    [Fact]
    public async Task A_pipe_gets_plain_lines_with_the_result()
    {
        using var folder = new JobFolder();
        var ending = await JobProcess.RunAsync(new JobSetup(folder.Path).With("--input", text.Folder, "--pace", "0", "--interval", "20 ms"));

        Assert.Equal(0, ending.ExitCode);
        Assert.DoesNotContain('\u001b', string.Concat(ending.Output));
        Assert.Contains(ending.Output, line => line.StartsWith("Starting afresh", StringComparison.Ordinal));
        Assert.Contains(ending.Output, line => line.Contains("checkpoint", StringComparison.Ordinal) && line.Contains("size", StringComparison.Ordinal)
            && line.Contains("duration", StringComparison.Ordinal) && line.Contains("requests", StringComparison.Ordinal));
        Assert.Contains(ending.Output, line => line.StartsWith($"{text.Records:N0} records", StringComparison.Ordinal));
        Assert.Equal($"digest {text.Digest}", ending.Output[^1]);
    }

    private async Task AssertRefusedAsync(string named, Func<JobSetup, JobSetup> change)
    {
        using var folder = new JobFolder();
        var ending = await JobProcess.RunAsync(change(folder.Setup(text)));
        Assert.True(ending.ExitCode == 2, $"{ending}");
        Assert.Contains(named, Assert.Single(ending.ErrorLines));
        Assert.Empty(ending.Output);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
