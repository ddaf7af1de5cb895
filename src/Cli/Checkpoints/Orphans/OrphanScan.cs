using System.Runtime.CompilerServices;
using Cairn.Checkpoints;
using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints.Orphans;

/// <summary>What to look for and where.</summary>
/// <param name="Root">A checkpoint root, with the directories of jobs below it; or a single job's directory, for a report.</param>
/// <param name="References">Further places whose checkpoints need files below the root: savepoints, above all.</param>
/// <param name="OlderThan">The age from which a file that nothing needs is an orphan; longer than any checkpoint takes.</param>
/// <param name="Delete">Whether orphans are deleted.</param>
internal sealed record OrphanOptions(StoragePath Root, IReadOnlyList<StoragePath> References, TimeSpan OlderThan, bool Delete);

/// <summary>
/// Finds the files below a checkpoint root that no checkpoint needs, and deletes them when asked to.
/// </summary>
/// <remarks>
/// <para>Why nothing that is needed is deleted: a checkpoint refers to files that an earlier, still completed one refers to, or that were written for it. The first are
/// in a <c>_metadata</c> that was read, because every one was read and none came or went until right before the deletion; the second are younger than any checkpoint takes.</para>
/// <para>Memory: the paths that checkpoints need, and one batch of orphans, however many there are.</para>
/// </remarks>
internal sealed class OrphanScan(FileSystemRegistry fileSystems, OrphanOptions options, TimeProvider time)
{
    private const int MaxRounds = 10;

    /// <summary>Orphans that are held before the checkpoints are listed once more; that is a listing of everything, so it is not done often.</summary>
    private const int Batch = 20_000;

    private const int DeletedAtOnce = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IFileSystem _fileSystem = fileSystems.Get(options.Root);
    private readonly ReferencedPaths _referenced = new();
    private readonly HashSet<(StoragePath Path, string Version)> _read = [];
    private CheckpointSnapshot? _settled;
    private bool _isJob;

    /// <summary>Reads every checkpoint. The files are looked at when the report's orphans are asked for, and deleted then.</summary>
    public async Task<OrphansReport> StartAsync(CancellationToken cancellationToken)
    {
        _isJob = await IsJobAsync(cancellationToken);
        if (options.Delete && _isJob)
            throw new UsageException($"'{options.Root}' is a single job's directory: other jobs may use its files, so they are only reported. Give the root above it to delete.");
        var (now, clock) = await ClockAsync(cancellationToken);
        await SettleAsync(0, cancellationToken);
        var report = new OrphansReport(options.Root.ToString(), [.. options.References.Select(r => r.ToString())], !options.Delete, options.OlderThan.TotalSeconds, now, clock)
        {
            Orphans = AsyncEnumerable.Empty<OrphanFile>(),
            OrphanBytes = 0,
            Deleted = 0,
            Checkpoints = _settled!.Count,
            Needed = 0,
            TooYoung = 0,
            Failed = 0,
            Problems = [],
        };
        report.Orphans = RunAsync(report, cancellationToken);
        return report;
    }

    /// <summary>By its name, or because checkpoints or shared state lie right in it.</summary>
    private async Task<bool> IsJobAsync(CancellationToken cancellationToken)
    {
        if (options.Root.Parent is { } parent && parent.Key.Split('/').Any(JobPath.IsJob))
            throw new UsageException($"'{options.Root}' lies inside a job's directory; give the checkpoint root above it.");
        if (JobPath.IsJob(options.Root.Name))
            return true;
        await foreach (var entry in _fileSystem.ListAsync(options.Root, cancellationToken: cancellationToken))
        {
            if (entry.Kind == EntryKind.Directory && (CheckpointDirectories.CheckpointId(entry.Path.Name) is not null || entry.Path.Name == CheckpointDirectories.SharedName))
                return true;
        }
        return false;
    }

