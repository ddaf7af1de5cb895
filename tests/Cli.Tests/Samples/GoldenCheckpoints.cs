using System.Buffers;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Cli.Tests.Samples;

/// <summary>Checkpoints that are the same in every run, three days old, on a disk: two completed ones that share files, one never finished, a savepoint, an orphan.</summary>
internal static class GoldenCheckpoints
{
    public const string Job = "6f0c1a2b3c4d5e6f708192a3b4c5d6e7";

    private static readonly TimeSpan Age = TimeSpan.FromDays(3) + TimeSpan.FromHours(1);

    public static void Write(string folder)
    {
        var job = $"{folder}/checkpoints/{Job}";
        foreach (var (name, length) in new[] { ("shared/t-1", 700_000), ("shared/t-2", 1_300_000), ("shared/t-3", 90_000), ("shared/t-0", 50_000), ("chk-41/manifest", 120), ("chk-42/manifest", 130), ("chk-42/offsets", 64), ("chk-43/half", 10), ("shared/orphan", 12_345) })
            WriteFile($"{job}/{name}", new byte[length]);
        WriteFile($"{job}/chk-41/_metadata", Metadata(job, 41, ["t-0", "t-1", "t-2"], CheckpointProperties.RetainedOnCancellation, withOffsets: false));
        WriteFile($"{job}/chk-42/_metadata", Metadata(job, 42, ["t-1", "t-2", "t-3"], CheckpointProperties.RetainedOnCancellation, withOffsets: true));
        WriteFile($"{folder}/savepoints/savepoint-6f0c1a-000000000001/_metadata", Metadata(job, 40, [], CheckpointProperties.Savepoint(SavepointFormatType.Canonical), withOffsets: false));
    }

    private static byte[] Metadata(string job, long id, string[] tables, CheckpointProperties properties, bool withOffsets)
    {
        var metadata = new CheckpointMetadata
        {
            CheckpointId = id,
            Properties = properties,
            MasterStates = [new MasterState("hook", 1, new byte[5])],
            Operators = [Windows(job, id, tables), Source(job, id, withOffsets), Sink],
        };
        var buffer = new ArrayBufferWriter<byte>();
        CheckpointMetadataWriter.Write(metadata, buffer, new CheckpointMetadataWriterOptions { Directory = $"file:{job}/chk-{id}" });
        return buffer.WrittenSpan.ToArray();
    }

    private static OperatorState Windows(string job, long id, string[] tables) => new()
    {
        Id = OperatorId.FromName("windows"),
        Name = "windows by user",
        Uid = "windows",
        Parallelism = 1,
        MaxParallelism = 128,
        Subtasks = tables.Length == 0 ? [] :
        [
            new OperatorSubtaskState
            {
                Index = 0,
                ManagedKeyedState = new IncrementalRemoteKeyedStateHandle(new KeyGroupRange(0, 127))
                {
                    CheckpointId = id,
                    BackendIdentifier = "00000000-0000-0000-0000-000000000001",
                    StateHandleId = "00000000-0000-0000-0000-000000000002",
                    MetaDataStateHandle = new ByteStreamStateHandle("meta", new byte[321]),
                    SharedState = [.. tables.Select(t => new HandleAndLocalPath($"{t}.sst", new FileStateHandle($"file:{job}/shared/{t}", Length(t))))],
                    PrivateState = [new HandleAndLocalPath("MANIFEST", new FileStateHandle($"file:{job}/chk-{id}/manifest", id == 41 ? 120 : 130))],
                },
            },
        ],
    };

    private static OperatorState Source(string job, long id, bool withOffsets) => new()
    {
        Id = OperatorId.FromName("source"),
        Name = "clicks",
        Uid = "source",
        Parallelism = 2,
        MaxParallelism = 128,
        CoordinatorState = new ByteStreamStateHandle("coordinator", new byte[17]),
        Subtasks =
        [
            .. Enumerable.Range(0, 2).Select(index => new OperatorSubtaskState
            {
                Index = index,
                ManagedOperatorState = new OperatorStreamStateHandle(
                    [new OperatorStateMetaInfo("offsets", OperatorStateMode.SplitDistribute, [0, 8])],
                    withOffsets && index == 0 ? new FileStateHandle($"file:{job}/chk-{id}/offsets", 64) : new ByteStreamStateHandle("offsets", new byte[16])),
            }),
        ],
    };

    private static OperatorState Sink { get; } = new() { Id = OperatorId.FromName("sink"), Name = "sink", Uid = "sink", Parallelism = 4, MaxParallelism = 128, IsFullyFinished = true };

    private static long Length(string table) => table switch { "t-0" => 50_000, "t-1" => 700_000, "t-2" => 1_300_000, _ => 90_000 };

    private static void WriteFile(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime - Age);
    }
}
