namespace Cairn.FileSystems.Drivers;

/// <summary>A copy through this process, for what a store cannot copy by itself under the condition that was asked for.</summary>
public static class StreamedCopy
{
    /// <summary>Reads <paramref name="source"/> and writes <paramref name="destination"/>, pinned to the version in <paramref name="options"/> if it has one.</summary>
    public static async Task<FileEntry> RunAsync(
        IFileSystem fileSystem, StoragePath source, StoragePath destination, CopyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        ArgumentNullException.ThrowIfNull(options);
        var reader = await fileSystem.OpenReadAsync(source, new() { IfMatch = options.Source?.ETag }, cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var writer = await fileSystem.OpenWriteAsync(destination, new() { Mode = options.Mode, LengthHint = reader.Entry.Length }, cancellationToken).ConfigureAwait(false);
        await using var __ = writer.ConfigureAwait(false);
        await reader.CopyToAsync(writer.Stream, cancellationToken).ConfigureAwait(false);
        return await writer.CommitAsync(cancellationToken).ConfigureAwait(false);
    }
}
