using Cairn.Checkpoints;
using Cairn.Conformance.Checkpoints;
using Cairn.FileSystems;

namespace Cairn.Tests.Checkpoints;

/// <summary>A commit whose answer nobody hears.</summary>
public class UnknownOutcomeTests
{
    /// <summary>Opening: two listings and a claim. The first checkpoint: its commit and the look behind it. The second: its commit.</summary>
    private const int SecondCommit = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_the_answer_of_the_commit_and_everything_after_it_is_swallowed_the_next_start_restores_what_was_in_fact_committed()
    {
        using var faults = new FaultInjector(RequestFault.StoppedAfter, SecondCommit);
        await using var job = new TestJob(inner => faults.Watch(inner));
        await using (var owner = await job.OpenAsync(job.MemoryBackend()))
        {
            await owner.CheckpointAsync("one");
            await using var second = owner.Begin();
            await second.WriteTextAsync("counter", "committed, but nobody knows");
            var error = await Assert.ThrowsAsync<FileSystemException>(() => second.CompleteAsync(Token));
            Assert.Equal(FileSystemErrorCode.OutcomeUnknown, error.Code);
            Assert.Equal(SecondCommit, faults.Requests);
        }

        await using var afterwards = new TestJob(root: job.Root);
        await using var next = await afterwards.OpenAsync(afterwards.MemoryBackend());
        Assert.Equal(2, next.Restored!.Id);
        Assert.Equal("committed, but nobody knows", await next.RestoreTextAsync("counter"));
    }

    [Theory]
    [InlineData(RequestFault.AnswerLost)]
    [InlineData(RequestFault.NeverSent)]
    public async Task A_job_that_finishes_leaves_nothing_of_a_checkpoint_that_nobody_knew_of(RequestFault fault)
    {
        using var faults = new FaultInjector(fault, SecondCommit);
        await using var job = new TestJob(inner => faults.Watch(inner));
        await using (var owner = await job.OpenAsync(job.MemoryBackend()))
        {
            await owner.CheckpointAsync("one");
            await Assert.ThrowsAsync<FileSystemException>(() => owner.CheckpointAsync("two"));
            await owner.CheckpointAsync("three");
            await owner.FinishAsync(Token);
        }
        Assert.Empty(await job.CheckpointsAsync());
    }

    [Fact]
    public async Task A_checkpoint_that_nobody_knew_of_is_discarded_in_its_turn()
    {
        using var faults = new FaultInjector(RequestFault.AnswerLost, SecondCommit);
        await using var job = new TestJob(inner => faults.Watch(inner));
        await using var owner = await job.OpenAsync(job.MemoryBackend(), new CheckpointCoordinatorOptions { Retained = 2 });
        await owner.CheckpointAsync("one");
        await Assert.ThrowsAsync<FileSystemException>(() => owner.CheckpointAsync("two"));

        await owner.CheckpointAsync("three");
        await owner.WaitForDiscardsAsync(Token);
        Assert.Equal(["chk-2", "chk-3"], await job.CheckpointsAsync());

        await owner.CheckpointAsync("four");
        await owner.WaitForDiscardsAsync(Token);
        Assert.Equal(["chk-3", "chk-4"], await job.CheckpointsAsync());
    }
}
