using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints.Orphans;

/// <summary>
/// What time it is where the files lie: the age of a file must not depend on this machine's clock. The store is asked by writing an empty file and
/// listing it, because listings say more of a time than look-ups do; the file is deleted at once.
/// </summary>
internal static class StoreClock
{
    public static async Task<DateTimeOffset> ReadAsync(IFileSystem fileSystem, StoragePath directory, CancellationToken cancellationToken)
    {
        var place = directory / $"cairn-clock-{Guid.NewGuid():n}";
        try
        {
            await fileSystem.WriteAllBytesAsync(place / "now", default, WriteMode.Create, cancellationToken);
            await foreach (var entry in fileSystem.ListAsync(place, cancellationToken: cancellationToken))
            {
                if (entry.LastModified is { } now)
                    return now;
            }
            throw new FileSystemException(FileSystemErrorCode.NotSupported, $"The store of '{directory}' does not say when a file was written, so no file's age is known.", directory);
        }
        finally
        {
            await fileSystem.DeleteAsync([place / "now"], CancellationToken.None);
            if (fileSystem.Capabilities.RealDirectories)
                await fileSystem.DeleteAsync([place], CancellationToken.None);
        }
    }
}
