using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Tests.FileSystems.Drivers;

public sealed class CommitSettlementTests
{
    private const int Depth = 3;

    private static readonly WriteMode[] Modes = [WriteMode.Create, WriteMode.Overwrite, WriteMode.Replace(ScriptedPublication.FirstETag)];

    private static readonly CommitSettlement Settlement = new(new RetryPolicy(
        new RetryOptions { Attempts = Depth + 1, FirstDelay = TimeSpan.Zero, CommitGrace = TimeSpan.FromSeconds(1) }, random: new Random(1)));

    public static TheoryData<string, bool, bool, bool> Situations()
    {
        var situations = new TheoryData<string, bool, bool, bool>();
        foreach (var mode in Modes)
        {
            for (var bits = 0; bits < 8; bits++)
                situations.Add(mode.Name, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
        }
        return situations;
    }

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task Every_script_ends_committed_refused_or_unknown_and_says_which_it_was(string modeName, bool occupied, bool repeats, bool lookUpFails)
    {
        var mode = Modes.Single(mode => mode.Name == modeName);
        foreach (var rivals in Words<Rival>(Depth))
        {
            // Scripts that differ only behind the last attempt that was made are the same script.
            Attempt[] made = [];
            foreach (var attempts in Words<Attempt>(Depth).Where(attempts => made.Length == 0 || !attempts.AsSpan().StartsWith(made)))
                made = attempts[..await CheckAsync(mode, occupied, repeats, lookUpFails, attempts, rivals)];
        }
    }

    [Theory]
    [InlineData(Attempt.LostAfter)]
    [InlineData(Attempt.LandsLater)]
    [InlineData(Attempt.LostBefore)]
    [InlineData(Attempt.CancelledAfter)]
    [InlineData(Attempt.CancelledAndAnswered)]
    public async Task A_create_that_nobody_contests_is_found_to_be_committed(Attempt first)
    {
        using var cancelled = new CancellationTokenSource();
        var publication = new ScriptedPublication(WriteMode.Create, occupied: false, repeats: true, [first], [], lookUpFails: false, cancelled);
        var entry = await Settlement.PublishAsync(publication, cancelled.Token);
        Assert.True(publication.IsThere);
        Assert.Equal(publication.Path, entry.Path);
    }

    [Fact]
    public async Task A_lost_race_without_a_lost_answer_is_a_plain_refusal()
    {
        foreach (var (mode, code) in new[] { (WriteMode.Create, FileSystemErrorCode.AlreadyExists), (WriteMode.Replace("v9"), FileSystemErrorCode.PreconditionFailed) })
        {
            using var cancelled = new CancellationTokenSource();
            var publication = new ScriptedPublication(mode, occupied: true, repeats: true, [], [], lookUpFails: false, cancelled);
            var error = await Assert.ThrowsAsync<FileSystemException>(() => Settlement.PublishAsync(publication, cancelled.Token));
            Assert.Equal(code, error.Code);
            Assert.Equal(1, publication.Sent);
        }
    }

    [Fact]
    public async Task A_stranger_in_the_place_of_a_replaced_file_is_unknown_when_an_answer_was_lost()
    {
        using var cancelled = new CancellationTokenSource();
        var publication = new ScriptedPublication(
            WriteMode.Replace(ScriptedPublication.FirstETag), occupied: true, repeats: true, [Attempt.LostAfter], [Rival.None, Rival.Publishes], lookUpFails: false, cancelled);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => Settlement.PublishAsync(publication, cancelled.Token));
        Assert.Equal(FileSystemErrorCode.OutcomeUnknown, error.Code);
        Assert.True(publication.Landed);
    }

