using System.Collections.Immutable;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>
/// Takes a snapshot of keyed state that lies in immutable local files (an LSM tree's tables): a file that the base checkpoint has is used again by its name,
/// any other is written to <c>shared/</c>. Files may be added in parallel. Follows Flink's <c>RocksIncrementalSnapshotStrategy</c>.
/// </summary>
public sealed class IncrementalSnapshot
{
    private readonly ICheckpointStreamFactory _streams;
    private readonly long _checkpointId;
    private readonly KeyGroupRange _keyGroups;
    private readonly IncrementalRemoteKeyedStateHandle? _base;
    private readonly Dictionary<string, StreamStateHandle> _reusable;
    private readonly List<HandleAndLocalPath> _shared = [];
    private readonly List<HandleAndLocalPath> _private = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private StreamStateHandle? _metadata;
    private long _uploaded;

    internal IncrementalSnapshot(ICheckpointStreamFactory streams, long checkpointId, KeyGroupRange keyGroups, IncrementalRemoteKeyedStateHandle? @base)
    {
        _streams = streams;
        _checkpointId = checkpointId;
        _keyGroups = keyGroups;
        // Files of another range hold other keys under the same names.
        _base = @base?.KeyGroupRange == keyGroups ? @base : null;
        _reusable = _base is null ? [] : _base.SharedState.ToDictionary(file => file.LocalPath, file => file.Handle, StringComparer.Ordinal);
    }

    /// <summary>Whether a file of this name is in the base, so that adding it sends nothing.</summary>
    public bool IsInBase(string localPath) => _reusable.ContainsKey(localPath);

    /// <summary>Adds a file that never changes under its name: the base's where it has one, else <paramref name="write"/> is called to write it.</summary>
    /// <param name="localPath">The file's name in the state backend, for example <c>000012.sst</c>; each once.</param>
    /// <param name="write">Writes the file's content.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">A file of this name was added before.</exception>
    /// <exception cref="IOException">The store failed, or the checkpoint was aborted meanwhile.</exception>
    public async Task AddSharedAsync(string localPath, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        Claim(localPath);
        if (!_reusable.TryGetValue(localPath, out var handle))
            handle = await UploadAsync(CheckpointedStateScope.Shared, localPath, write, cancellationToken).ConfigureAwait(false);
        lock (_gate)
            _shared.Add(new HandleAndLocalPath(localPath, handle));
    }

    /// <summary>Adds a file that belongs to this checkpoint alone because it changes under its name, for example a manifest.</summary>
    /// <inheritdoc cref="AddSharedAsync" path="/param"/>
    /// <inheritdoc cref="AddSharedAsync" path="/exception"/>
    public async Task AddPrivateAsync(string localPath, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        Claim(localPath);
        var handle = await UploadAsync(CheckpointedStateScope.Exclusive, localPath, write, cancellationToken).ConfigureAwait(false);
        lock (_gate)
            _private.Add(new HandleAndLocalPath(localPath, handle));
    }

    /// <summary>Writes the description of the states in the files, which is read first when they are restored. Optional; once.</summary>
    /// <exception cref="InvalidOperationException">It was written before.</exception>
    /// <exception cref="IOException">The store failed, or the checkpoint was aborted meanwhile.</exception>
    public async Task WriteMetadataAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (_metadata is not null)
            throw new InvalidOperationException("The snapshot's description was written before.");
        _metadata = await UploadAsync(CheckpointedStateScope.Exclusive, "metadata", write, cancellationToken).ConfigureAwait(false);
    }

    internal IncrementalRemoteKeyedStateHandle ToHandle()
    {
        lock (_gate)
        {
            return new IncrementalRemoteKeyedStateHandle(_keyGroups)
            {
                CheckpointId = _checkpointId,
                BackendIdentifier = _base?.BackendIdentifier ?? Guid.NewGuid().ToString(),
                MetaDataStateHandle = _metadata ?? new ByteStreamStateHandle("metadata", default),
                SharedState = InOrder(_shared),
                PrivateState = InOrder(_private),
                CheckpointedSize = _uploaded,
                StateHandleId = Guid.NewGuid().ToString(),
            };
        }
    }

    private static ImmutableArray<HandleAndLocalPath> InOrder(List<HandleAndLocalPath> files) => [.. files.OrderBy(f => f.LocalPath, StringComparer.Ordinal)];

    private void Claim(string localPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(localPath);
        lock (_gate)
        {
            if (!_names.Add(localPath))
                throw new ArgumentException($"The file '{localPath}' was added before.", nameof(localPath));
        }
    }

    private async Task<StreamStateHandle> UploadAsync(
        CheckpointedStateScope scope, string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var handle = await _streams.WriteAsync(scope, name, write, cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _uploaded, handle.StateSize);
        return handle;
    }
}