    private async Task<(DateTimeOffset Now, string Clock)> ClockAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await StoreClock.ReadAsync(_fileSystem, options.Root, cancellationToken), "store");
        }
        catch (FileSystemException e) when (!options.Delete && e.Code is FileSystemErrorCode.PermissionDenied or FileSystemErrorCode.NotSupported)
        {
            return (time.GetUtcNow(), "local");
        }
    }

    private async IAsyncEnumerable<OrphanFile> RunAsync(OrphansReport report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batch = new List<FileEntry>();
        await foreach (var file in _fileSystem.ListAsync(options.Root, new ListOptions { Recursive = true }, cancellationToken))
        {
            if (!IsCandidate(report, file))
                continue;
            batch.Add(file);
            if (batch.Count < Batch)
                continue;
            await foreach (var orphan in OrphansAsync(report, batch, cancellationToken))
                yield return orphan;
            batch.Clear();
        }
        await foreach (var orphan in OrphansAsync(report, batch, cancellationToken))
            yield return orphan;
    }

    private bool IsCandidate(OrphansReport report, FileEntry file)
    {
        if (!file.Path.IsAddressable || file.Path.Name == CheckpointDirectories.MetadataFileName || Tail(file) is not { } tail)
            return false;
        if (_referenced.Needs(file.Path, tail))
            report.Needed++;
        else if (file.LastModified is { } modified && report.Now - modified >= options.OlderThan)
            return true;
        else
            report.TooYoung++;
        return false;
    }

    /// <summary>The orphans of a batch: the checkpoints are listed again, what has come is read, and what that needs is none. Deleted before they are told.</summary>
    private async IAsyncEnumerable<OrphanFile> OrphansAsync(OrphansReport report, List<FileEntry> batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
            yield break;
        await SettleAsync(report.Deleted, cancellationToken);
        report.Checkpoints = _settled!.Count;
        report.Needed += batch.RemoveAll(file => _referenced.Needs(file.Path, Tail(file)!));
        batch.Sort((a, b) => string.CompareOrdinal(a.Path.Path, b.Path.Path));
        if (options.Delete)
            await DeleteAsync(report, batch, cancellationToken);
        foreach (var file in batch)
        {
            report.OrphanBytes += file.Length;
            yield return new OrphanFile(file.Path.ToString(), file.Length, file.LastModified!.Value);
        }
    }

    /// <summary>Lists the checkpoints and reads the new ones, until none comes or goes meanwhile. One that cannot be read ends it all.</summary>
    private async Task SettleAsync(long deleted, CancellationToken cancellationToken)
    {
        for (var round = 0; ; round++)
        {
            var now = await CheckpointSnapshot.TakeAsync(fileSystems, options.Root, options.References, cancellationToken);
            if (now.Equals(_settled))
                return;
            if (round > MaxRounds)
                throw new CheckpointException($"The checkpoints below '{options.Root}' changed each of {MaxRounds} times while they were read; {(deleted == 0 ? "nothing was deleted" : $"{deleted:N0} files were deleted before, and none after that")}. Try again when jobs checkpoint less often.");
            if (round > 0)
                await Task.Delay(Pause, time, cancellationToken);
            _settled = await ReadAsync(now, cancellationToken) ? now : null;
        }
    }

    /// <summary>Reads what was not read yet; false when a checkpoint went meanwhile.</summary>
    private async Task<bool> ReadAsync(CheckpointSnapshot snapshot, CancellationToken cancellationToken)
    {
        foreach (var file in snapshot.Files.Where(file => !_read.Contains(file)))
        {
            try
            {
                _referenced.Add(await StoredCheckpoint.ReadAsync(fileSystems, file.Path, cancellationToken));
                _read.Add(file);
            }
            catch (FileSystemException e) when (e.Code == FileSystemErrorCode.NotFound)
            {
                return false;
            }
        }
        return true;
    }

    private async Task DeleteAsync(OrphansReport report, List<FileEntry> orphans, CancellationToken cancellationToken)
    {
        foreach (var some in orphans.Chunk(DeletedAtOnce))
        {
            foreach (var result in await _fileSystem.DeleteAsync([.. some.Select(o => o.Path)], cancellationToken))
            {
                if (result.Error is { } error)
                    report.Fail(result.Path.ToString(), error.Message);
                else
                    report.Deleted++;
            }
        }
    }

    private string? Tail(FileEntry file) => JobPath.Qualifying(options.Root, file.Path, _isJob);
}
