namespace Cairn.Checkpoints.State;

/// <summary>A file of an incremental snapshot. Follows Flink's <c>HandleAndLocalPath</c>.</summary>
/// <param name="LocalPath">The name of the file in the state backend, for example <c>000012.sst</c>; Flink 1.7 calls it the state handle id.</param>
/// <param name="Handle">Where the file's bytes are.</param>
public readonly record struct HandleAndLocalPath(string LocalPath, StreamStateHandle Handle);
