using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>How handles of keyed state lie in the file, except those of changelogs, which <see cref="ChangelogHandleCodec"/> knows.</summary>
internal static class KeyedHandleCodec
{
    /// <summary>The fewest bytes a handle takes: type, range and a delegate.</summary>
    public const int MinimumSize = 1 + 2 * sizeof(int) + StreamHandleCodec.MinimumSize;

    private const int MinimumFileSize = sizeof(ushort) + StreamHandleCodec.MinimumSize;

    /// <summary>Reads a handle that must be there.</summary>
    public static KeyedStateHandle Read(ref MetadataInput input)
    {
        int start = input.Position;
        var handle = ReadOptional(ref input);
        if (handle is null)
            input.Fail("", "there is no handle", start);
        return handle;
    }

    /// <summary>Reads a handle or the mark of none.</summary>
    public static KeyedStateHandle? ReadOptional(ref MetadataInput input)
    {
        int start = input.Position;
        int code = input.ReadByte("type");
        if (code > input.Layout.LastKeyedHandle)
            throw Unknown(input, code, start);
        switch (code)
        {
            case HandleCode.None:
                return null;
            case HandleCode.KeyGroups or HandleCode.KeyGroupsV2:
                return ReadKeyGroups(ref input, hasId: code == HandleCode.KeyGroupsV2);
            case HandleCode.SavepointKeyGroups:
                return new KeyGroupsSavepointStateHandle(KeyGroupCodec.ReadOffsets(ref input), StreamHandleCodec.Read(ref input, "delegate"));
            case HandleCode.Incremental or HandleCode.IncrementalV2:
                return ReadIncremental(ref input, hasId: code == HandleCode.IncrementalV2);
            case HandleCode.Changelog or HandleCode.ChangelogV2:
                return ChangelogHandleCodec.ReadBackend(ref input, hasCheckpoint: code == HandleCode.ChangelogV2);
            case HandleCode.InMemoryChangelog:
                return ChangelogHandleCodec.ReadInMemory(ref input);
            case HandleCode.ChangelogStream or HandleCode.ChangelogStreamV2:
                return ChangelogHandleCodec.ReadStream(ref input, hasStorage: code == HandleCode.ChangelogStreamV2);
            default:
                throw Unknown(input, code, start);
        }
    }

    /// <summary>Whether the layout has a place for the handle and all it consists of, apart from ids and sizes.</summary>
    public static bool Fits(in MetadataOutput output, KeyedStateHandle handle)
    {
        if (output.Layout.LastKeyedHandle >= HandleCode.ChangelogV2)
            return true;
        return handle switch
        {
            KeyGroupsStateHandle keyGroups => StreamHandleCodec.Fits(output, keyGroups.Delegate),
            IncrementalRemoteKeyedStateHandle incremental =>
                output.Layout.LastKeyedHandle >= HandleCode.Incremental && IncrementalFits(output, incremental),
            _ => false,
        };
    }

    /// <summary>Writes a handle or the mark of none.</summary>
    public static void WriteOptional(ref MetadataOutput output, KeyedStateHandle? handle)
    {
        switch (handle)
        {
            case null:
                output.WriteByte(HandleCode.None);
                break;
            case KeyGroupsStateHandle keyGroups:
                WriteKeyGroups(ref output, keyGroups);
                break;
            case KeyGroupsSavepointStateHandle savepoint:
                output.WriteByte(HandleCode.SavepointKeyGroups);
                KeyGroupCodec.WriteOffsets(ref output, savepoint.GroupRangeOffsets);
                StreamHandleCodec.Write(ref output, "delegate", savepoint.Delegate);
                break;
            case IncrementalRemoteKeyedStateHandle incremental:
                WriteIncremental(ref output, incremental);
                break;
            case ChangelogStateBackendHandle changelog:
                ChangelogHandleCodec.WriteBackend(ref output, changelog);
                break;
            case InMemoryChangelogStateHandle changes:
                ChangelogHandleCodec.WriteInMemory(ref output, changes);
                break;
            case ChangelogStateHandleStream changes:
                ChangelogHandleCodec.WriteStream(ref output, changes);
                break;
            default:
                throw output.Error("", $"the format has no {handle.GetType().Name}");
        }
    }

