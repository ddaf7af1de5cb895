namespace Cairn.Checkpoints.State;

/// <summary>A segment of no bytes in no file. Follows Flink's <c>EmptySegmentFileStateHandle</c>.</summary>
public sealed record EmptySegmentFileStateHandle : StreamStateHandle
{
    private EmptySegmentFileStateHandle()
    {
    }

    /// <summary>The only instance.</summary>
    public static EmptySegmentFileStateHandle Instance { get; } = new();

    /// <inheritdoc/>
    public override long StateSize => 0;
}
