using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>
/// Writes state to files of random names in an exclusive and a shared directory; small state stays inline.
/// Sends nothing before a state has passed the threshold, makes no directory and looks for none. Follows Flink's <c>FsCheckpointStreamFactory</c>.
/// </summary>
public class FileSystemCheckpointStreamFactory : ICheckpointStreamFactory
{
    /// <summary>The highest threshold that is allowed, 1 MiB: inline state is read whenever the checkpoint is looked at.</summary>
    public const int MaxInlineThreshold = 1024 * 1024;

    private readonly IFileSystem _fileSystem;

    /// <summary>Makes one.</summary>
    /// <param name="fileSystem">Where both directories lie; not owned.</param>
    /// <param name="exclusiveDirectory">For state of one checkpoint.</param>
    /// <param name="sharedDirectory">For state that several checkpoints may use.</param>
    /// <param name="inlineThreshold">State of at most this many bytes stays inline: 0 to <see cref="MaxInlineThreshold"/>.</param>
    public FileSystemCheckpointStreamFactory(IFileSystem fileSystem, StoragePath exclusiveDirectory, StoragePath sharedDirectory, int inlineThreshold)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        ArgumentNullException.ThrowIfNull(exclusiveDirectory);
        ArgumentNullException.ThrowIfNull(sharedDirectory);
        if (inlineThreshold < 0)
            throw new ArgumentOutOfRangeException(nameof(inlineThreshold), inlineThreshold, "The threshold for file state size must be zero or larger.");
        if (inlineThreshold > MaxInlineThreshold)
            throw new ArgumentOutOfRangeException(nameof(inlineThreshold), inlineThreshold, $"The threshold for file state size cannot be larger than {MaxInlineThreshold}");
        _fileSystem = fileSystem;
        ExclusiveDirectory = exclusiveDirectory;
        SharedDirectory = sharedDirectory;
        InlineThreshold = inlineThreshold;
    }

    /// <summary>For state of one checkpoint.</summary>
    public StoragePath ExclusiveDirectory { get; }

    /// <summary>For state that several checkpoints may use.</summary>
    public StoragePath SharedDirectory { get; }

    /// <summary>State of at most this many bytes stays inline.</summary>
    public int InlineThreshold { get; }

    /// <summary>Where both directories lie.</summary>
    internal IFileSystem FileSystem => _fileSystem;

    /// <inheritdoc/>
    public async Task<CheckpointStateOutputStream> CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope scope, CancellationToken cancellationToken = default)
    {
        // Unique wherever it is drawn; the write needs no condition because nobody else has the name.
        var name = Guid.NewGuid().ToString();
        var directory = scope == CheckpointedStateScope.Shared ? SharedDirectory : ExclusiveDirectory;
        var path = directory / name;
        var writer = await _fileSystem.OpenWriteAsync(path, new WriteOptions { Mode = WriteMode.Overwrite }, cancellationToken).ConfigureAwait(false);
        return new FileSystemCheckpointStateOutputStream(writer, InlineThreshold, async (entry, token) =>
        {
            await OnStateFileWrittenAsync(entry, token).ConfigureAwait(false);
            return directory == ExclusiveDirectory
                ? new RelativeFileStateHandle(name, entry.Length) { Directory = directory.ToString() }
                : new FileStateHandle(path.ToString(), entry.Length);
        });
    }

    /// <summary>Called when a state file is there, before its handle is given out.</summary>
    private protected virtual Task OnStateFileWrittenAsync(FileEntry file, CancellationToken cancellationToken) => Task.CompletedTask;
}