    [Fact]
    public async Task A_completion_that_met_another_request_is_a_conflict_to_write_again()
    {
        using var cancelled = new CancellationTokenSource();
        var publication = new ScriptedPublication(WriteMode.Create, occupied: false, repeats: false, [Attempt.Conflict], [], lookUpFails: false, cancelled);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => Settlement.PublishAsync(publication, cancelled.Token));
        Assert.Equal(FileSystemErrorCode.Conflict, error.Code);
        Assert.True(error.IsTransient);
        Assert.Equal(1, publication.Sent);
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_refuses_as_unavailable()
    {
        using var cancelled = new CancellationTokenSource();
        var never = Enumerable.Repeat(Attempt.NotDone, 10).ToArray();
        var publication = new ScriptedPublication(WriteMode.Create, occupied: false, repeats: true, never, [], lookUpFails: true, cancelled);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => Settlement.PublishAsync(publication, cancelled.Token));
        Assert.Equal(FileSystemErrorCode.Unavailable, error.Code);
        Assert.Equal(Depth + 1, publication.Sent);
    }

    [Fact]
    public async Task A_commit_that_was_cancelled_before_it_began_sends_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var publication = new ScriptedPublication(WriteMode.Create, occupied: false, repeats: true, [], [], lookUpFails: false, cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Settlement.PublishAsync(publication, cancelled.Token));
        Assert.Equal(0, publication.Sent);
    }

    [Fact]
    public async Task A_cancelled_commit_waits_for_its_answer_no_longer_than_the_grace()
    {
        var retries = new RetryPolicy(new RetryOptions { CommitGrace = TimeSpan.FromMilliseconds(50) });
        using var cancelled = new CancellationTokenSource();
        var publication = new HangingPublication(cancelled);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => new CommitSettlement(retries).PublishAsync(publication, cancelled.Token))
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(FileSystemErrorCode.OutcomeUnknown, error.Code);
    }

    /// <summary>Runs one script, and says how many of its attempts were made.</summary>
    private static async Task<int> CheckAsync(WriteMode mode, bool occupied, bool repeats, bool lookUpFails, Attempt[] attempts, Rival[] rivals)
    {
        using var cancelled = new CancellationTokenSource();
        var publication = new ScriptedPublication(mode, occupied, repeats, attempts, rivals, lookUpFails, cancelled);
        var outcome = "committed";
        try
        {
            await Settlement.PublishAsync(publication, cancelled.Token);
        }
        catch (FileSystemException e)
        {
            outcome = e.Code == FileSystemErrorCode.OutcomeUnknown ? "unknown" : "refused";
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
        }
        var (landed, isThere) = (publication.Landed, publication.IsThere);
        publication.SettleDown();
        if (Wrong() is { } wrong)
            Assert.Fail($"{wrong}: {mode} occupied={occupied} repeats={repeats} lookUpFails={lookUpFails} [{string.Join(' ', attempts)}] [{string.Join(' ', rivals)}] was {outcome}");
        return Math.Min(publication.Sent, Depth);

        string? Wrong() => outcome switch
        {
            "committed" when !landed => "a false success",
            "refused" or "cancelled" when publication.Landed => "a false refusal",
            not "committed" when isThere && !lookUpFails => "a lost commit",
            "cancelled" when !cancelled.IsCancellationRequested => "nobody cancelled",
            _ => null,
        };
    }

    private static IEnumerable<TLetter[]> Words<TLetter>(int length)
        where TLetter : struct, Enum
    {
        var letters = Enum.GetValues<TLetter>();
        IEnumerable<TLetter[]> words = [[]];
        for (var i = 0; i < length; i++)
            words = [.. words.SelectMany(word => letters, (word, letter) => (TLetter[])[.. word, letter])];
        return words;
    }

    /// <summary>A store that never answers, once the caller has given up.</summary>
    private sealed class HangingPublication(CancellationTokenSource cancelled) : Publication(StoragePath.Parse("s3://b/f"), WriteMode.Create, NewWriteId())
    {
        public override async Task<FileEntry> SendAsync(CancellationToken cancellationToken)
        {
            await cancelled.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("never");
        }

        public override async Task<PublishedFile?> LookUpAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return null;
        }

        public override PublishFault Judge(Exception exception) => throw exception;
    }
}
