using Cairn.Checkpoints;
using Cairn.Cli.Files;
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
/// <para>Memory: the paths that checkpoints need, and the orphans.</para>
/// </remarks>
internal sealed class OrphanScan(FileSystemRegistry fileSystems, OrphanOptions options, TimeProvider time)
{
    private const int MaxRounds = 10;
    private const int DeleteBatch = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IFileSystem _fileSystem = fileSystems.Get(options.Root);
    private readonly ReferencedPaths _referenced = new();
    private readonly HashSet<(StoragePath Path, string Version)> _read = [];
    private bool _isJob;

    public async Task<OrphansReport> RunAsync(CancellationToken cancellationToken)
    {
        _isJob = await IsJobAsync(cancellationToken);
        if (options.Delete && _isJob)
            throw new UsageException($"'{options.Root}' is a single job's directory: other jobs may use its files, so they are only reported. Give the root above it to delete.");
        var (now, clock) = await ClockAsync(cancellationToken);
        for (var round = 1; ; round++)
        {
            var before = await CheckpointSnapshot.TakeAsync(fileSystems, options.Root, options.References, cancellationToken);
            if (await ReadAsync(before, cancellationToken))
            {
                var found = await FindAsync(now, clock, before.Files.Count(), cancellationToken);
                var after = await CheckpointSnapshot.TakeAsync(fileSystems, options.Root, options.References, cancellationToken);
                if (before.Equals(after))
                    return options.Delete ? await DeleteAsync(found, cancellationToken) : found;
            }
            if (round == MaxRounds)
                throw new CheckpointException($"The checkpoints below '{options.Root}' changed each of {MaxRounds} times while they were read; nothing was deleted. Try again when jobs checkpoint less often.");
            await Task.Delay(Pause, time, cancellationToken);
        }
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

    /// <summary>Reads what was not read yet; false when a checkpoint went meanwhile. One that cannot be read ends it all.</summary>
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

    private async Task<OrphansReport> FindAsync(DateTimeOffset now, string clock, int checkpoints, CancellationToken cancellationToken)
    {
        var orphans = new List<OrphanFile>();
        var (needed, tooYoung) = (0L, 0L);
        await foreach (var file in _fileSystem.ListAsync(options.Root, new ListOptions { Recursive = true }, cancellationToken))
        {
            if (!file.Path.IsAddressable || file.Path.Name == CheckpointDirectories.MetadataFileName || JobPath.Qualifying(options.Root, file.Path, _isJob) is not { } tail)
                continue;
            if (_referenced.Needs(file.Path, tail))
                needed++;
            else if (file.LastModified is { } modified && now - modified >= options.OlderThan)
                orphans.Add(new OrphanFile(file.Path.ToString(), file.Length, modified));
            else
                tooYoung++;
        }
        orphans.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new OrphansReport(
            options.Root.ToString(), [.. options.References.Select(r => r.ToString())], !options.Delete, options.OlderThan.TotalSeconds, now, clock,
            checkpoints, needed, tooYoung, orphans, orphans.Sum(o => o.Bytes), 0, []);
    }

    private async Task<OrphansReport> DeleteAsync(OrphansReport found, CancellationToken cancellationToken)
    {
        var problems = new List<FileProblem>();
        foreach (var batch in found.Orphans.Chunk(DeleteBatch))
        {
            var results = await _fileSystem.DeleteAsync([.. batch.Select(o => StoragePath.Parse(o.Path))], cancellationToken);
            problems.AddRange(results.Where(r => r.Error is not null).Select(r => new FileProblem(r.Path.ToString(), r.Error!.Message)));
        }
        return found with { Deleted = found.Orphans.Count - problems.Count, Problems = problems };
    }
}
