using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>How handles of keyed state with a changelog lie in the file. Flink 1.14 wrote them without sizes and ids.</summary>
internal static class ChangelogHandleCodec
{
    private const int MinimumChangeSize = 2 * sizeof(int);
    private const int MinimumStreamSize = sizeof(long) + StreamHandleCodec.MinimumSize;

    public static ChangelogStateBackendHandle ReadBackend(ref MetadataInput input, bool hasCheckpoint)
    {
        bool isShort = IsShort(ref input, isFirstLayout: !hasCheckpoint);
        return new ChangelogStateBackendHandle(KeyGroupCodec.ReadRange(ref input))
        {
            CheckpointedSize = isShort ? -1 : input.ReadInt64("checkpointedSize"),
            Materialized = input.ReadList("materialized", KeyedHandleCodec.MinimumSize, KeyedHandleCodec.Read),
            NonMaterialized = input.ReadList("nonMaterialized", KeyedHandleCodec.MinimumSize, KeyedHandleCodec.Read),
            MaterializationId = isShort ? 0 : input.ReadInt64("materializationId"),
            CheckpointId = hasCheckpoint ? input.ReadInt64("checkpointId") : null,
            StateHandleId = isShort ? null : input.ReadString("stateHandleId"),
        };
    }

    public static InMemoryChangelogStateHandle ReadInMemory(ref MetadataInput input)
    {
        bool isShort = IsShort(ref input, isFirstLayout: true);
        return new InMemoryChangelogStateHandle(KeyGroupCodec.ReadRange(ref input))
        {
            From = input.ReadInt64("from"),
            To = input.ReadInt64("to"),
            Changes = input.ReadList("changes", MinimumChangeSize, ReadChange),
            StateHandleId = isShort ? null : input.ReadString("stateHandleId"),
        };
    }

    public static ChangelogStateHandleStream ReadStream(ref MetadataInput input, bool hasStorage)
    {
        bool isShort = IsShort(ref input, isFirstLayout: !hasStorage);
        var range = KeyGroupCodec.ReadRange(ref input);
        var streams = input.ReadList("handlesAndOffsets", MinimumStreamSize, ReadHandleAndOffset);
        return new ChangelogStateHandleStream(range, input.ReadInt64("stateSize"))
        {
            HandlesAndOffsets = streams,
            CheckpointedSize = isShort ? -1 : input.ReadInt64("checkpointedSize"),
            StateHandleId = isShort ? null : input.ReadString("stateHandleId"),
            StorageIdentifier = hasStorage ? input.ReadString("storageIdentifier") : null,
        };
    }

    public static void WriteBackend(ref MetadataOutput output, ChangelogStateBackendHandle handle)
    {
        bool hasCheckpoint = handle.CheckpointId is not null;
        bool isShort = !hasCheckpoint && !output.Layout.HasChangelogIds;
        output.WriteByte(hasCheckpoint ? HandleCode.ChangelogV2 : HandleCode.Changelog);
        KeyGroupCodec.WriteRange(ref output, handle.KeyGroupRange);
        if (!isShort)
            output.WriteInt64(handle.CheckpointedSize);
        output.WriteList("materialized", handle.Materialized, WriteItem);
        output.WriteList("nonMaterialized", handle.NonMaterialized, WriteItem);
        if (!isShort)
            output.WriteInt64(handle.MaterializationId);
        if (hasCheckpoint)
            output.WriteInt64(handle.CheckpointId.GetValueOrDefault());
        WriteId(ref output, handle.StateHandleId, isShort, hasSizes: handle.CheckpointedSize != -1 || handle.MaterializationId != 0);
    }

    public static void WriteInMemory(ref MetadataOutput output, InMemoryChangelogStateHandle handle)
    {
        output.WriteByte(HandleCode.InMemoryChangelog);
        KeyGroupCodec.WriteRange(ref output, handle.KeyGroupRange);
        output.WriteInt64(handle.From);
        output.WriteInt64(handle.To);
        output.WriteList("changes", handle.Changes, WriteChange);
        WriteId(ref output, handle.StateHandleId, isShort: !output.Layout.HasChangelogIds, hasSizes: false);
    }

    public static void WriteStream(ref MetadataOutput output, ChangelogStateHandleStream handle)
    {
        bool hasStorage = handle.StorageIdentifier is not null;
        bool isShort = !hasStorage && !output.Layout.HasChangelogIds;
        output.WriteByte(hasStorage ? HandleCode.ChangelogStreamV2 : HandleCode.ChangelogStream);
        KeyGroupCodec.WriteRange(ref output, handle.KeyGroupRange);
        output.WriteList("handlesAndOffsets", handle.HandlesAndOffsets, WriteHandleAndOffset);
        output.WriteInt64(handle.StateSize);
        if (!isShort)
            output.WriteInt64(handle.CheckpointedSize);
        WriteId(ref output, handle.StateHandleId, isShort, hasSizes: handle.CheckpointedSize != -1);
        if (hasStorage)
            output.WriteString("storageIdentifier", handle.StorageIdentifier!);
    }

    /// <summary>Whether the handle lacks what Flink 1.15 added. The handles that 1.15 and 1.16 introduced never do.</summary>
    private static bool IsShort(ref MetadataInput input, bool isFirstLayout)
    {
        if (!isFirstLayout)
            return false;
        input.Meet(MetadataDialect.ChangelogWithoutIds);
        return !input.Layout.HasChangelogIds;
    }

    private static void WriteId(ref MetadataOutput output, string? id, bool isShort, bool hasSizes)
    {
        if (!isShort)
            output.WriteString("stateHandleId", id ?? output.InventId());
        else if (id is not null || hasSizes)
            output.Lose("the id and the sizes of a changelog handle");
    }

    private static StateChange ReadChange(ref MetadataInput input) => new(input.ReadInt32("keyGroup"), input.ReadBytes("change"));

    private static void WriteChange(ref MetadataOutput output, StateChange change)
    {
        output.WriteInt32(change.KeyGroup);
        output.WriteBytes(change.Change);
    }

    private static HandleAndOffset ReadHandleAndOffset(ref MetadataInput input)
    {
        long offset = input.ReadInt64("offset");
        return new HandleAndOffset(StreamHandleCodec.Read(ref input, "handle"), offset);
    }

    private static void WriteHandleAndOffset(ref MetadataOutput output, HandleAndOffset stream)
    {
        output.WriteInt64(stream.Offset);
        StreamHandleCodec.Write(ref output, "handle", stream.Handle);
    }

    private static void WriteItem(ref MetadataOutput output, KeyedStateHandle handle)
    {
        if (handle is null)
            output.Fail("", "there is no handle");
        KeyedHandleCodec.WriteOptional(ref output, handle);
    }
}
