using System.Collections.Immutable;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using CsCheck;

namespace Cairn.Tests.Checkpoints.Coordination;

/// <summary>State of one parallelism is given out to another one as Flink does it.</summary>
public class RescalingTests
{
    [Theory]
    [InlineData(1, 128)]
    [InlineData(85, 128)]
    [InlineData(86, 256)]
    [InlineData(170, 256)]
    [InlineData(171, 256)]
    [InlineData(172, 512)]
    [InlineData(21845, 32768)]
    [InlineData(32768, 32768)]
    public void The_default_number_of_key_groups_is_flinks(int parallelism, int expected) =>
        Assert.Equal(expected, KeyGroupRangeAssignment.DefaultMaxParallelism(parallelism));

    [Theory]
    [InlineData(128, 3, 0, 0, 42)]
    [InlineData(128, 3, 1, 43, 85)]
    [InlineData(128, 3, 2, 86, 127)]
    [InlineData(10, 4, 0, 0, 2)]
    [InlineData(10, 4, 1, 3, 4)]
    [InlineData(10, 4, 2, 5, 7)]
    [InlineData(10, 4, 3, 8, 9)]
    [InlineData(32768, 32768, 32767, 32767, 32767)]
    public void Key_group_ranges_are_flinks(int maxParallelism, int parallelism, int index, int start, int end) =>
        Assert.Equal(new KeyGroupRange(start, end), KeyGroupRangeAssignment.RangeOf(maxParallelism, parallelism, index));

    [Fact]
    public void Ranges_cover_every_key_group_once_and_agree_with_the_subtask_of_a_group() =>
        Gen.Int[1, 2000].SelectMany(max => Gen.Select(Gen.Const(max), Gen.Int[1, max])).Sample((max, parallelism) =>
        {
            var next = 0;
            for (var index = 0; index < parallelism; index++)
            {
                var range = KeyGroupRangeAssignment.RangeOf(max, parallelism, index);
                Assert.Equal(next, range.Start);
                Assert.True(range.Count >= max / parallelism);
                foreach (var group in new[] { range.Start, range.EndInclusive })
                    Assert.Equal(index, KeyGroupRangeAssignment.SubtaskOf(group, max, parallelism));
                next = range.EndInclusive + 1;
            }
            Assert.Equal(max, next);
        }, iter: 300);

