namespace Cairn.WordCount.Tests;

/// <summary>What the sample promises besides surviving kills.</summary>
public sealed class JobTests(Text text)
{
    private const int SigInt = 2;
    private const int SigTerm = 15;

    public static readonly TheoryData<string> Backends = ["memory", "filesystem"];

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_finished_run_leaves_no_checkpoint_and_the_next_starts_afresh(string backend)
    {
        using var folder = new JobFolder();
        var setup = folder.Setup(text).With("--backend", backend, "--interval", "10 ms");
        for (var run = 0; run < 2; run++)
        {
            var ending = await JobProcess.RunAsync(setup);

            Assert.True(ending.ExitCode == 0, $"{ending}");
            Assert.Empty(ending.Errors);
            Assert.Null(ending.Result!.RestoredFrom);
            Assert.Equal((text.Records, 0, text.Records), (ending.Result.Total, ending.Result.Skipped, ending.Result.Processed));
            Assert.Equal(text.Digest, ending.Result.Digest);
            Assert.Empty(folder.CheckpointDirectories);
        }
    }

    [Theory]
    [InlineData(SigTerm)]
    [InlineData(SigInt)]
    public async Task A_stopped_job_makes_a_last_checkpoint_and_counts_nothing_twice(int signal)
    {
        using var folder = new JobFolder();
        var stopped = await StopAsync(folder.Setup(text).With("--pace", "60", "--interval", "100 ms"), signal);
        Assert.True(stopped.ExitCode == JobProcess.Stopped, $"{stopped}");
        Assert.Null(stopped.Result);

        var rest = await JobProcess.RunAsync(folder.Setup(text));

        Assert.Equal(stopped.LastCheckpoint!.Checkpoint, rest.Result!.RestoredFrom);
        Assert.Equal(stopped.LastCheckpoint.Records, rest.Result.Skipped);
        Assert.Equal(text.Digest, rest.Result.Digest);
    }

    [Fact]
    public async Task What_a_stopped_job_says_it_has_counted_is_what_the_next_start_skips()
    {
        using var folder = new JobFolder();
        var setup = new JobSetup(folder.Path).With("--input", text.Folder, "--pace", "60", "--interval", "1h");
        using var process = JobProcess.Start(setup);
        await process.WaitForLineAsync(line => line.StartsWith("Starting afresh", StringComparison.Ordinal));
        process.Signal(SigTerm);
        var stopped = await process.EndAsync();

        var rest = await JobProcess.RunAsync(folder.Setup(text));

        Assert.True(stopped.ExitCode == JobProcess.Stopped, $"{stopped}");
        Assert.Equal($"Stopped at {rest.Result!.Skipped:N0} records; start again to go on.", stopped.Output[^1]);
        Assert.Equal(text.Digest, rest.Result.Digest);
    }

    [Fact]
    public async Task A_savepoint_starts_the_job_where_its_checkpoints_are_gone()
    {
        using var folder = new JobFolder();
        var savepoints = Path.Combine(folder.Path, "elsewhere");
        var stopped = await StopAsync(folder.Setup(text).With("--pace", "60", "--interval", "100 ms", "--savepoint", savepoints), SigTerm);
        var savepoint = stopped.Lines[^1];
        Assert.True(savepoint.IsSavepoint, $"{stopped}");
        Assert.StartsWith($"file:{savepoints}/savepoint-", savepoint.Pointer);
        Directory.Delete(folder.Checkpoints, recursive: true);

        for (var run = 0; run < 2; run++)
        {
            var rest = await JobProcess.RunAsync(folder.Setup(text).With("--from", savepoint.Pointer));

            Assert.Equal(savepoint.Checkpoint, rest.Result!.RestoredFrom);
            Assert.Equal(savepoint.Records, rest.Result.Skipped);
            Assert.Equal(text.Digest, rest.Result.Digest);
        }
    }

    [Fact]
    public async Task A_savepoint_without_a_directory_goes_beside_the_checkpoints_and_holds_the_whole_result()
    {
        using var folder = new JobFolder();
        var finished = await JobProcess.RunAsync(folder.Setup(text).With("--savepoint"));
        var savepoint = Assert.Single(Directory.GetDirectories(Path.Combine(folder.Path, "savepoints")));

        var again = await JobProcess.RunAsync(folder.Setup(text).With("--from", savepoint));

        Assert.Equal(0, finished.ExitCode);
        Assert.Equal((text.Records, 0), (again.Result!.Skipped, again.Result.Processed));
        Assert.Equal(text.Digest, again.Result.Digest);
    }

