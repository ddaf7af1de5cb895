using System.Runtime.InteropServices;
using Cairn.FileSystems;

namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// Which of the job's files are used, and by which checkpoint last: a file may go when every checkpoint up to its last user is gone. What it costs to
/// find those is proportional to how many there are, not to all files. Thread safe. Follows Flink 1.14's <c>SharedStateRegistryImpl</c>.
/// </summary>
/// <remarks>Only files that are the job's to delete are ever given out: below its own directory except <c>taskowned/</c>, and the exact paths that it claimed.</remarks>
internal sealed class SharedStateRegistry(CheckpointDirectories? directories)
{
    /// <summary>Below every checkpoint: the last user of what nobody uses.</summary>
    private const long Nobody = long.MinValue;

    private readonly Dictionary<StoragePath, Use> _uses = [];
    private readonly SortedDictionary<long, HashSet<StoragePath>> _byLastUse = [];
    private readonly HashSet<StoragePath> _claimed = [];
    private readonly HashSet<StoragePath> _leaving = [];
    private readonly Lock _gate = new();

    /// <summary>Makes files of a claimed checkpoint the job's to delete.</summary>
    public void Claim(IEnumerable<StoragePath> files)
    {
        lock (_gate)
            _claimed.UnionWith(files);
    }

    /// <summary>Notes that a checkpoint uses files. Checkpoints may come in any order.</summary>
    public void Register(long checkpointId, IEnumerable<StoragePath> files)
    {
        lock (_gate)
        {
            foreach (var file in files)
                Put(file, _uses.TryGetValue(file, out var use) ? use with { LastUser = Math.Max(use.LastUser, checkpointId) } : new Use(checkpointId, checkpointId));
        }
    }

    /// <summary>Claimed files of an earlier run: they go unless a checkpoint that is kept uses them.</summary>
    public void RegisterUnused(IEnumerable<StoragePath> files)
    {
        lock (_gate)
        {
            foreach (var file in files.Where(f => !_uses.ContainsKey(f)))
                Put(file, new Use(Nobody, Nobody));
        }
    }

    /// <summary>The checkpoint that used a file first; null when the file is not known.</summary>
    public long? CreatorOf(StoragePath file)
    {
        lock (_gate)
            return _uses.TryGetValue(file, out var use) ? use.Creator : null;
    }

    /// <summary>Whether a file is being deleted, or will be.</summary>
    public bool IsLeaving(StoragePath file)
    {
        lock (_gate)
            return _leaving.Contains(file) || (_uses.TryGetValue(file, out var use) && use.LastUser == Nobody);
    }

    /// <summary>
    /// Gives up what an aborted checkpoint alone used: what lies in its <paramref name="exclusive"/> directory is forgotten and returned, to be deleted now;
    /// the rest goes with the next files that are unused, because an older checkpoint that was not read yet might need it.
    /// </summary>
    public IReadOnlyList<StoragePath> Release(long checkpointId, IEnumerable<StoragePath> files, StoragePath? exclusive)
    {
        lock (_gate)
        {
            var leaving = new List<StoragePath>();
            foreach (var file in files.Where(f => IsUsedOnlyBy(checkpointId, f)).ToList())
            {
                if (exclusive is not null && file.IsWithin(exclusive))
                {
                    Forget(file);
                    leaving.Add(file);
                }
                else
                {
                    Put(file, new Use(checkpointId, Nobody));
                }
            }
            return leaving;
        }
    }

    /// <summary>Forgets what a checkpoint alone used and keeps it where it is: whether that checkpoint was committed is unknown.</summary>
    public void Forget(long checkpointId, IEnumerable<StoragePath> files)
    {
        lock (_gate)
        {
            foreach (var file in files.Where(f => IsUsedOnlyBy(checkpointId, f)).ToList())
                Forget(file);
        }
    }

    /// <summary>Whether <see cref="TakeUnused"/> would find something.</summary>
    public bool HasUnused(long lowestKept)
    {
        lock (_gate)
            return _byLastUse.Count > 0 && _byLastUse.First().Key < lowestKept;
    }

    /// <summary>Takes out the files that no checkpoint from <paramref name="lowestKept"/> on uses; they are leaving until <see cref="Left"/> or <see cref="PutBack"/>.</summary>
    public IReadOnlyList<StoragePath> TakeUnused(long lowestKept)
    {
        lock (_gate)
        {
            var unused = _byLastUse.TakeWhile(use => use.Key < lowestKept).SelectMany(use => use.Value).ToList();
            foreach (var file in unused)
                Forget(file);
            unused.RemoveAll(file => !IsOurs(file));
            _leaving.UnionWith(unused);
            return unused;
        }
    }

    /// <summary>Files that were deleted.</summary>
    public void Left(IEnumerable<StoragePath> files)
    {
        lock (_gate)
        {
            foreach (var file in files)
            {
                _leaving.Remove(file);
                _claimed.Remove(file);
            }
        }
    }

    /// <summary>Whether a claimed file is left.</summary>
    public bool HasClaimed
    {
        get
        {
            lock (_gate)
                return _claimed.Count > 0;
        }
    }

    /// <summary>Files that could not be deleted: they are tried again with the next ones.</summary>
    public void PutBack(IEnumerable<StoragePath> files)
    {
        lock (_gate)
        {
            foreach (var file in files)
            {
                _leaving.Remove(file);
                Put(file, new Use(Nobody, Nobody));
            }
        }
    }

    private bool IsOurs(StoragePath file) =>
        _claimed.Contains(file) || (directories is not null && file.IsWithin(directories.Job) && !file.IsWithin(directories.TaskOwned));

    private bool IsUsedOnlyBy(long checkpointId, StoragePath file) => _uses.TryGetValue(file, out var use) && use == new Use(checkpointId, checkpointId);

    private void Put(StoragePath file, Use use)
    {
        Forget(file);
        _uses.Add(file, use);
        if (!_byLastUse.TryGetValue(use.LastUser, out var files))
            _byLastUse.Add(use.LastUser, files = []);
        files.Add(file);
    }

    private void Forget(StoragePath file)
    {
        if (!_uses.Remove(file, out var use))
            return;
        var files = _byLastUse[use.LastUser];
        files.Remove(file);
        if (files.Count == 0)
            _byLastUse.Remove(use.LastUser);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Use(long Creator, long LastUser);
}
