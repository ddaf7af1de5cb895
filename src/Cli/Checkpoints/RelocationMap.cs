using System.Security.Cryptography;
using System.Text;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints;

/// <summary>
/// Where each file of a checkpoint goes when it moves: what lies in its directory keeps its place in the new one, what lies elsewhere in the job's
/// directory (<c>shared/…</c>, <c>chk-3/…</c>) goes below the new one under the same name, and another job's files below that job's id.
/// </summary>
internal sealed class RelocationMap
{
    private readonly StoredCheckpoint _source;
    private readonly StoragePath _destination;
    private readonly StoragePath? _job;
    private readonly Dictionary<StoragePath, StoragePath> _places = [];
    private readonly HashSet<StoragePath> _taken = [];

    public RelocationMap(StoredCheckpoint source, StoragePath destination)
    {
        _source = source;
        _destination = destination;
        _job = CheckpointDirectories.CheckpointId(source.Directory.Name) is not null ? source.Directory.Parent : null;
        _taken.Add(destination / CheckpointDirectories.MetadataFileName);
    }

    /// <summary>The new place of a file or directory; the same each time, and of no other one.</summary>
    public StoragePath Map(StoragePath path)
    {
        if (_places.TryGetValue(path, out var place))
            return place;
        place = _destination / Name(path);
        if (!_taken.Add(place))
        {
            place = Elsewhere(path);
            _taken.Add(place);
        }
        return _places[path] = place;
    }

    /// <summary>The metadata with every path in its new place. What was named relative to the metadata still is.</summary>
    public CheckpointMetadata Map(CheckpointMetadata metadata) => new StateHandleMap(Map, Map).Map(metadata);

    private StreamStateHandle Map(StreamStateHandle handle) => handle switch
    {
        FileStateHandle file => file with { FilePath = Map(file.FilePath) },
        SegmentFileStateHandle segment => segment with { FilePath = Map(segment.FilePath) },
        RelativeFileStateHandle relative when Map(relative.FilePath!) == (_destination / relative.RelativePath).ToString() => relative with { Directory = _destination.ToString() },
        RelativeFileStateHandle relative => new FileStateHandle(Map(relative.FilePath!), relative.StateSize),
        _ => handle,
    };

    private string Map(string path) => path.Length == 0 ? path : Map(NeededFiles.Parse(path, _source)).ToString();

    private string Name(StoragePath path)
    {
        if (path != _source.Directory && path.IsWithin(_source.Directory))
            return Below(path, _source.Directory);
        if (_job is not null && path != _job && path.IsWithin(_job))
            return Below(path, _job);
        for (var directory = path.Parent; directory is not null; directory = directory.Parent)
        {
            if (JobId.TryParse(directory.Name, out _) && directory.Parent is { } root)
                return Below(path, root);
        }
        return Elsewhere(path).Key[(_destination.Key.Length + 1)..];
    }

    private StoragePath Elsewhere(StoragePath path)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes((path.Parent ?? path).ToString()));
        return _destination / "elsewhere" / Convert.ToHexStringLower(hash.AsSpan(0, 6)) / (path.Name.Length == 0 ? "root" : path.Name);
    }

    private static string Below(StoragePath path, StoragePath directory) => path.Key[(directory.Key.Length == 0 ? 0 : directory.Key.Length + 1)..];
}
