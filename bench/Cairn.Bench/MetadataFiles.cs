using System.Buffers;
using System.Collections.Immutable;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Bench;

/// <summary>The checkpoints that are measured, always the same ones.</summary>
internal static class MetadataFiles
{
    private const int Operators = 1000;
    private const int HandlesOfEach = 100;

    /// <summary>How many files <see cref="ManyHandles"/> names.</summary>
    public const int Handles = Operators * HandlesOfEach;

    /// <summary>A file for each of the subtasks of many operators, with names as S3 has them.</summary>
    public static CheckpointMetadata ManyHandles(int operators = Operators)
    {
        var random = new Random(1);
        return Of(operators, HandlesOfEach, subtask => new FileStateHandle(
            $"s3://checkpoints/prod/0f1e2d3c4b5a69788796a5b4c3d2e1f0/chk-4711/{Uuid(random)}", 30_000 + subtask), random);
    }

    /// <summary>256 MiB of state in the file itself.</summary>
    public static CheckpointMetadata Inline()
    {
        var random = new Random(1);
        var state = new byte[1024 * 1024];
        random.NextBytes(state);
        return Of(16, 16, _ => new ByteStreamStateHandle(Uuid(random), state), random);
    }

    public static byte[] Write(CheckpointMetadata metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        CheckpointMetadataWriter.Write(metadata, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private static CheckpointMetadata Of(int operators, int parallelism, Func<int, StreamStateHandle> state, Random random) => new()
    {
        CheckpointId = 4711,
        Operators = [.. Enumerable.Range(0, operators).Select(index => new OperatorState
        {
            Id = new OperatorId(Bytes(random)),
            Name = $"operator {index}",
            Uid = $"operator-{index}",
            Parallelism = parallelism,
            MaxParallelism = parallelism,
            Subtasks = [.. Enumerable.Range(0, parallelism).Select(subtask => Subtask(subtask, state(subtask), random))],
        })],
    };

    private static OperatorSubtaskState Subtask(int index, StreamStateHandle state, Random random) => new()
    {
        Index = index,
        ManagedKeyedState = new KeyGroupsStateHandle(new KeyGroupRangeOffsets(new KeyGroupRange(index, index), ImmutableArray.Create(64L)), state)
        {
            StateHandleId = Uuid(random),
        },
    };

    private static string Uuid(Random random) => new Guid(Bytes(random)).ToString();

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return bytes;
    }
}
