using System.Buffers.Binary;
using System.Diagnostics;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>What holds for any bytes whatever.</summary>
public sealed class HostileInputTests(ITestOutputHelper log)
{
    private const int SmallFile = 1024;
    private const long MemoryForSmallFile = 1024 * 1024;

    /// <summary>How many bytes may be allocated for each byte of a file: an object for the four bytes of a finished subtask, say.</summary>
    private const int MemoryPerByte = 64;

    private static MutationCampaign RandomBodies => new("random bytes behind a valid header", Mutations / 5, RandomBody, HoldsFor);

    private static int Mutations => Effort.Of(quick: 50_000, full: 5_000_000);

    [Fact]
    public async Task Damaged_files_and_random_bytes_are_rejected_or_read_and_written_back_identical_in_bounded_memory()
    {
        byte[][] files = [.. FlinkFixtures.All.Select(fixture => fixture.Read().ToArray())];
        byte[][] small = [.. files.Where(file => file.Length <= SmallFile)];
        MutationCampaign[] campaigns =
        [
            new("files of Flink's own, damaged", Mutations, random => Mutation.Damage(Any(files, random), Any(files, random), random), HoldsFor),
            new($"those up to {SmallFile} bytes, damaged", Mutations / 2, random => Mutation.Damage(Any(small, random), small[0], random), HoldsFor),
            RandomBodies,
        ];
        var seed = Effort.Seed();
        var clock = Stopwatch.StartNew();
        foreach (var campaign in campaigns)
        {
            campaign.Run(seed);
            log.WriteLine(campaign.ToString());
        }

        Assert.All(campaigns[..2], campaign => Assert.True(campaign.Accepted > 0 && campaign.Rejected > 0, $"Only one of two outcomes: {campaign}"));
        if (Effort.IsFull)
            await MutationReport.WriteAsync(campaigns, files.Length, seed, clock.Elapsed);
    }

    /// <summary>Needs no files, so it runs everywhere.</summary>
    [Fact]
    public void Random_bytes_behind_a_valid_header_are_rejected_or_read_and_written_back_identical()
    {
        var campaign = RandomBodies;

        campaign.Run(Effort.Seed());

        Assert.True(campaign.Rejected > 0, $"{campaign}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public void A_number_of_items_that_the_file_has_no_room_for_is_rejected_before_memory_is_taken(int version)
    {
        byte[] file = MetadataFiles.Write(new CheckpointMetadata { Version = version, CheckpointId = 1 });
        int operators = version < 2 ? 16 : 20;
        foreach (int count in (int[])[int.MaxValue, int.MinValue, -1, 1 << 28, 1000])
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(operators), count);

            var error = Assert.Throws<CheckpointMetadataException>(() => CheckpointMetadataReader.Read(file));

            Assert.Equal("operators", error.Field);
            Assert.Equal(operators, error.Offset);
            HoldsFor(file);
        }
    }

    [Fact]
    public void Handles_nested_without_end_are_rejected()
    {
        byte[] head = MetadataFiles.Write(OneSubtask(new OperatorSubtaskState { Index = 0 }) with { Version = 3 });
        int managedKeyed = head.Length - 10;
        byte[] keyGroups = [3, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] changelog = [8, .. new byte[16], 0, 0, 0, 1];
        foreach (byte[] level in (byte[][])[keyGroups, changelog])
        {
            byte[] file = [.. head[..managedKeyed], .. Enumerable.Repeat(level, 50_000).SelectMany(bytes => bytes)];

            var error = Assert.Throws<CheckpointMetadataException>(() => CheckpointMetadataReader.Read(file));

            Assert.Contains("nest deeper", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Metadata_nested_without_end_is_not_written()
    {
        StreamStateHandle stream = EmptySegmentFileStateHandle.Instance;
        for (int i = 0; i < 10_000; i++)
            stream = new KeyGroupsStreamStateHandle(new KeyGroupRangeOffsets(KeyGroupRange.Empty, []), stream);
        var metadata = OneSubtask(new OperatorSubtaskState { Index = 0, ManagedOperatorState = new OperatorStreamStateHandle([], stream) });

        Assert.Throws<CheckpointMetadataException>(() => MetadataFiles.Write(metadata));
    }

    private static CheckpointMetadata OneSubtask(OperatorSubtaskState subtask) => new()
    {
        CheckpointId = 1,
        Operators = [new OperatorState { Id = default(OperatorId), Parallelism = 1, MaxParallelism = 1, Subtasks = [subtask] }],
    };

    private static byte[] Any(byte[][] files, Random random) => files[random.Next(files.Length)];

    /// <summary>A header of a version, and bytes that are mostly the small ones which the format gives a meaning.</summary>
    private static byte[] RandomBody(Random random)
    {
        byte[] file = new byte[random.Next(8, SmallFile)];
        for (int i = 0; i < file.Length; i++)
            file[i] = (byte)random.Next(random.Next(4) == 0 ? 256 : random.Next(2) == 0 ? 2 : 18);
        byte[] header = [0x49, 0x60, 0x67, 0x2D, 0, 0, 0, (byte)random.Next(8)];
        header.CopyTo(file, 0);
        return file;
    }

    /// <summary>
    /// Reads bytes; what was read is written back identical, and nothing but the one exception is thrown. Memory stays within bounds.
    /// </summary>
    /// <returns>Whether they were read, and how many bytes were allocated for that.</returns>
    private static (bool IsAccepted, long Allocated) HoldsFor(byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        CheckpointMetadata? metadata = null;
        try
        {
            metadata = CheckpointMetadataReader.Read(file);
        }
        catch (CheckpointMetadataException error)
        {
            Assert.InRange(error.Offset, 0, file.Length);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        long bound = file.Length <= SmallFile ? MemoryForSmallFile / 4 : MemoryForSmallFile + (long)MemoryPerByte * file.Length;
        Assert.True(allocated <= bound, $"{allocated} bytes were allocated for a file of {file.Length}");
        if (metadata is not null)
            Assert.Equal(file, MetadataFiles.Write(metadata));
        return (metadata is not null, allocated);
    }
}
