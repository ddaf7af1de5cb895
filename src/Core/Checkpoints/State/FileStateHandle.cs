namespace Cairn.Checkpoints.State;

/// <summary>State in a file of its own, named by its absolute path. Follows Flink's <c>FileStateHandle</c>.</summary>
/// <param name="FilePath">The path or URI exactly as written, neither encoded nor decoded: <c>s3://bucket/…</c>, <c>file:/tmp/…</c>.</param>
/// <param name="StateSize">The number of bytes; negative when it is not known. Informational.</param>
public sealed record FileStateHandle(string FilePath, long StateSize) : StreamStateHandle
{
    /// <inheritdoc/>
    public override long StateSize { get; } = StateSize;
}
