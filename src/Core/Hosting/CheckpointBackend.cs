namespace Cairn.Hosting;

/// <summary>Where a checkpoint's state goes.</summary>
public enum CheckpointBackend
{
    /// <summary>All of it inline into <c>_metadata</c>, one object a checkpoint: for small state. Flink's <c>jobmanager</c>.</summary>
    Memory,

    /// <summary>State above a threshold into files of its own: for state of any size. Flink's <c>filesystem</c>.</summary>
    FileSystem,
}
