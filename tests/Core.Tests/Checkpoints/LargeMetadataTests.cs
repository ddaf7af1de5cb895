using Cairn.Checkpoints;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;

namespace Cairn.Tests.Checkpoints;

/// <summary>Many small states, and a <c>_metadata</c> that is longer than one part.</summary>
public class LargeMetadataTests
{
    private const int Part = 1000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task States_of_one_task_that_end_above_the_threshold_get_a_file_each_and_those_below_are_inline()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync(job.FileBackend(inlineThreshold: 100));
        job.Requests.Clear();
        await using var checkpoint = owner.Begin();
        foreach (var (name, length) in new[] { ("none", 0), ("small", 100), ("large", 101), ("larger", 1000), ("tiny", 1) })
            await checkpoint.WriteTextAsync(name, new string('x', length));

        var completed = await checkpoint.CompleteAsync(Token);

        Assert.Equal(2, completed.StateFileCount);
        Assert.Equal(1101, completed.StateFileSize);
        Assert.Equal(3, job.Requests.Count(FileSystemOperation.Write));
    }

    [Fact]
    public async Task Metadata_over_one_part_goes_in_parts_under_the_same_condition()
    {
        PartedStore? store = null;
        await using var job = new TestJob(inner => store = new PartedStore(inner, Part));
        await using (var owner = await job.OpenAsync(job.MemoryBackend()))
            await owner.CheckpointAsync(new string('x', 5 * Part));

        Assert.Equal((job.Directory / "chk-1" / "_metadata", 6), Assert.Single(store!.Completed));
        Assert.Equal(new string('x', 5 * Part), await (await job.OpenAsync(job.MemoryBackend())).RestoreTextAsync("counter"));

        // The same checkpoint again: the completion finds the name taken, whatever the parts held.
        var again = await job.MemoryBackend().InitializeLocationForCheckpointAsync(1, Token);
        await using var metadata = await again.CreateMetadataOutputStreamAsync(Token);
        await metadata.Stream.WriteAsync(new byte[3 * Part], Token);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => metadata.FinishAsync(Token));
        Assert.Equal(FileSystemErrorCode.AlreadyExists, error.Code);
        Assert.Equal(new string('x', 5 * Part), await (await job.OpenAsync(job.MemoryBackend())).RestoreTextAsync("counter"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Metadata_that_the_store_cannot_publish_under_a_condition_is_refused_before_anything_is_sent_or_lost(bool memoryBackend)
    {
        await using var job = new TestJob(inner => new PartedStore(inner, Part, maxConditionalLength: 4 * Part));
        FileSystemCheckpointStorageBase storage = memoryBackend ? job.MemoryBackend() : job.FileBackend(inlineThreshold: 4 * Part);
        await using var owner = await job.OpenAsync(storage);
        await owner.CheckpointAsync("one");
        var before = await job.FilesAsync();
        job.Requests.Clear();

        await using (var checkpoint = owner.Begin())
        {
            await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 0, 2), new string('x', 3 * Part));
            await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 1, 2), new string('x', 3 * Part));
            var error = await Assert.ThrowsAsync<FileSystemException>(() => checkpoint.CompleteAsync(Token));
            Assert.Equal(FileSystemErrorCode.NotSupported, error.Code);
            Assert.Contains($"{4 * Part} bytes", error.Message, StringComparison.Ordinal);
            Assert.Contains("Cairn:Checkpoints:Backend", error.Message, StringComparison.Ordinal);
            Assert.Contains("Cairn:Checkpoints:InlineThreshold", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, job.Requests.Count(FileSystemOperation.Write));
        Assert.Equal(before, await job.FilesAsync());
        Assert.Equal(3, (await owner.CheckpointAsync("three")).Id);
        Assert.Equal("three", await (await job.OpenAsync(storage)).RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task Metadata_of_exactly_the_longest_conditional_length_is_published()
    {
        await using var job = new TestJob(inner => new PartedStore(inner, Part, maxConditionalLength: 4 * Part));
        var location = await job.MemoryBackend().InitializeLocationForCheckpointAsync(1, Token);
        await using var metadata = await location.CreateMetadataOutputStreamAsync(Token);
        await metadata.Stream.WriteAsync(new byte[4 * Part], Token);
        Assert.Throws<FileSystemException>(() => metadata.Stream.WriteByte(1));
        Assert.Equal(4 * Part, (await metadata.FinishAsync(Token)).MetadataHandle.StateSize);
    }
}