    [Fact]
    public void Key_groups_of_hashes_are_in_range_and_spread()
    {
        var counts = new int[128];
        for (var hash = -50_000; hash < 50_000; hash++)
            counts[KeyGroupRangeAssignment.KeyGroupOf(hash, 128)]++;
        Assert.All(counts, count => Assert.InRange(count, 600, 980));
        Assert.InRange(KeyGroupRangeAssignment.KeyGroupOf(int.MinValue, 128), 0, 127);
        // The one hash that mixes to the number that has no absolute value.
        Assert.Equal(0, KeyGroupRangeAssignment.KeyGroupOf(-2_089_875_627, 128));
        Assert.Equal(0, KeyGroupRangeAssignment.KeyGroupOf(-2_089_875_627, 1000));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(129, 128)]
    [InlineData(1, 40_000)]
    public void Parallelisms_that_cannot_be_are_refused(int parallelism, int maxParallelism) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyGroupRangeAssignment.RangeOf(maxParallelism, parallelism, 0));

    [Fact]
    public void Keyed_state_is_cut_to_the_key_groups_that_are_asked_for()
    {
        var groups = new KeyGroupsStateHandle(new(new(10, 13), [100, 200, 300, 400]), File("a"));
        Assert.Equal(new KeyGroupRangeOffsets(new(12, 13), [300, 400]), ((KeyGroupsStateHandle)groups.Intersect(new(12, 99))!).GroupRangeOffsets);
        Assert.Null(groups.Intersect(new(14, 99)));
        var savepoint = new KeyGroupsSavepointStateHandle(new(new(0, 1), [1, 2]), File("b"));
        Assert.Equal(new KeyGroupRange(1, 1), savepoint.Intersect(new(1, 5))!.KeyGroupRange);
        var table = new IncrementalRemoteKeyedStateHandle(new(0, 63)) { CheckpointId = 1, BackendIdentifier = "x", MetaDataStateHandle = File("m") };
        Assert.Same(table, table.Intersect(new(63, 127)));
        Assert.Null(table.Intersect(new(64, 127)));
        var changelog = new ChangelogStateBackendHandle(new(0, 63)) { Materialized = [table, groups], NonMaterialized = [new ChangelogStateHandleStream(new(0, 9), 5)] };
        var cut = (ChangelogStateBackendHandle)changelog.Intersect(new(11, 20))!;
        Assert.Equal((new KeyGroupRange(11, 20), 2, 0), (cut.KeyGroupRange, cut.Materialized.Length, cut.NonMaterialized.Length));
    }

    [Theory]
    [InlineData(2, new[] { "a0 a1 a2", "b0 b1" }, 3, new[] { "a0 a1", "a2 b0", "b1" })]
    [InlineData(3, new[] { "a0", "b0", "c0" }, 1, new[] { "a0 b0 c0" })]
    [InlineData(1, new[] { "a0" }, 3, new[] { "a0", "", "" })]
    [InlineData(2, new[] { "a0 a1", "" }, 2, new[] { "a0 a1", "" })]
    [InlineData(3, new[] { "", "b0 b1 b2 b3 b4", "" }, 2, new[] { "b0 b1 b2", "b3 b4" })]
    public void Split_lists_are_dealt_out_evenly_in_their_order(int old, string[] had, int parallelism, string[] expected)
    {
        Assert.Equal(old, had.Length);
        var subtasks = had.Select((entries, i) => entries.Length == 0 ? null : Handle($"{(char)('a' + i)}", "list", OperatorStateMode.SplitDistribute, entries.Split(' ').Length)).ToList();

        var shares = OperatorStateRepartitioner.Repartition(subtasks, parallelism);

        Assert.Equal(expected, shares.Select(Entries));
    }

    [Fact]
    public void The_odd_entries_of_many_lists_do_not_all_fall_on_the_first_subtasks()
    {
        var names = Enumerable.Range(0, 3).Select(n => new OperatorStateMetaInfo($"list {n}", OperatorStateMode.SplitDistribute, [0])).ToImmutableArray();

        var shares = OperatorStateRepartitioner.Repartition([new OperatorStreamStateHandle(names, File("a"))], 3);

        Assert.All(shares, share => Assert.Single(Assert.Single(share).States));
    }

    [Fact]
    public void Union_lists_go_to_everybody_and_each_gets_one_copy_of_a_broadcast_state()
    {
        var had = new List<OperatorStateHandle?> { Mixed("a"), Mixed("b"), null };

        var shares = OperatorStateRepartitioner.Repartition(had, 4);

        foreach (var (share, index) in shares.Select((s, i) => (s, i)))
        {
            Assert.Equal("a0 a1 b0 b1", Entries([.. share.Select(h => h with { States = [.. h.States.Where(s => s.Name == "union")] })]));
            var copy = Assert.Single(share, h => h.States.Any(s => s.Mode == OperatorStateMode.Broadcast));
            Assert.Equal(index % 2 == 0 ? "a" : "b", ((FileStateHandle)copy.Delegate).FilePath);
        }

        static OperatorStateHandle Mixed(string file) =>
            new OperatorStreamStateHandle([new("union", OperatorStateMode.Union, [0, 1]), new("broadcast", OperatorStateMode.Broadcast, [7])], File(file));
    }

    [Fact]
    public void No_entry_is_lost_or_given_out_twice_whatever_the_parallelisms() =>
        Gen.Select(Gen.Int[0, 5].Array[1, 8], Gen.Int[1, 12]).Sample((had, parallelism) =>
        {
            var subtasks = had.Select((count, i) => count == 0 ? null : Handle($"{(char)('a' + i)}", "list", OperatorStateMode.SplitDistribute, count)).ToList();
            var shares = OperatorStateRepartitioner.Repartition(subtasks, parallelism);
            var given = shares.SelectMany(s => Entries(s).Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
            Assert.Equal(had.SelectMany((count, i) => Enumerable.Range(0, count).Select(e => $"{(char)('a' + i)}{e}")).Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));
            if (parallelism != had.Length)
                Assert.All(shares, s => Assert.InRange(Entries(s).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, given.Count / parallelism, (given.Count / parallelism) + 1));
        }, iter: 1000);

    [Fact]
    public async Task A_job_is_restored_with_another_parallelism()
    {
        var token = TestContext.Current.CancellationToken;
        await using var job = new TestJob();
        await using (var owner = await job.OpenAsync())
        {
            await using var checkpoint = owner.Begin();
            for (var i = 0; i < 2; i++)
                await checkpoint.WriteTableAsync(new OperatorSubtask("table", i, 2), $"t{i}");
            for (var i = 0; i < 3; i++)
                await checkpoint.WriteTextAsync(new OperatorSubtask("counter", i, 3), $"c{i}");
            await checkpoint.CompleteAsync(token);
        }
        await using var next = await job.OpenAsync();
        var metadata = next.Restored!.Metadata;

        var tables = SubtaskStateAssignment.Divide(metadata, "table", 3)!;
        Assert.Equal([["t0"], ["t0", "t1"], ["t1"]], tables.Select(t => t.ManagedKeyedState.Select(k => ((IncrementalRemoteKeyedStateHandle)k).SharedState[0].LocalPath).ToArray()));
        var counters = SubtaskStateAssignment.Divide(metadata, "counter", 2)!;
        var texts = new List<string>();
        foreach (var handle in counters.SelectMany(c => c.ManagedOperatorState))
        {
            using var reader = new StreamReader(await next.Restored.OpenAsync(handle.Delegate, token));
            texts.Add(await reader.ReadToEndAsync(token));
        }
        Assert.Equal(["c0", "c1", "c2"], texts);
        Assert.Equal([2, 1], counters.Select(c => c.ManagedOperatorState.Length));
        Assert.Null(SubtaskStateAssignment.Divide(metadata, "unknown", 2));
        Assert.Throws<CheckpointException>(() => SubtaskStateAssignment.Divide(metadata, "table", 129));
    }

    [Fact]
    public void What_cannot_be_divided_says_with_which_parallelism_it_can_be_restored()
    {
        var metadata = new CheckpointMetadata
        {
            CheckpointId = 5,
            Operators =
            [
                new OperatorState { Id = OperatorId.FromName("half"), Parallelism = 2, MaxParallelism = 128, Subtasks = [new() { Index = 0, IsFinished = true }, new() { Index = 1 }] },
                new OperatorState
                {
                    Id = OperatorId.FromName("unaligned"), Parallelism = 2, MaxParallelism = 128,
                    Subtasks = [new() { Index = 0, InputChannelState = [new InputChannelStateHandle(0, new InputChannelInfo(0, 0), [0], 10, File("f"))] }],
                },
                new OperatorState { Id = OperatorId.FromName("done"), Parallelism = 2, MaxParallelism = 128, IsFullyFinished = true },
                new OperatorState { Id = OperatorId.FromName("stray"), Parallelism = 2, MaxParallelism = 128, Subtasks = [new() { Index = 2 }] },
                new OperatorState { Id = OperatorId.FromName("old"), Parallelism = 100, MaxParallelism = -1 },
            ],
        };
        Assert.Contains("2 subtasks", Assert.Throws<CheckpointException>(() => SubtaskStateAssignment.Divide(metadata, "half", 3)).Message, StringComparison.Ordinal);
        Assert.Contains("(an unaligned checkpoint), which belongs to 2 subtasks", Assert.Throws<CheckpointException>(() => SubtaskStateAssignment.Divide(metadata, "unaligned", 3)).Message, StringComparison.Ordinal);
        foreach (var parallelism in new[] { 2, 3 })
            Assert.Contains("has 2 subtasks in checkpoint 5, and state of subtask 2", Assert.Throws<CheckpointException>(() => SubtaskStateAssignment.Divide(metadata, "stray", parallelism)).Message, StringComparison.Ordinal);
        // What does not say its number of key groups has the default for its parallelism.
        Assert.Equal(new KeyGroupRange(0, 255), Assert.Single(SubtaskStateAssignment.Divide(metadata, "old", 1)!).Task.KeyGroups);
        Assert.Contains("has 256 key groups", Assert.Throws<CheckpointException>(() => SubtaskStateAssignment.Divide(metadata, "old", 257)).Message, StringComparison.Ordinal);
        Assert.Equal([true, false], SubtaskStateAssignment.Divide(metadata, "half", 2)!.Select(a => a.IsFinished));
        Assert.All(SubtaskStateAssignment.Divide(metadata, "done", 3)!, a => Assert.True(a.IsFinished));
    }

    private static FileStateHandle File(string path) => new(path, 10);

    private static OperatorStreamStateHandle Handle(string file, string name, OperatorStateMode mode, int entries) =>
        new([new(name, mode, [.. Enumerable.Range(0, entries).Select(e => (long)e)])], File(file));

    private static string Entries(ImmutableArray<OperatorStateHandle> handles) =>
        string.Join(' ', handles.SelectMany(h => h.States.SelectMany(s => s.Offsets.Select(o => $"{((FileStateHandle)h.Delegate).FilePath}{o}"))));
}
