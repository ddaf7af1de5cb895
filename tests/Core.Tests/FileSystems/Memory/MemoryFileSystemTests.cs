using System.Text;
using Cairn.FileSystems;
using Cairn.FileSystems.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.FileSystems.Memory;

/// <summary>What is special about memory; what every file system does is tested by the conformance suite.</summary>
public sealed class MemoryFileSystemTests : IAsyncDisposable
{
    private static readonly StoragePath Root = StoragePath.Parse("memory://bucket/");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly MemoryStore _store = new();
    private readonly MemoryFileSystem _files;

    public MemoryFileSystemTests() => _files = new MemoryFileSystem(Root, _store, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public async Task Everyone_who_names_an_authority_shares_one_store_in_this_process()
    {
        var name = StoragePath.Parse($"memory://Shared-{Guid.NewGuid():N}/file");
        await using (var registry = new FileSystemRegistry([new MemoryFileSystemProvider()]))
            await registry.Get(name).WriteAllBytesAsync(name, "x"u8.ToArray(), cancellationToken: Token);
        await using var later = new FileSystemRegistry([new MemoryFileSystemProvider()]);
        var lower = StoragePath.Create("memory", name.Authority!.ToLowerInvariant(), "/file");
        Assert.True(await later.Get(lower).ExistsAsync(lower, Token));
        var other = StoragePath.Parse("memory:/file-" + name.Authority);
        Assert.False(await later.Get(other).ExistsAsync(other, Token));
        MemoryStore.Named(name.Authority).Clear();
        Assert.False(await later.Get(lower).ExistsAsync(lower, Token));
    }

    [Fact]
    public async Task A_version_never_has_the_etag_of_another_whatever_its_bytes_and_its_path()
    {
        var etags = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            etags.Add((await _files.WriteAllBytesAsync(Root / "a", new byte[1], WriteMode.Overwrite, Token)).ETag);
            etags.Add((await _files.WriteAllBytesAsync(Root / "b", new byte[1], WriteMode.Overwrite, Token)).ETag);
            await _files.DeleteAsync(Root / "a", Token);
        }
        etags.Add((await _files.CopyAsync(Root / "b", Root / "c", null, Token)).ETag);
        Assert.Equal(etags.Count, etags.Distinct().Count());
    }

    [Fact]
    public async Task The_time_of_a_file_is_the_injected_clocks()
    {
        await _files.WriteAllBytesAsync(Root / "a", new byte[1], cancellationToken: Token);
        _time.Advance(TimeSpan.FromHours(1));
        var copy = await _files.CopyAsync(Root / "a", Root / "b", null, Token);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), (await _files.GetAsync(Root / "a", Token)).LastModified);
        Assert.Equal(_time.GetUtcNow(), copy.LastModified);
    }

    [Fact]
    public async Task A_reader_keeps_the_version_it_opened_when_the_file_is_replaced_and_deleted()
    {
        await _files.WriteAllBytesAsync(Root / "a", "old"u8.ToArray(), cancellationToken: Token);
        await using var stream = await _files.OpenReadAsync(Root / "a", cancellationToken: Token);
        await _files.WriteAllBytesAsync(Root / "a", "new"u8.ToArray(), WriteMode.Overwrite, Token);
        await _files.DeleteAsync(Root / "a", Token);
        using var reader = new StreamReader(stream);
        Assert.Equal("old", await reader.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Large_files_lie_in_small_chunks()
    {
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        await _files.WriteAllBytesAsync(Root / "warm", bytes, cancellationToken: Token);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var writer = await _files.OpenWriteAsync(Root / "a", cancellationToken: Token);
        writer.Stream.Write(bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        await writer.CommitAsync(Token);
        Assert.InRange(allocated, bytes.Length, bytes.Length + 200_000);
        Assert.Equal(bytes, await _files.ReadAllBytesAsync(Root / "a", cancellationToken: Token));
    }

    [Fact]
    public async Task A_file_and_a_prefix_may_have_one_name_as_on_every_object_store()
    {
        await _files.WriteAllBytesAsync(Root / "a", new byte[1], cancellationToken: Token);
        await _files.WriteAllBytesAsync(Root / "a/b", new byte[2], cancellationToken: Token);
        var kinds = new List<string>();
        await foreach (var entry in _files.ListAsync(Root, null, Token))
            kinds.Add($"{entry.Kind} {entry.Path.Key}");
        Assert.Equal(["Directory a", "File a"], kinds.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_store_takes_any_key_and_lists_it_as_it_is()
    {
        string[] keys = ["a//b", "/", "x/", "..", "\\", " "];
        foreach (var key in keys)
            _store.Put(key, Encoding.UTF8.GetBytes(key), DateTimeOffset.UnixEpoch);
        var listed = new List<StoragePath>();
        await foreach (var entry in _files.ListAsync(Root, new() { Recursive = true }, Token))
            listed.Add(entry.Path);
        Assert.Equal(keys.Order(StringComparer.Ordinal), listed.Select(path => path.Key).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(listed, path => path.IsAddressable);
        Assert.Equal((await _files.DeleteTreeAsync(Root, Token)).Deleted, listed.Count);
        Assert.Equal(0, _store.Count);
    }

    [Fact]
    public async Task A_listing_of_many_pages_finds_what_is_added_behind_it_and_misses_nothing_that_stays()
    {
        for (var i = 0; i < 2500; i++)
            _store.Put($"{i:0000}", [], DateTimeOffset.UnixEpoch);
        var seen = 0;
        await foreach (var _ in _files.ListAsync(Root, null, Token))
        {
            if (seen++ == 500)
                _store.Put("9999", [], DateTimeOffset.UnixEpoch);
        }
        Assert.Equal(2501, seen);
    }
}