    private static KeyGroupsStateHandle ReadKeyGroups(ref MetadataInput input, bool hasId)
    {
        var offsets = KeyGroupCodec.ReadOffsets(ref input);
        var stream = StreamHandleCodec.Read(ref input, "delegate");
        return new KeyGroupsStateHandle(offsets, stream) { StateHandleId = hasId ? input.ReadString("stateHandleId") : null };
    }

    private static IncrementalRemoteKeyedStateHandle ReadIncremental(ref MetadataInput input, bool hasId)
    {
        long checkpointId = input.ReadInt64("checkpointId");
        string backend = input.ReadString("backendIdentifier");
        return new IncrementalRemoteKeyedStateHandle(KeyGroupCodec.ReadRange(ref input))
        {
            CheckpointId = checkpointId,
            BackendIdentifier = backend,
            CheckpointedSize = hasId ? input.ReadInt64("checkpointedSize") : -1,
            MetaDataStateHandle = StreamHandleCodec.Read(ref input, "metaDataStateHandle"),
            SharedState = input.ReadList("sharedState", MinimumFileSize, ReadFile),
            PrivateState = input.ReadList("privateState", MinimumFileSize, ReadFile),
            StateHandleId = hasId ? input.ReadString("stateHandleId") : null,
        };
    }

    private static HandleAndLocalPath ReadFile(ref MetadataInput input) =>
        new(input.ReadString("localPath"), StreamHandleCodec.Read(ref input, "handle"));

    private static bool IncrementalFits(in MetadataOutput output, IncrementalRemoteKeyedStateHandle handle)
    {
        foreach (var file in handle.SharedState)
        {
            if (!StreamHandleCodec.Fits(output, file.Handle))
                return false;
        }

        foreach (var file in handle.PrivateState)
        {
            if (!StreamHandleCodec.Fits(output, file.Handle))
                return false;
        }

        return StreamHandleCodec.Fits(output, handle.MetaDataStateHandle);
    }

    private static void WriteKeyGroups(ref MetadataOutput output, KeyGroupsStateHandle handle)
    {
        bool hasId = handle.StateHandleId is not null && output.Layout.LastKeyedHandle >= HandleCode.KeyGroupsV2;
        output.WriteByte(hasId ? HandleCode.KeyGroupsV2 : HandleCode.KeyGroups);
        KeyGroupCodec.WriteOffsets(ref output, handle.GroupRangeOffsets);
        StreamHandleCodec.Write(ref output, "delegate", handle.Delegate);
        if (hasId)
            output.WriteString("stateHandleId", handle.StateHandleId!);
        else if (handle.StateHandleId is not null)
            output.Lose("the id of a state handle");
    }

    private static void WriteIncremental(ref MetadataOutput output, IncrementalRemoteKeyedStateHandle handle)
    {
        bool hasId = handle.StateHandleId is not null && output.Layout.LastKeyedHandle >= HandleCode.IncrementalV2;
        output.WriteByte(hasId ? HandleCode.IncrementalV2 : HandleCode.Incremental);
        output.WriteInt64(handle.CheckpointId);
        output.WriteString("backendIdentifier", handle.BackendIdentifier);
        KeyGroupCodec.WriteRange(ref output, handle.KeyGroupRange);
        if (hasId)
            output.WriteInt64(handle.CheckpointedSize);
        else if (handle.StateHandleId is not null || handle.CheckpointedSize != -1)
            output.Lose("the id and the checkpointed size of a state handle");
        StreamHandleCodec.Write(ref output, "metaDataStateHandle", handle.MetaDataStateHandle);
        output.WriteList("sharedState", handle.SharedState, WriteFile);
        output.WriteList("privateState", handle.PrivateState, WriteFile);
        if (hasId)
            output.WriteString("stateHandleId", handle.StateHandleId!);
    }

    private static void WriteFile(ref MetadataOutput output, HandleAndLocalPath file)
    {
        output.WriteString("localPath", file.LocalPath);
        StreamHandleCodec.Write(ref output, "handle", file.Handle);
    }

    private static CheckpointMetadataException Unknown(in MetadataInput input, int code, int start) =>
        input.Error("type", $"version {input.Layout.Version} has no keyed state handle {code}", start);
}
