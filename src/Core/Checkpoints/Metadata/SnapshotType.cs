namespace Cairn.Checkpoints.Metadata;

/// <summary>What kind of snapshot a checkpoint is. Follows Flink's <c>SnapshotType</c>.</summary>
/// <param name="Name">The kind in words: <c>Checkpoint</c>, <c>Full Checkpoint</c>, <c>Savepoint</c>, <c>Suspend Savepoint</c>, <c>Terminate Savepoint</c>.</param>
public abstract record SnapshotType(string Name);
