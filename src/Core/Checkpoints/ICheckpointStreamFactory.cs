using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>Makes the streams that the state of one checkpoint is written to. Thread safe. Follows Flink's <c>CheckpointStreamFactory</c>.</summary>
public interface ICheckpointStreamFactory
{
    /// <summary>Opens a stream for one piece of state; nothing is sent before there is more state than stays inline.</summary>
    Task<CheckpointStateOutputStream> CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope scope, CancellationToken cancellationToken = default);
}
