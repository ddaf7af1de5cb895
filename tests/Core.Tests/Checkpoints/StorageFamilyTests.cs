using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;
using Cairn.FileSystems.Local;
using Cairn.FileSystems.Memory;

namespace Cairn.Tests.Checkpoints;

/// <summary>What holds for every storage with a directory: Flink's <c>AbstractFileCheckpointStorageTestBase</c>, and what its two subclasses assert of directories.</summary>
public class StorageFamilyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Metadata_is_found_with_its_content_by_its_file_by_its_directory_and_by_a_trailing_slash(bool memoryBackend)
    {
        await using var job = new TestJob();
        var storage = job.Backend(memoryBackend);
        var bytes = new byte[23_686];
        new Random(7).NextBytes(bytes);
        var directory = (await FinishAsync(await storage.InitializeLocationForCheckpointAsync(177, Token), bytes)).ExternalPointer;

        foreach (var pointer in new[] { directory + "/_metadata", directory, directory + "/" })
        {
            var found = await storage.ResolveCheckpointAsync(pointer, Token);
            Assert.Equal(directory, found.ExternalPointer);
            Assert.Equal(bytes, await ReadAsync(job.FileSystems, found.MetadataHandle));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pointer_that_is_null_or_empty_or_no_path_or_names_nothing_is_refused(bool memoryBackend)
    {
        await using var job = new TestJob();
        var storage = job.Backend(memoryBackend);
        await Assert.ThrowsAsync<ArgumentNullException>(() => storage.ResolveCheckpointAsync(null!, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => storage.ResolveCheckpointAsync("", Token));
        await Assert.ThrowsAsync<FileSystemException>(() => storage.ResolveCheckpointAsync("this-is_not/a#filepath.at.all", Token));
        var missing = await Assert.ThrowsAsync<FileSystemException>(() => storage.ResolveCheckpointAsync($"{job.Root}/missing", Token));
        Assert.Equal(FileSystemErrorCode.NotFound, missing.Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_jobs_write_metadata_of_one_id_below_one_directory_and_each_resolves_both(bool memoryBackend)
    {
        await using var job = new TestJob();
        var first = job.Backend(memoryBackend);
        var second = job.Backend(memoryBackend, JobId.FromName("another job"));
        var pointers = new List<string>();
        foreach (var storage in new[] { first, second })
        {
            await storage.InitializeBaseLocationsAsync(Token);
            pointers.Add((await FinishAsync(await storage.InitializeLocationForCheckpointAsync(177, Token), [1])).ExternalPointer);
        }

        var jobs = await job.FileSystem.ListAsync(job.Root, cancellationToken: Token).Select(entry => entry.Path.Name).ToListAsync(Token);
        Assert.Equal(new[] { $"{first.JobId}", $"{second.JobId}" }.Order(StringComparer.Ordinal), jobs.Order(StringComparer.Ordinal));
        foreach (var storage in new[] { first, second })
        {
            foreach (var pointer in pointers)
                Assert.Equal(pointer, (await storage.ResolveCheckpointAsync(pointer, Token)).ExternalPointer);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_second_metadata_stream_on_a_finished_checkpoint_fails(bool memoryBackend)
    {
        await using var job = new TestJob();
        var location = await job.Backend(memoryBackend).InitializeLocationForCheckpointAsync(177, Token);
        await FinishAsync(location, [1]);
        await Assert.ThrowsAsync<FileSystemException>(() => FinishAsync(location, [2]));
    }

    [Theory]
    [InlineData(false, true, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(false, false, false)]
    [InlineData(true, true, true)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(true, false, false)]
    public async Task A_savepoint_goes_to_the_target_else_to_the_configured_directory_else_nowhere(bool memoryBackend, bool isConfigured, bool isTargeted)
    {
        await using var job = new TestJob();
        var configured = isConfigured ? job.Root / "configured" : null;
        FileSystemCheckpointStorageBase storage = memoryBackend
            ? new MemoryBackendCheckpointStorage(job.FileSystems, TestJob.Id, job.Root, configured)
            : new FileSystemCheckpointStorage(job.FileSystems, TestJob.Id, job.Root, configured);
        Assert.Equal(isConfigured, storage.HasDefaultSavepointLocation);
        var making = storage.InitializeLocationForSavepointAsync(52_452_452, isTargeted ? $"{job.Root}/target" : null, Token);
        if (!isConfigured && !isTargeted)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => making);
            return;
        }
        var pointer = StoragePath.Parse((await FinishAsync(await making, [1])).ExternalPointer);
        Assert.Equal(job.Root / (isTargeted ? "target" : "configured"), pointer.Parent);
    }

    [Fact]
    public async Task A_savepoint_that_failed_leaves_neither_files_nor_its_directory()
    {
        await using var disk = new Disk();
        foreach (var target in new[] { null, $"{disk.Root}/target" })
        {
            var location = await disk.Files().InitializeLocationForSavepointAsync(1, target, Token);
            foreach (var scope in Enum.GetValues<CheckpointedStateScope>())
                await StateStreamTests.WriteAsync(location, scope, new byte[5000]);
            await location.DisposeOnFailureAsync(Token);
            Assert.Empty(Directory.EnumerateFileSystemEntries(target is null ? $"{disk.Native}/savepoints" : $"{disk.Native}/target"));
        }
    }

    [Fact]
    public async Task Directories_appear_with_the_initialisation_and_a_resolved_location_is_not_created()
    {
        await using var disk = new Disk();
        foreach (var (storage, expected) in new (FileSystemCheckpointStorageBase, string[])[] { (disk.Memory(), []), (disk.Files(), ["shared", "taskowned"]) })
        {
            var directory = $"{disk.Native}/{storage.JobId}";
            Assert.False(Directory.Exists(directory));
            await storage.InitializeBaseLocationsAsync(Token);
            storage.ResolveCheckpointStorageLocation(177, CheckpointStorageLocationReference.Default);
            Assert.Equal(expected, Directory.EnumerateDirectories(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_default_reference_uses_the_storages_own_file_system_and_an_encoded_one_that_of_its_path()
    {
        await using var disk = new Disk();
        var storage = new FileSystemCheckpointStorage(disk.FileSystems, TestJob.Id, StoragePath.Parse($"memory://{Guid.NewGuid():N}/checkpoints"), inlineThreshold: 0);

        var own = await StateStreamTests.WriteAsync(storage.ResolveCheckpointStorageLocation(177, CheckpointStorageLocationReference.Default), CheckpointedStateScope.Exclusive, [1]);
        var encoded = CheckpointStorageLocationReference.Encode(disk.Root / "savepoint");
        var other = await StateStreamTests.WriteAsync(storage.ResolveCheckpointStorageLocation(177, encoded), CheckpointedStateScope.Exclusive, [2]);

        Assert.StartsWith("memory://", Assert.IsType<RelativeFileStateHandle>(own).FilePath, StringComparison.Ordinal);
        Assert.Equal([2], await File.ReadAllBytesAsync(Assert.Single(Directory.EnumerateFiles($"{disk.Native}/savepoint")), Token));
        Assert.Equal([2], await ReadAsync(disk.FileSystems, other!));
    }

    [Fact]
    public async Task The_memory_backend_always_gives_the_default_reference_and_keeps_the_limit_it_is_given()
    {
        await using var job = new TestJob();
        var inMemory = new MemoryBackendCheckpointStorage(job.FileSystems, TestJob.Id, maxStateSize: 17);
        Assert.Equal(17, inMemory.MaxStateSize);
        foreach (var location in new[]
        {
            await inMemory.InitializeLocationForCheckpointAsync(42, Token),
            await job.MemoryBackend().InitializeLocationForCheckpointAsync(42, Token),
            await job.MemoryBackend().InitializeLocationForSavepointAsync(1337, cancellationToken: Token),
        })
            Assert.True(location.LocationReference.IsDefault);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task State_that_a_task_owns_is_read_back(bool memoryBackend)
    {
        await using var job = new TestJob();
        await using var output = await job.Backend(memoryBackend).CreateTaskOwnedStateStreamAsync(Token);
        var bytes = "the quick brown fox"u8.ToArray();
        await output.Stream.WriteAsync(bytes, Token);
        Assert.Equal(bytes, await ReadAsync(job.FileSystems, (await output.FinishAsync(Token))!));
    }

    [Fact]
    public async Task A_marker_of_entropy_in_a_path_is_a_name_like_any_other()
    {
        await using var job = new TestJob();
        var storage = new FileSystemCheckpointStorage(job.FileSystems, TestJob.Id, job.Root / "_entropy_" / "checkpoints", inlineThreshold: 0);
        var location = await storage.InitializeLocationForCheckpointAsync(1, Token);
        var state = Assert.IsType<RelativeFileStateHandle>(await StateStreamTests.WriteAsync(location, CheckpointedStateScope.Exclusive, [1]));
        var pointer = (await FinishAsync(location, [1])).ExternalPointer;
        Assert.Equal($"{job.Root}/_entropy_/checkpoints/{TestJob.Id}/chk-1", pointer);
        Assert.StartsWith(pointer, state.FilePath, StringComparison.Ordinal);
    }

    internal static async Task<byte[]> ReadAsync(FileSystemRegistry fileSystems, StreamStateHandle handle)
    {
        await using var stream = await handle.OpenAsync(fileSystems, Token);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Token);
        return bytes.ToArray();
    }

    private static async Task<ICompletedCheckpointStorageLocation> FinishAsync(ICheckpointStorageLocation location, byte[] bytes)
    {
        await using var metadata = await location.CreateMetadataOutputStreamAsync(Token);
        await metadata.Stream.WriteAsync(bytes, Token);
        return await metadata.FinishAsync(Token);
    }

    /// <summary>Storages where directories are real.</summary>
    private sealed class Disk : IAsyncDisposable
    {
        public string Native { get; } = Directory.CreateTempSubdirectory("cairn-storage-").FullName;

        public StoragePath Root => StoragePath.FromLocal(Native);

        public FileSystemRegistry FileSystems { get; } = new([new LocalFileSystemProvider(new() { Durable = false }), new MemoryFileSystemProvider()]);

        public FileSystemCheckpointStorage Files() => new(FileSystems, TestJob.Id, Root, Root / "savepoints", 1024);

        public MemoryBackendCheckpointStorage Memory() => new(FileSystems, TestJob.Id, Root, Root / "savepoints");

        public async ValueTask DisposeAsync()
        {
            await FileSystems.DisposeAsync();
            Directory.Delete(Native, recursive: true);
        }
    }
}
