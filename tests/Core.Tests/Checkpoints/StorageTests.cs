using System.Text;
using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;
using Cairn.FileSystems.Local;
using Cairn.Tests.FileSystems.Local;

namespace Cairn.Tests.Checkpoints;

/// <summary>What Flink's tests of the storage classes assert, as far as it holds here; see also the golden rows.</summary>
public class StorageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_finished_checkpoint_is_found_by_its_directory_by_its_metadata_and_by_a_trailing_slash()
    {
        await using var job = new TestJob();
        var storage = job.FileBackend();
        var completed = await FinishMetadataAsync(await storage.InitializeLocationForCheckpointAsync(177, Token), new byte[23_686]);

        var directory = $"{job.Directory}/chk-177";
        Assert.Equal(directory, completed.ExternalPointer);
        foreach (var pointer in new[] { directory, directory + "/", directory + "/_metadata", directory + "/../chk-177" })
        {
            var found = await storage.ResolveCheckpointAsync(pointer, Token);
            Assert.Equal(directory, found.ExternalPointer);
            Assert.Equal(new FileStateHandle(directory + "/_metadata", 23_686), found.MetadataHandle);
        }
    }

    [Fact]
    public async Task A_disposed_location_leaves_no_directory_where_directories_are_real()
    {
        await using var folder = new LocalFolder();
        await using var fileSystems = new FileSystemRegistry([new LocalFileSystemProvider()]);
        var root = folder.Path / "checkpoints";
        var directory = Path.Combine(folder.Native, "checkpoints", $"{TestJob.Id}", "chk-1");
        var storage = new FileSystemCheckpointStorage(fileSystems, TestJob.Id, root);
        var completed = await FinishMetadataAsync(await storage.InitializeLocationForCheckpointAsync(1, Token), [1]);
        await fileSystems.Get(root).DeleteAsync([StoragePath.Parse($"{completed.ExternalPointer}/_metadata")], Token);
        Assert.True(Directory.Exists(directory));

        await completed.DisposeStorageLocationAsync(Token);

        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task Metadata_in_memory_is_finished_once_and_leaves_nothing()
    {
        await using var job = new TestJob();
        var location = await new MemoryBackendCheckpointStorage(job.FileSystems, TestJob.Id).InitializeLocationForCheckpointAsync(1, Token);
        await using var output = await location.CreateMetadataOutputStreamAsync(Token);
        await output.Stream.WriteAsync(new byte[] { 1, 2 }, Token);
        var completed = await output.FinishAsync(Token);
        Assert.Equal(2, completed.MetadataHandle.StateSize);
        await Assert.ThrowsAsync<IOException>(() => output.FinishAsync(Token));
        await completed.DisposeStorageLocationAsync(Token);
        await location.DisposeOnFailureAsync(Token);
        Assert.Equal(0, job.Requests.Total);
    }

    [Fact]
    public void References_of_one_location_are_equal()
    {
        var path = StoragePath.Parse("s3://bucket/dir");
        var (one, same) = (CheckpointStorageLocationReference.Encode(path), CheckpointStorageLocationReference.Encode(path));
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.True(one.Equals((object)same));
        Assert.False(one.Equals((object)CheckpointStorageLocationReference.Default));
        Assert.False(one.Equals(null));
    }

    [Fact]
    public async Task A_pointer_may_name_any_file()
    {
        await using var job = new TestJob();
        await job.FileSystem.WriteAllBytesAsync(job.Directory / "other", new byte[5], cancellationToken: Token);

        var found = await job.FileBackend().ResolveCheckpointAsync($"{job.Directory}/other", Token);

        Assert.Equal($"{job.Directory}", found.ExternalPointer);
        Assert.Equal(new FileStateHandle($"{job.Directory}/other", 5), found.MetadataHandle);
    }

    [Fact]
    public async Task A_pointer_of_a_checkpoints_directory_or_metadata_is_found_with_one_look_up()
    {
        await using var job = new TestJob();
        await FinishMetadataAsync(await job.FileBackend().InitializeLocationForCheckpointAsync(1, Token), [1]);
        foreach (var pointer in new[] { $"{job.Directory}/chk-1", $"{job.Directory}/chk-1/_metadata" })
        {
            job.Requests.Clear();
            await job.FileBackend().ResolveCheckpointAsync(pointer, Token);
            Assert.Equal("1 Find", $"{job.Requests}");
        }
    }

    [Theory]
    [InlineData("nosuch://b/x", FileSystemErrorCode.NotSupported, "Cannot access file system for checkpoint/savepoint path 'nosuch://b/x'.")]
    [InlineData("jobmanager://savepoints/1", FileSystemErrorCode.NotSupported, "Cannot access file system for checkpoint/savepoint path")]
    [InlineData("memory://nowhere/missing", FileSystemErrorCode.NotFound, "Cannot find checkpoint or savepoint file/directory 'memory://nowhere/missing' on file system 'memory'.")]
    [InlineData(" ", FileSystemErrorCode.InvalidPath, "Checkpoint/savepoint path ' ' is not a valid file URI.")]
    [InlineData("memory:", FileSystemErrorCode.InvalidPath, "is not a valid file URI.")]
    [InlineData("memory:a", FileSystemErrorCode.InvalidPath, "is not a valid file URI.")]
    [InlineData("://x", FileSystemErrorCode.InvalidPath, "is not a valid file URI.")]
    public async Task A_pointer_that_leads_nowhere_says_why(string pointer, FileSystemErrorCode code, string message)
    {
        await using var job = new TestJob();
        var error = await Assert.ThrowsAsync<FileSystemException>(() => job.FileBackend().ResolveCheckpointAsync(pointer, Token));
        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_without_metadata_is_told_from_no_directory()
    {
        await using var job = new TestJob();
        await job.FileSystem.WriteAllBytesAsync(job.Directory / "chk-1" / "state", new byte[5], cancellationToken: Token);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => job.FileBackend().ResolveCheckpointAsync($"{job.Directory}/chk-1", Token));
        Assert.StartsWith($"Cannot find meta data file '_metadata' in directory '{job.Directory}/chk-1'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_in_a_pointer_is_not_repeated_in_the_error()
    {
        await using var job = new TestJob();
        foreach (var pointer in new[] { "memory://user:hunter2@bucket/x", "memory://bucket/x?sv=1&sig=hunter2" })
        {
            var error = await Assert.ThrowsAsync<FileSystemException>(() => job.FileBackend().ResolveCheckpointAsync(pointer, Token));
            Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_jobs_share_a_checkpoint_directory_and_not_their_checkpoints()
    {
        await using var job = new TestJob();
        var other = new FileSystemCheckpointStorage(job.FileSystems, JobId.FromName("another job"), job.Root);
        await FinishMetadataAsync(await job.FileBackend().InitializeLocationForCheckpointAsync(177, Token), [1]);
        await FinishMetadataAsync(await other.InitializeLocationForCheckpointAsync(177, Token), [2, 2]);

        var found = await job.FileBackend().ResolveCheckpointAsync($"{job.Root}/{other.JobId}/chk-177", Token);
        Assert.Equal(2, found.MetadataHandle.StateSize);
        Assert.Equal(1, (await other.ResolveCheckpointAsync($"{job.Directory}/chk-177", Token)).MetadataHandle.StateSize);
    }

    [Fact]
    public async Task Writing_to_an_already_finished_checkpoint_fails_and_leaves_it_as_it_was()
    {
        await using var job = new TestJob();
        await FinishMetadataAsync(await job.FileBackend().InitializeLocationForCheckpointAsync(1, Token), [1]);
        var again = await job.FileBackend().InitializeLocationForCheckpointAsync(1, Token);

        var error = await Assert.ThrowsAsync<FileSystemException>(() => FinishMetadataAsync(again, [2, 2]));

        Assert.Equal(FileSystemErrorCode.AlreadyExists, error.Code);
        Assert.Equal([1], await job.FileSystem.ReadAllBytesAsync(job.Directory / "chk-1" / "_metadata", cancellationToken: Token));
    }

    [Fact]
    public async Task Nothing_is_visible_before_the_metadata_is_finished_and_a_disposed_stream_leaves_nothing()
    {
        await using var job = new TestJob();
        var location = await job.FileBackend().InitializeLocationForCheckpointAsync(1, Token);
        await using (var metadata = await location.CreateMetadataOutputStreamAsync(Token))
        {
            await metadata.Stream.WriteAsync(new byte[100], Token);
            Assert.Empty(await job.FilesAsync());
        }
        Assert.Empty(await job.FilesAsync());
    }

    [Fact]
    public async Task Exclusive_and_shared_state_go_to_directories_of_their_own()
    {
        await using var job = new TestJob();
        var location = await job.FileBackend().InitializeLocationForCheckpointAsync(177, Token);

        var exclusive = Assert.IsType<RelativeFileStateHandle>(await WriteAsync(location, CheckpointedStateScope.Exclusive, 1));
        var shared = Assert.IsType<FileStateHandle>(await WriteAsync(location, CheckpointedStateScope.Shared, 1));

        Assert.StartsWith($"{job.Directory}/chk-177/", exclusive.FilePath, StringComparison.Ordinal);
        Assert.StartsWith($"{job.Directory}/shared/", shared.FilePath, StringComparison.Ordinal);
        Assert.Equal(2, (await job.FilesAsync()).Count);
    }

    [Fact]
    public async Task Task_owned_state_lies_in_its_own_directory_or_inline()
    {
        await using var job = new TestJob();
        await using var large = await job.FileBackend(inlineThreshold: 10).CreateTaskOwnedStateStreamAsync(Token);
        await large.Stream.WriteAsync(new byte[11], Token);
        var file = Assert.IsType<FileStateHandle>(await large.FinishAsync(Token));
        Assert.StartsWith($"{job.Directory}/taskowned/", file.FilePath, StringComparison.Ordinal);

        await using var small = await job.MemoryBackend().CreateTaskOwnedStateStreamAsync(Token);
        await small.Stream.WriteAsync(new byte[11], Token);
        Assert.IsType<ByteStreamStateHandle>(await small.FinishAsync(Token));
    }

    [Fact]
    public async Task A_savepoint_lies_whole_in_one_directory_below_the_target_or_the_default()
    {
        await using var job = new TestJob();
        foreach (var target in new[] { null, $"{job.Root}/elsewhere" })
        {
            var location = await job.FileBackend().InitializeLocationForSavepointAsync(5, target, Token);
            var directory = location.LocationReference.Decode();
            Assert.Equal(target ?? $"{job.Root}/savepoints", $"{directory.Parent}");
            Assert.Matches($"^savepoint-{TestJob.Id.ToString()[..6]}-[0-9a-f]{{12}}$", directory.Name);
            foreach (var scope in Enum.GetValues<CheckpointedStateScope>())
            {
                var handle = Assert.IsType<RelativeFileStateHandle>(await WriteAsync(location, scope, 1));
                Assert.Equal($"{directory}", handle.Directory);
            }
            Assert.Equal($"{directory}", (await FinishMetadataAsync(location, [1])).ExternalPointer);
        }
    }

    [Fact]
    public async Task A_savepoint_without_any_location_is_refused()
    {
        await using var job = new TestJob();
        var storage = new FileSystemCheckpointStorage(job.FileSystems, TestJob.Id, job.Root);
        Assert.False(storage.HasDefaultSavepointLocation);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => storage.InitializeLocationForSavepointAsync(1, cancellationToken: Token));
        Assert.StartsWith("No savepoint location given and no default location configured.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolving_a_location_sends_nothing()
    {
        await using var job = new TestJob();
        var reference = CheckpointStorageLocationReference.Encode(job.Root / "savepoints" / "savepoint-1");
        foreach (var storage in new ICheckpointStorage[] { job.FileBackend(), job.MemoryBackend() })
        {
            storage.ResolveCheckpointStorageLocation(177, CheckpointStorageLocationReference.Default);
            storage.ResolveCheckpointStorageLocation(177, reference);
        }
        Assert.Equal(0, job.Requests.Total);
    }

    [Fact]
    public async Task The_memory_backend_keeps_its_metadata_where_it_has_a_directory()
    {
        await using var job = new TestJob();
        var durable = job.MemoryBackend();
        Assert.True(durable.SupportsHighlyAvailableStorage);
        Assert.True(durable.HasDefaultSavepointLocation);
        Assert.IsType<PersistentMetadataCheckpointStorageLocation>(await durable.InitializeLocationForCheckpointAsync(1, Token));

        var inMemory = new MemoryBackendCheckpointStorage(job.FileSystems, TestJob.Id);
        Assert.False(inMemory.SupportsHighlyAvailableStorage);
        Assert.False(inMemory.HasDefaultSavepointLocation);
        Assert.Equal(5 * 1024 * 1024, inMemory.MaxStateSize);
        var location = await inMemory.InitializeLocationForCheckpointAsync(1, Token);
        var completed = await FinishMetadataAsync(location, [1, 2, 3]);
        Assert.Equal([1, 2, 3], Assert.IsType<ByteStreamStateHandle>(completed.MetadataHandle).Data.ToArray());
        await Assert.ThrowsAsync<FileSystemException>(() => inMemory.ResolveCheckpointAsync(completed.ExternalPointer, Token));
    }

    [Theory]
    [InlineData("s3://b/a", "055f3f1873333a2f2f622f61")]
    [InlineData("/a", "055f3f182f61")]
    [InlineData("a b", "055f3f18612062")]
    [InlineData("file:///x/é世😀", "055f3f1866696c653a2f782fc3a9e4b896f09f9880")]
    public void A_reference_is_a_magic_and_the_path_in_utf8(string path, string bytes)
    {
        var reference = CheckpointStorageLocationReference.Encode(StoragePath.Parse(path));
        Assert.Equal(bytes, $"{reference}");
        var received = CheckpointStorageLocationReference.FromBytes(Convert.FromHexString(bytes));
        Assert.Equal(reference, received);
        Assert.Equal(StoragePath.Parse(path), received.Decode());
    }

    [Theory]
    [InlineData("", "Cannot decode default reference")]
    [InlineData("055f3f18", "Reference too short.")]
    [InlineData("055f3f192f61", "Reference starts with the wrong magic number")]
    [InlineData("055f3f1866696c653a", "Reference cannot be decoded to a path")]
    public void A_reference_that_names_no_path_says_why(string bytes, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => CheckpointStorageLocationReference.FromBytes(Convert.FromHexString(bytes)).Decode()).Message);

    [Fact]
    public async Task State_is_inline_up_to_the_threshold_whatever_the_writes_and_flushes_were()
    {
        await using var job = new TestJob();
        foreach (var threshold in new[] { 0, 1, 100, 4096, 20 * 1024 })
        {
            var location = await job.FileBackend(threshold).InitializeLocationForCheckpointAsync(1, Token);
            foreach (var size in new[] { 0, 1, threshold - 1, threshold, threshold + 1, threshold * 3 }.Where(s => s >= 0))
            {
                foreach (var chunk in new[] { 1, 7, 1000, Math.Max(1, size) })
                {
                    var handle = await WriteAsync(location, CheckpointedStateScope.Exclusive, size, chunk);
                    Assert.Equal(size == 0 ? null : size <= threshold ? typeof(ByteStreamStateHandle) : typeof(RelativeFileStateHandle), handle?.GetType());
                    Assert.Equal(size, handle?.StateSize ?? 0);
                    if (handle is not null)
                        Assert.Equal(Payload(size), await ReadAsync(job, handle));
                }
            }
        }
    }

    [Fact]
    public async Task A_stream_that_was_finished_or_disposed_gives_no_second_handle()
    {
        await using var job = new TestJob();
        foreach (var storage in new ICheckpointStorage[] { job.FileBackend(), job.MemoryBackend() })
        {
            var location = await storage.InitializeLocationForCheckpointAsync(1, Token);
            var stream = await location.CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, Token);
            Assert.Null(await stream.FinishAsync(Token));
            await stream.Stream.WriteAsync(new byte[3], Token);
            Assert.NotNull(await stream.FinishAsync(Token));
            await Assert.ThrowsAsync<IOException>(() => stream.FinishAsync(Token));
            await stream.DisposeAsync();

            var discarded = await location.CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, Token);
            await discarded.Stream.WriteAsync(new byte[3], Token);
            await discarded.DisposeAsync();
            await Assert.ThrowsAsync<IOException>(() => discarded.FinishAsync(Token));
        }
        Assert.Single(await job.FilesAsync());
    }

    [Fact]
    public async Task Text_and_compression_may_wrap_a_state_stream_and_be_disposed()
    {
        await using var job = new TestJob();
        var location = await job.FileBackend().InitializeLocationForCheckpointAsync(1, Token);
        await using var output = await location.CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, Token);
        await using (var text = new StreamWriter(output.Stream, Encoding.UTF8))
            await text.WriteAsync("words");
        var handle = await output.FinishAsync(Token);
        Assert.Equal("words", Encoding.UTF8.GetString(await ReadAsync(job, handle!)).TrimStart('\uFEFF'));
    }

    private static async Task<ICompletedCheckpointStorageLocation> FinishMetadataAsync(ICheckpointStorageLocation location, byte[] bytes)
    {
        await using var metadata = await location.CreateMetadataOutputStreamAsync(Token);
        await metadata.Stream.WriteAsync(bytes, Token);
        return await metadata.FinishAsync(Token);
    }

    private static async Task<StreamStateHandle?> WriteAsync(ICheckpointStreamFactory factory, CheckpointedStateScope scope, int size, int chunk = 4096)
    {
        await using var output = await factory.CreateCheckpointStateOutputStreamAsync(scope, Token);
        var synchronous = false;
        foreach (var piece in Payload(size).Chunk(chunk))
        {
            if (synchronous = !synchronous)
                output.Stream.Write(piece);
            else
                await output.Stream.WriteAsync(piece, Token);
            await output.Stream.FlushAsync(Token);
        }
        Assert.Equal(size, output.Position);
        return await output.FinishAsync(Token);
    }

    private static async Task<byte[]> ReadAsync(TestJob job, StreamStateHandle handle)
    {
        await using var stream = await handle.OpenAsync(job.FileSystems, Token);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Token);
        return bytes.ToArray();
    }

    private static byte[] Payload(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(i * 31))];
}
