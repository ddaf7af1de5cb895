namespace Cairn.Checkpoints.State;

/// <summary>State in a part of a file that many share. Follows Flink's <c>SegmentFileStateHandle</c>.</summary>
/// <param name="FilePath">The physical file, exactly as written.</param>
/// <param name="StartPosition">The offset in bytes at which the state begins in that file.</param>
/// <param name="StateSize">The number of bytes.</param>
/// <param name="Scope">Whether one checkpoint or several may use the state.</param>
/// <param name="LogicalFileId">Identifies the segment among all of the physical file; null only in files of unreleased snapshots of Flink 1.20.</param>
public sealed record SegmentFileStateHandle(
    string FilePath,
    long StartPosition,
    long StateSize,
    CheckpointedStateScope Scope,
    string? LogicalFileId) : StreamStateHandle
{
    /// <inheritdoc/>
    public override long StateSize { get; } = StateSize;
}
