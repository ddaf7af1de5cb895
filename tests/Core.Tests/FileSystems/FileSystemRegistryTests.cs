using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.FileSystems.Local;
using Cairn.FileSystems.Memory;

namespace Cairn.Tests.FileSystems;

public sealed class FileSystemRegistryTests
{
    private static readonly StoragePath Path = StoragePath.Parse("memory://registry/a");

    [Fact]
    public async Task One_file_system_serves_every_path_of_a_scheme_and_an_authority()
    {
        await using var registry = new FileSystemRegistry([new MemoryFileSystemProvider()]);
        var fileSystem = registry.Get(Path);
        Assert.Same(fileSystem, registry.Get(StoragePath.Parse("MEMORY://Registry/b/c")));
        Assert.NotSame(fileSystem, registry.Get(StoragePath.Parse("memory://other/a")));
        Assert.NotSame(fileSystem, registry.Get(StoragePath.Parse("memory:/a")));
        Assert.Equal(StoragePath.Parse("memory://registry/"), fileSystem.Root);
    }

    [Fact]
    public async Task Many_callers_at_once_get_one_file_system()
    {
        var provider = new CountingProvider();
        await using var registry = new FileSystemRegistry([provider]);
        var found = new IFileSystem[64];
        Parallel.For(0, found.Length, i => found[i] = registry.Get(Path));
        Assert.Single(found.Distinct());
        Assert.Single(provider.Made);
    }

    [Theory]
    [InlineData("s3://b/a", "Cairn.Providers.S3")]
    [InlineData("S3A://b/a", "Cairn.Providers.S3")]
    [InlineData("wasbs://c@a.blob.core.windows.net/x", "Cairn.Providers.Azure")]
    [InlineData("abfs://c@a.dfs.core.windows.net/x", "Cairn.Providers.Azure")]
    [InlineData("hdfs://nn/x", "IFileSystemProvider")]
    public async Task An_unknown_scheme_names_the_schemes_there_are_and_what_would_add_it(string text, string remedy)
    {
        await using var registry = new FileSystemRegistry([new MemoryFileSystemProvider(), new LocalFileSystemProvider()]);
        var error = Assert.Throws<FileSystemException>(() => registry.Get(StoragePath.Parse(text)));
        Assert.Equal(FileSystemErrorCode.NotSupported, error.Code);
        Assert.Contains($"'{StoragePath.Parse(text).Scheme}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("file, memory", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        Assert.Equal(StoragePath.Parse(text), error.Path);
    }

    [Theory]
    [InlineData("/tmp/a", "file:/tmp/a")]
    [InlineData("a/b", "file:/a/b")]
    public async Task A_path_without_a_scheme_is_told_how_to_have_one(string text, string example)
    {
        await using var registry = new FileSystemRegistry([new LocalFileSystemProvider()]);
        var error = Assert.Throws<FileSystemException>(() => registry.Get(StoragePath.Parse(text)));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
        Assert.Contains(example, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_without_providers_says_that_it_has_none()
    {
        await using var registry = new FileSystemRegistry([]);
        Assert.Empty(registry.Schemes);
        Assert.Contains("there are none", Assert.Throws<FileSystemException>(() => registry.Get(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_providers_of_a_scheme_the_later_one_wins()
    {
        var (first, second) = (new CountingProvider(), new CountingProvider());
        await using var registry = new FileSystemRegistry([first, second]);
        Assert.Same(registry.Get(Path), Assert.Single(second.Made));
        Assert.Empty(first.Made);
        Assert.Equal(["memory"], registry.Schemes);
    }

    [Fact]
    public async Task Each_file_system_is_decorated_once()
    {
        var decorated = 0;
        await using var registry = new FileSystemRegistry([new MemoryFileSystemProvider()], inner =>
        {
            decorated++;
            return new TelemetryLayer(inner);
        });
        Assert.IsType<TelemetryLayer>(registry.Get(Path));
        registry.Get(Path);
        Assert.Equal(1, decorated);
    }

    [Fact]
    public async Task Disposal_disposes_what_was_made_and_the_registry_makes_no_more()
    {
        var provider = new CountingProvider();
        var registry = new FileSystemRegistry([provider]);
        var fileSystem = registry.Get(Path);
        await registry.DisposeAsync();
        await registry.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => fileSystem.FindAsync(Path, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Throws<ObjectDisposedException>(() => registry.Get(Path));
        Assert.Single(provider.Made);
    }

    [Fact]
    public async Task Every_file_system_is_disposed_also_when_one_of_them_fails_to()
    {
        var provider = new CountingProvider();
        var registry = new FileSystemRegistry([provider], inner => inner.Root.Authority == "bad" ? new FailingToDispose(inner) : inner);
        registry.Get(StoragePath.Parse("memory://bad/a"));
        var good = registry.Get(StoragePath.Parse("memory://good/a"));
        await Assert.ThrowsAsync<IOException>(async () => await registry.DisposeAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => good.FindAsync(good.Root / "a", cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_synchronous_disposal_waits_for_nobody_and_what_takes_longer_ends_by_itself()
    {
        var made = new List<SlowToDispose>();
        var registry = new FileSystemRegistry([new MemoryFileSystemProvider()], inner =>
        {
            made.Add(new SlowToDispose(inner));
            return made[^1];
        });
        var slow = registry.Get(Path);
        registry.Dispose();
        Assert.Throws<ObjectDisposedException>(() => registry.Get(Path));
        Assert.Null(await slow.FindAsync(Path, cancellationToken: TestContext.Current.CancellationToken));
        var layer = Assert.Single(made);
        layer.MayEnd.SetResult();
        await layer.Ended.Task.WaitAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => slow.FindAsync(Path, cancellationToken: TestContext.Current.CancellationToken));
    }

    private sealed class SlowToDispose(IFileSystem inner) : FileSystemLayer(inner)
    {
        public TaskCompletionSource MayEnd { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask DisposeAsync()
        {
            await MayEnd.Task;
            await base.DisposeAsync();
            Ended.SetResult();
        }
    }

    private sealed class CountingProvider : IFileSystemProvider
    {
        public List<IFileSystem> Made { get; } = [];

        public IReadOnlyCollection<string> Schemes { get; } = ["memory"];

        public IFileSystem Create(StoragePath root)
        {
            var made = new MemoryFileSystem(root, new MemoryStore());
            Made.Add(made);
            return made;
        }
    }

    private sealed class FailingToDispose(IFileSystem inner) : FileSystemLayer(inner)
    {
        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            throw new IOException("a client that cannot be closed");
        }
    }
}