    [Fact]
    public async Task State_beyond_the_memory_backends_limit_fails_by_name_and_loses_no_checkpoint()
    {
        using var folder = new JobFolder();
        var setup = folder.Setup(text).With("--backend", "memory");
        var before = await StopAsync(setup.With("--pace", "60", "--interval", "100 ms"), SigTerm);

        var refused = await JobProcess.RunAsync(setup.WithEnvironment("Cairn__Checkpoints__MaxStateSize", "1000"));
        var after = await JobProcess.RunAsync(setup);

        Assert.True(refused.ExitCode == 1, $"{refused}");
        Assert.Null(refused.LastCheckpoint);
        Assert.Contains("maxSize=1000", refused.Errors);
        Assert.Contains("Cairn:Checkpoints:Backend to FileSystem", refused.Errors);
        Assert.DoesNotContain("   at ", refused.Errors);
        Assert.Equal(before.LastCheckpoint!.Checkpoint, after.Result!.RestoredFrom);
        Assert.Equal(text.Digest, after.Result.Digest);
    }

    [Fact]
    public async Task State_of_several_megabytes_is_restored()
    {
        using var folder = new JobFolder();
        var input = Path.Combine(folder.Path, "words.txt");
        await File.WriteAllLinesAsync(input, Enumerable.Range(0, 200_000).Select(n => $"w{Letters(n)} common"), TestContext.Current.CancellationToken);
        var setup = new JobSetup(folder.Path).With("--input", input, "--tasks", "1", "--json").WithEnvironment("WordCount__Pace", "0");
        var undisturbed = await JobProcess.RunAsync(setup);

        var killed = await KillAsync(setup.With("--interval", "50 ms", "--pace", "2"));
        var restored = await JobProcess.RunAsync(setup);

        Assert.True(killed is { ExitCode: JobProcess.Killed, LastCheckpoint.Bytes: > 1_000_000 }, $"{killed}");
        Assert.InRange(restored.Result!.Skipped, killed.LastCheckpoint.Records, 200_000);
        Assert.Equal(undisturbed.Result!.Digest, restored.Result.Digest);

        static async Task<JobEnding> KillAsync(JobSetup setup)
        {
            using var process = JobProcess.Start(setup);
            await process.WaitForLineAsync(line => JobLine.Parse(line) is { IsCheckpoint: true, Bytes: > 1_000_000 });
            process.Kill();
            return await process.EndAsync();
        }

        static string Letters(int number) => string.Concat($"{number}".Select(digit => (char)('a' + digit - '0')));
    }

    [Fact]
    public async Task Other_text_or_other_tasks_than_the_checkpoint_has_are_refused_and_the_checkpoint_stays()
    {
        using var folder = new JobFolder();
        var input = Directory.CreateDirectory(Path.Combine(folder.Path, "input")).FullName;
        var file = Path.Combine(input, "text.txt");
        File.Copy(Path.Combine(text.Folder, "a.txt"), file);
        var setup = folder.Setup(text).WithEnvironment("WordCount__Input", input);
        var stopped = await StopAsync(setup.With("--pace", "60", "--interval", "100 ms"), SigTerm);

        var otherTasks = await JobProcess.RunAsync(setup.With("--tasks", "3"));
        var otherText = await JobProcess.RunAsync(folder.Setup(text));
        var same = await JobProcess.RunAsync(setup.With("--kill-after", "1"));
        await File.AppendAllTextAsync(file, "more", TestContext.Current.CancellationToken);
        var changedText = await JobProcess.RunAsync(setup);

        Assert.Equal((1, 1, 1), (otherText.ExitCode, otherTasks.ExitCode, changedText.ExitCode));
        Assert.Contains("has 4 tasks in checkpoint", Assert.Single(otherTasks.ErrorLines));
        Assert.Contains("taken of other text", Assert.Single(otherText.ErrorLines));
        Assert.Contains("taken of other text", Assert.Single(changedText.ErrorLines));
        Assert.Equal(stopped.LastCheckpoint!.Checkpoint, same.Start!.RestoredFrom);
    }

    private static async Task<JobEnding> StopAsync(JobSetup setup, int signal)
    {
        using var process = JobProcess.Start(setup);
        await process.WaitForCheckpointsAsync(2);
        process.Signal(signal);
        return await process.EndAsync();
    }
}
