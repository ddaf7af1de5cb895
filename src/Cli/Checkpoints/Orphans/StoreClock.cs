using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints.Orphans;

/// <summary>
/// What time it is where the files lie: the age of a file must not depend on this machine's clock. The store is asked by writing an empty file and
/// looking when it says that was; the file is deleted at once.
/// </summary>
internal static class StoreClock
{
    public static async Task<DateTimeOffset> ReadAsync(IFileSystem fileSystem, StoragePath directory, CancellationToken cancellationToken)
    {
        var probe = directory / $".cairn-clock-{Guid.NewGuid():n}";
        try
        {
            var written = await fileSystem.WriteAllBytesAsync(probe, default, WriteMode.Create, cancellationToken);
            var entry = written.LastModified is null ? await fileSystem.GetAsync(probe, cancellationToken) : written;
            return entry.LastModified ?? throw new FileSystemException(FileSystemErrorCode.NotSupported, $"The store of '{directory}' does not say when a file was written, so no file's age is known.", directory);
        }
        finally
        {
            await fileSystem.DeleteAsync([probe], CancellationToken.None);
        }
    }
}
