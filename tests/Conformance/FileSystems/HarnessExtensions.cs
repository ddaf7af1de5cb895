using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems;

/// <summary>What most cases do.</summary>
internal static class HarnessExtensions
{
    /// <summary>A path below the case's directory.</summary>
    public static StoragePath At(this FileSystemHarness harness, string relative) => harness.Directory / relative;

    /// <summary>Ends the case as not applicable where conditions are for short files only.</summary>
    public static void NeedsConditionsOnLargeFiles(this FileSystemHarness harness) =>
        Expect.Applies((harness.FileSystem.Capabilities.MaxConditionalLength ?? long.MaxValue) >= harness.LargeLength, "the store takes no conditions for files of this length");

    /// <summary>Writes a payload in blocks and commits it.</summary>
    public static async Task<FileEntry> WriteAsync(
        this IFileSystem fileSystem, StoragePath path, Payload payload, WriteMode? mode = null, CancellationToken cancellationToken = default)
    {
        await using var writer = await fileSystem.OpenWriteAsync(path, new WriteOptions { Mode = mode ?? WriteMode.Create }, cancellationToken);
        await payload.WriteToAsync(writer.Stream, cancellationToken);
        return await writer.CommitAsync(cancellationToken);
    }

    /// <summary>Fails unless the file holds exactly this payload.</summary>
    public static async Task CheckAsync(this IFileSystem fileSystem, StoragePath path, Payload payload, CancellationToken cancellationToken)
    {
        await using var stream = await fileSystem.OpenReadAsync(path, cancellationToken: cancellationToken);
        Expect.Equal(payload.Length, stream.Entry.Length);
        await payload.CheckAsync(stream, cancellationToken);
    }

    /// <summary>Fails when the file can be found or its directory lists anything of that name.</summary>
    public static async Task CheckAbsentAsync(this IFileSystem fileSystem, StoragePath path, CancellationToken cancellationToken)
    {
        Expect.Equal(null, await fileSystem.FindAsync(path, cancellationToken: cancellationToken), $"the entry of '{path}'");
        var listed = await fileSystem.ListAllAsync(path.Parent!, cancellationToken: cancellationToken);
        Expect.True(!listed.Exists(entry => entry.Path == path), $"'{path}' not to be listed");
    }

    /// <summary>A listing as a list.</summary>
    public static async Task<List<FileEntry>> ListAllAsync(
        this IFileSystem fileSystem, StoragePath directory, ListOptions? options = null, CancellationToken cancellationToken = default)
    {
        var entries = new List<FileEntry>();
        await foreach (var entry in fileSystem.ListAsync(directory, options, cancellationToken))
            entries.Add(entry);
        return entries;
    }

    /// <summary>The keys of everything below a directory, relative to it, also of what is not addressable.</summary>
    public static async Task<List<string>> ListKeysAsync(this IFileSystem fileSystem, StoragePath directory, CancellationToken cancellationToken)
    {
        var entries = await fileSystem.ListAllAsync(directory, new ListOptions { Recursive = true }, cancellationToken);
        return [.. entries.Select(entry => entry.Path.Key[(directory.Key.Length + 1)..])];
    }

    /// <summary>Writes many small files, several at a time.</summary>
    public static Task WriteManyAsync(this IFileSystem fileSystem, IEnumerable<StoragePath> paths, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            paths,
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
            async (path, token) => await fileSystem.WriteAllBytesAsync(path, new byte[] { 1 }, cancellationToken: token));
}
