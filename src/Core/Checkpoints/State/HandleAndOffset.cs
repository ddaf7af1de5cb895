namespace Cairn.Checkpoints.State;

/// <summary>A stream of changes and the place where they begin in it.</summary>
/// <param name="Handle">The stream.</param>
/// <param name="Offset">The offset in bytes of the first change.</param>
public readonly record struct HandleAndOffset(StreamStateHandle Handle, long Offset);
