using System.Collections.Immutable;
using Cairn.Checkpoints.State;
using CsCheck;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>Random state handles, of the kinds that a version has a place for.</summary>
internal sealed class StateGen(int version)
{
    private static readonly Gen<string> Words = OneOf("", "a", "sourceState", "s3://bucket/chk-1/9f0c", "file:/tmp/x y", "000012.sst");
    private static readonly Gen<string> AnyUnits = Gen.Char.Array[0, 6].Select(units => new string(units));
    private static readonly Gen<string> Unusual = OneOf("\0", "é", "\u0800€", "😀", "\uD83D", "\uDE00\uD83D", new string('x', 300));

    public static Gen<string> Text { get; } = Gen.Frequency((6, Words), (2, AnyUnits), (1, Unusual));

    public static Gen<ReadOnlyMemory<byte>> Bytes { get; } =
        Gen.Byte.Array[0, 20].Select(bytes => (ReadOnlyMemory<byte>)bytes);

    public static Gen<long> Size { get; } = Gen.Frequency((4, Gen.Long[0, 100_000]), (1, Gen.Long));

    public static Gen<ImmutableArray<long>> Offsets { get; } = List(Gen.Long);

    private static Gen<KeyGroupRange> Ranges { get; } =
        Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 5]).Select((start, count) => new KeyGroupRange(start, start + count - 1));

    private static Gen<KeyGroupRangeOffsets> RangeOffsets { get; } = Gen.Select(Gen.Int[0, 1000], Offsets)
        .Select((start, offsets) => new KeyGroupRangeOffsets(new KeyGroupRange(start, start + offsets.Length - 1), offsets));

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    private bool HasNewHandles => version >= 3;

    public static Gen<ImmutableArray<T>> List<T>(Gen<T> item) => item.Array[0, 3].Select(ImmutableArray.Create);

    /// <summary>A value, or null about as often.</summary>
    public static Gen<T?> Maybe<T>(Gen<T> item)
        where T : class => Gen.Frequency((1, Gen.Const((T?)null)), (1, item.Select(value => (T?)value)));

    public Gen<StreamStateHandle> Stream(int depth = 2)
    {
        var inline = Inline.Select(StreamStateHandle (handle) => handle);
        var file = Gen.Select(Text, Size).Select(StreamStateHandle (path, size) => new FileStateHandle(path, size));
        if (!HasNewHandles)
            return Gen.OneOf(inline, file);
        var relative = Gen.Select(Text, Size).Select(StreamStateHandle (path, size) => new RelativeFileStateHandle(path, size));
        var segment = Gen.Select(Text, Size, Size, Gen.Enum<CheckpointedStateScope>(), Text)
            .Select(StreamStateHandle (path, start, size, scope, id) => new SegmentFileStateHandle(path, start, size, scope, id));
        var empty = Gen.Const((StreamStateHandle)EmptySegmentFileStateHandle.Instance);
        return depth == 0
            ? Gen.OneOf(inline, file, relative, segment, empty)
            : Gen.OneOf(inline, file, relative, segment, empty, KeyGroupsStream(depth - 1));
    }

    public static Gen<ByteStreamStateHandle> Inline { get; } = Gen.Select(Text, Bytes).Select((name, data) => new ByteStreamStateHandle(name, data));

    private Gen<StreamStateHandle> KeyGroupsStream(int depth) => Gen.Select(RangeOffsets, Stream(depth))
        .Select(StreamStateHandle (offsets, stream) => new KeyGroupsStreamStateHandle(offsets, stream));

    public Gen<OperatorStateHandle> Operator()
    {
        var states = List(Gen.Select(Text, Gen.Enum<OperatorStateMode>(), Offsets)
            .Select((name, mode, offsets) => new OperatorStateMetaInfo(name, mode, offsets)));
        var plain = Gen.Select(states, Stream()).Select(OperatorStateHandle (all, stream) => new OperatorStreamStateHandle(all, stream));
        if (!HasNewHandles)
            return plain;
        var segment = Stream(0).Where(handle => handle is SegmentFileStateHandle or EmptySegmentFileStateHandle);
        var merging = Gen.Select(states, segment, Text, Text, Gen.Bool).Select(
            OperatorStateHandle (all, stream, owned, shared, empty) => new FileMergingOperatorStreamStateHandle(all, stream, owned, shared, empty));
        return Gen.OneOf(plain, merging);
    }

    public Gen<KeyedStateHandle> Keyed(int depth = 1)
    {
        var keyGroups = Gen.Select(RangeOffsets, Stream(), Id)
            .Select(KeyedStateHandle (offsets, stream, id) => new KeyGroupsStateHandle(offsets, stream) { StateHandleId = id });
        if (version == 1)
            return keyGroups;
        if (!HasNewHandles)
            return Gen.OneOf(keyGroups, Incremental);
        var savepoint = Gen.Select(RangeOffsets, Stream())
            .Select(KeyedStateHandle (offsets, stream) => new KeyGroupsSavepointStateHandle(offsets, stream));
        return depth == 0
            ? Gen.OneOf(keyGroups, savepoint, Incremental, InMemoryChangelog, ChangelogStream)
            : Gen.OneOf(keyGroups, savepoint, Incremental, InMemoryChangelog, ChangelogStream, Changelog(depth - 1));
    }

    public Gen<ChannelStateHandle> Channel(bool isInput, int subtask)
    {
        var single = Gen.Select(Gen.Int, Gen.Int, Offsets, Size, Stream()).Select(ChannelStateHandle (first, second, offsets, size, stream) => isInput
            ? new InputChannelStateHandle(subtask, new InputChannelInfo(first, second), offsets, size, stream)
            : new ResultSubpartitionStateHandle(subtask, new ResultSubpartitionInfo(first, second), offsets, size, stream));
        if (version < 6)
            return single;
        var merged = Gen.Select(Size, Stream(), Bytes).Select(ChannelStateHandle (size, stream, table) => isInput
            ? new MergedInputChannelStateHandle(subtask, size, stream, table)
            : new MergedResultSubpartitionStateHandle(subtask, size, stream, table));
        return Gen.OneOf(single, merged);
    }

    private Gen<string?> Id => HasNewHandles ? Maybe(Text) : Gen.Const((string?)null);

    private Gen<KeyedStateHandle> Incremental
    {
        get
        {
            var files = List(Gen.Select(Text, Stream()).Select((path, stream) => new HandleAndLocalPath(path, stream)));
            return Gen.Select(Gen.Select(Ranges, Gen.Long, Text), Stream(), files, files, Gen.Select(Id, Size)).Select(
                KeyedStateHandle (head, meta, shared, own, tail) => new IncrementalRemoteKeyedStateHandle(head.Item1)
                {
                    CheckpointId = head.Item2,
                    BackendIdentifier = head.Item3,
                    MetaDataStateHandle = meta,
                    SharedState = shared,
                    PrivateState = own,
                    StateHandleId = tail.Item1,
                    CheckpointedSize = tail.Item1 is null ? -1 : tail.Item2,
                });
        }
    }

    private Gen<KeyedStateHandle> Changelog(int depth)
    {
        var parts = List(Keyed(depth));
        var checkpoint = Gen.OneOf(Gen.Const((long?)null), Gen.Long.Select(id => (long?)id));
        return Gen.Select(Ranges, parts, parts, Gen.Select(Size, Gen.Long, checkpoint, Text)).Select(
            KeyedStateHandle (range, materialized, changes, tail) => new ChangelogStateBackendHandle(range)
            {
                Materialized = materialized,
                NonMaterialized = changes,
                CheckpointedSize = tail.Item1,
                MaterializationId = tail.Item2,
                CheckpointId = tail.Item3,
                StateHandleId = tail.Item4,
            });
    }

    private static Gen<KeyedStateHandle> InMemoryChangelog { get; } = Gen.Select(
        Ranges,
        Gen.Long,
        Gen.Long,
        List(Gen.Select(Gen.Int[-1, 100], Bytes).Select((group, change) => new StateChange(group, change))),
        Text).Select(KeyedStateHandle (range, from, to, changes, id) =>
            new InMemoryChangelogStateHandle(range) { From = from, To = to, Changes = changes, StateHandleId = id });

    private Gen<KeyedStateHandle> ChangelogStream => Gen.Select(
        Gen.Select(Ranges, Size, Size),
        List(Gen.Select(Stream(), Gen.Long).Select((stream, offset) => new HandleAndOffset(stream, offset))),
        Text,
        Maybe(Text)).Select(KeyedStateHandle (head, streams, id, storage) => new ChangelogStateHandleStream(head.Item1, head.Item2)
        {
            CheckpointedSize = head.Item3,
            HandlesAndOffsets = streams,
            StateHandleId = id,
            StorageIdentifier = storage,
        });
}
