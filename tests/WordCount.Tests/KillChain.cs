namespace Cairn.WordCount.Tests;

/// <summary>Who kills the job.</summary>
public enum Killer
{
    /// <summary>Itself, with SIGKILL, when it has counted a number of records.</summary>
    Itself,

    /// <summary>The test, with SIGKILL, when the job reports a checkpoint.</summary>
    Test,
}

/// <summary>
/// One job from its first start to its end, killed in between. Holds every start against what was reported before it:
/// a start that counts again what a completed checkpoint covers fails here.
/// </summary>
internal sealed class KillChain(Text text)
{
    private JobLine? _reported;

    /// <summary>Times that it was killed.</summary>
    public int Kills { get; private set; }

    /// <summary>Starts that restored a checkpoint.</summary>
    public int Restores { get; private set; }

    /// <summary>Records that starts did not count again.</summary>
    public long Skipped { get; private set; }

    /// <summary>Whether a checkpoint was reported complete, so that the next start restores one.</summary>
    public bool HasCheckpoint => _reported is not null;

    /// <summary>Whether the job told its result.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Looks at one start of the job, which ended well or was killed.</summary>
    public void Add(JobEnding ending)
    {
        Assert.True(ending.ExitCode == JobProcess.Killed || (ending.ExitCode == 0 && ending.Result is not null), $"{ending}");
        if (ending.Start is { } start)
            CheckStart(start);
        if (ending.Result is { } result)
            CheckResult(result, ending.Start!);
        _reported = ending.LastCheckpoint ?? _reported;
        Kills += ending.ExitCode == JobProcess.Killed ? 1 : 0;
        IsFinished = ending.Result is not null;
    }

    private void CheckStart(JobLine start)
    {
        Assert.Equal(start.RestoredFrom is null, start.Skipped == 0);
        if (_reported is { } reported)
        {
            Assert.True(start.Skipped > 0, "Everything is counted again from zero, and a checkpoint was reported complete.");
            Assert.True(start.Skipped >= reported.Records, $"Checkpoint {reported.Checkpoint} was reported complete at {reported.Records} records and only {start.Skipped} are skipped.");
            Assert.True(start.RestoredFrom >= reported.Checkpoint, $"Checkpoint {reported.Checkpoint} was reported complete and {start.RestoredFrom} is restored.");
        }
        Restores += start.RestoredFrom is null ? 0 : 1;
        Skipped += start.Skipped;
    }

    private void CheckResult(JobLine result, JobLine start)
    {
        Assert.Equal(text.Records, result.Total);
        Assert.Equal(start.Skipped, result.Skipped);
        Assert.Equal(result.Total - result.Skipped, result.Processed);
        Assert.Equal(text.Digest, result.Digest);
    }
}
