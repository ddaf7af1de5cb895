using System.Collections.Concurrent;
using Cairn.FileSystems;

namespace Cairn.Cli.Files;

/// <summary>The JSON of <c>cp</c> and <c>mv</c>.</summary>
/// <param name="Source">What was copied.</param>
/// <param name="Destination">Where to.</param>
/// <param name="Copied">Files that were written.</param>
/// <param name="Skipped">Files that were there already, with the same size and checksum.</param>
/// <param name="Failed">Files that could not be copied.</param>
/// <param name="Bytes">Bytes of the files that were written.</param>
/// <param name="Problems">Why, for the first hundred.</param>
internal sealed record CopyReport(string Source, string Destination, long Copied, long Skipped, long Failed, long Bytes, IReadOnlyList<FileProblem> Problems);

/// <summary>A file that could not be handled, or is not as it should be.</summary>
internal sealed record FileProblem(string Path, string Problem);

/// <summary>How a copy is made.</summary>
/// <param name="Parallelism">Files at once.</param>
/// <param name="Move">Whether each source is deleted once its copy is there.</param>
internal sealed record TreeCopyOptions(int Parallelism, bool Move);

/// <summary>Copies files, several at once, in memory that does not grow with their number. What is there already with the same content is left.</summary>
internal sealed class TreeCopy(IFileSystem from, IFileSystem to, TreeCopyOptions options, TransferProgress progress) : IDisposable
{
    private const int KeptProblems = 100;

    /// <summary>A long file takes a writer's whole memory; few of them are under way at once.</summary>
    private const long LongFile = 8 * 1024 * 1024;

    private const int LongFilesAtOnce = 4;

    private readonly ConcurrentQueue<FileProblem> _problems = new();
    private readonly SemaphoreSlim _longFiles = new(LongFilesAtOnce);
    private readonly ConcurrentDictionary<StoragePath, byte> _emptied = new();
    private bool _mayExist = true;
    private long _copied;
    private long _skipped;
    private long _failed;
    private long _bytes;

    /// <summary>Copies one file.</summary>
    public async Task<CopyReport> FileAsync(FileEntry source, StoragePath destination, CancellationToken cancellationToken)
    {
        progress.Counted(source.Length);
        await OneAsync(source, destination, cancellationToken);
        return Report(source.Path, destination);
    }

    /// <summary>Copies every file below <paramref name="source"/> to the same place below <paramref name="destination"/>.</summary>
    public async Task<CopyReport> DirectoryAsync(StoragePath source, StoragePath destination, CancellationToken cancellationToken)
    {
        // Into an empty directory nothing has to be looked up.
        _mayExist = await HasEntriesAsync(destination, cancellationToken);
        var files = from.ListAsync(source, new ListOptions { Recursive = true }, cancellationToken);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };
        var prefix = source.Key.Length == 0 ? 0 : source.Key.Length + 1;
        await Parallel.ForEachAsync(files, parallel, async (file, token) =>
        {
            if (file.Path.IsAddressable)
                await OneAsync(file, destination / file.Path.Key[prefix..], token);
            else
                Fail(file.Path, "its name is not one that a path can have ('//', '.', '..' or a slash at the end)");
        });
        await DeleteEmptiedAsync(cancellationToken);
        return Report(source, destination);
    }

    public void Dispose() => _longFiles.Dispose();

    private async Task<bool> HasEntriesAsync(StoragePath directory, CancellationToken cancellationToken)
    {
        await foreach (var _ in to.ListAsync(directory, new ListOptions { PageSize = 1 }, cancellationToken))
            return true;
        return false;
    }

    private async Task OneAsync(FileEntry source, StoragePath destination, CancellationToken cancellationToken)
    {
        var isLong = source.Length > LongFile;
        if (isLong)
            await _longFiles.WaitAsync(cancellationToken);
        try
        {
            await CopyAsync(source, destination, cancellationToken);
            if (options.Move)
                await DeleteAsync(source.Path, cancellationToken);
            progress.Finished();
        }
        catch (FileSystemException e) when (IsOfOneFile(e.Code))
        {
            Fail(source.Path, e.Message);
        }
        finally
        {
            if (isLong)
                _longFiles.Release();
        }
    }

    private async Task CopyAsync(FileEntry source, StoragePath destination, CancellationToken cancellationToken)
    {
        var existing = _mayExist ? await to.FindAsync(destination, cancellationToken: cancellationToken) : null;
        if (existing is not null && await ContentComparison.IsSameAsync(from, source, to, existing, cancellationToken))
        {
            Interlocked.Increment(ref _skipped);
            progress.Moved(source.Length);
            return;
        }
        await Transfer.CopyAsync(from, source, to, destination, WriteMode.Overwrite, progress, cancellationToken);
        Interlocked.Increment(ref _copied);
        Interlocked.Add(ref _bytes, source.Length);
    }

    private async Task DeleteAsync(StoragePath path, CancellationToken cancellationToken)
    {
        await from.DeleteAsync(path, cancellationToken);
        if (from.Capabilities.RealDirectories && path.Parent is { } parent)
            _emptied.TryAdd(parent, 0);
    }

    /// <summary>Where directories are real, those that the last file has left go too, the deepest first; one that is not empty stays.</summary>
    private async Task DeleteEmptiedAsync(CancellationToken cancellationToken)
    {
        foreach (var level in _emptied.Keys.GroupBy(d => d.Depth).OrderByDescending(g => g.Key))
            await from.DeleteAsync([.. level], cancellationToken);
    }

    /// <summary>Whether the next file may fare better; when the store is away or forbids it, none will.</summary>
    private static bool IsOfOneFile(FileSystemErrorCode code) => code is
        FileSystemErrorCode.NotFound or FileSystemErrorCode.Changed or FileSystemErrorCode.Corrupt or FileSystemErrorCode.Conflict or FileSystemErrorCode.PreconditionFailed
        or FileSystemErrorCode.InvalidPath or FileSystemErrorCode.OutcomeUnknown;

    private void Fail(StoragePath path, string problem)
    {
        if (Interlocked.Increment(ref _failed) <= KeptProblems)
            _problems.Enqueue(new FileProblem(path.ToString(), problem));
    }

    private CopyReport Report(StoragePath source, StoragePath destination) =>
        new(source.ToString(), destination.ToString(), _copied, _skipped, _failed, _bytes, [.. _problems]);
}
