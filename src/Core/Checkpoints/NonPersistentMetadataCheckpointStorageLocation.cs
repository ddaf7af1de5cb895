using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>A checkpoint that lives in this process's memory only. Follows Flink's class of the same name.</summary>
public sealed class NonPersistentMetadataCheckpointStorageLocation : MemoryCheckpointStreamFactory, ICheckpointStorageLocation
{
    /// <summary>The pointer of every checkpoint that cannot be restored by another process.</summary>
    public const string ExternalPointer = "<checkpoint-not-externally-addressable>";

    internal NonPersistentMetadataCheckpointStorageLocation(long maxStateSize)
        : base(maxStateSize)
    {
    }

    /// <inheritdoc/>
    public CheckpointStorageLocationReference LocationReference => CheckpointStorageLocationReference.Default;

    /// <inheritdoc/>
    public Task<CheckpointMetadataOutputStream> CreateMetadataOutputStreamAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<CheckpointMetadataOutputStream>(new MetadataInMemory());
    }

    /// <summary>Nothing was written anywhere.</summary>
    public Task DisposeOnFailureAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    private sealed class MetadataInMemory : CheckpointMetadataOutputStream, ICompletedCheckpointStorageLocation
    {
        private readonly ThresholdStream _bytes = new(long.MaxValue, Stream.Null);
        private bool _closed;

        public override Stream Stream => _bytes;

        public override string? Directory => null;

        public override long Position => _bytes.Position;

        public string ExternalPointer => NonPersistentMetadataCheckpointStorageLocation.ExternalPointer;

        public StreamStateHandle MetadataHandle => new ByteStreamStateHandle(ExternalPointer, _bytes.Kept);

        public override Task<ICompletedCheckpointStorageLocation> FinishAsync(CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_closed)
                throw new IOException("Already closed");
            Close();
            return Task.FromResult<ICompletedCheckpointStorageLocation>(this);
        }

        public override ValueTask DisposeAsync()
        {
            Close();
            return ValueTask.CompletedTask;
        }

        public Task DisposeStorageLocationAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        private void Close()
        {
            _closed = true;
            _bytes.End();
        }
    }
}
