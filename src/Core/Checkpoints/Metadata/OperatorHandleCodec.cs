using System.Collections.Immutable;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>How handles of operator state lie in the file.</summary>
internal static class OperatorHandleCodec
{
    /// <summary>The fewest bytes the mark of a handle takes: its type.</summary>
    public const int MinimumSize = 1;

    private const int MinimumStateSize = sizeof(ushort) + 1 + sizeof(int);

    /// <summary>Reads a handle or the mark of none.</summary>
    public static OperatorStateHandle? ReadOptional(ref MetadataInput input)
    {
        int start = input.Position;
        int code = input.ReadByte("type");
        bool isKnown = code is HandleCode.None or HandleCode.OperatorStream or HandleCode.FileMergingOperatorStream;
        if (!isKnown || code > input.Layout.LastOperatorHandle)
            input.Fail("type", $"version {input.Layout.Version} has no operator state handle {code}", start);
        if (code == HandleCode.None)
            return null;
        var states = input.ReadList("states", MinimumStateSize, ReadState);
        return code == HandleCode.OperatorStream
            ? new OperatorStreamStateHandle(states, StreamHandleCodec.Read(ref input, "delegate"))
            : ReadFileMerging(ref input, states);
    }

    /// <summary>Whether the layout has a place for the handle and all it consists of. One without a stream is not lost: writing it says what is wrong.</summary>
    public static bool Fits(in MetadataOutput output, OperatorStateHandle handle) =>
        handle.Delegate is null
        || ((handle is OperatorStreamStateHandle || output.Layout.LastOperatorHandle >= HandleCode.FileMergingOperatorStream)
            && StreamHandleCodec.Fits(output, handle.Delegate));

    /// <summary>Writes a handle or the mark of none.</summary>
    public static void WriteOptional(ref MetadataOutput output, OperatorStateHandle? handle)
    {
        switch (handle)
        {
            case null:
                output.WriteByte(HandleCode.None);
                break;
            case OperatorStreamStateHandle:
                output.WriteByte(HandleCode.OperatorStream);
                output.WriteList("states", handle.States, WriteState);
                StreamHandleCodec.Write(ref output, "delegate", handle.Delegate);
                break;
            case FileMergingOperatorStreamStateHandle merging:
                WriteFileMerging(ref output, merging);
                break;
            default:
                throw output.Error("", $"the format has no {handle.GetType().Name}");
        }
    }

    private static OperatorStateMetaInfo ReadState(ref MetadataInput input)
    {
        string name = input.ReadString("name");
        int mode = input.ReadByte("mode");
        if (mode > (int)OperatorStateMode.Broadcast)
            input.Fail("mode", $"there is no mode {mode}", input.Position - 1);
        return new OperatorStateMetaInfo(name, (OperatorStateMode)mode, input.ReadOffsets());
    }

    private static void WriteState(ref MetadataOutput output, OperatorStateMetaInfo state)
    {
        output.WriteString("name", state.Name);
        if (state.Mode is < OperatorStateMode.SplitDistribute or > OperatorStateMode.Broadcast)
            output.Fail("mode", $"there is no mode {state.Mode}");
        output.WriteByte((int)state.Mode);
        output.WriteOffsets(state.Offsets);
    }

    private static FileMergingOperatorStreamStateHandle ReadFileMerging(ref MetadataInput input, ImmutableArray<OperatorStateMetaInfo> states)
    {
        string taskOwned = input.ReadString("taskOwnedDirectory");
        string shared = input.ReadString("sharedDirectory");
        bool isEmpty = input.ReadBoolean("isEmpty");
        int start = input.Position;
        var stream = StreamHandleCodec.Read(ref input, "delegate");
        if (!IsSegment(stream))
            input.Fail("delegate", "the state does not lie in a segment", start);
        return new FileMergingOperatorStreamStateHandle(states, stream, taskOwned, shared, isEmpty);
    }

    private static void WriteFileMerging(ref MetadataOutput output, FileMergingOperatorStreamStateHandle handle)
    {
        output.WriteByte(HandleCode.FileMergingOperatorStream);
        output.WriteList("states", handle.States, WriteState);
        output.WriteString("taskOwnedDirectory", handle.TaskOwnedDirectory);
        output.WriteString("sharedDirectory", handle.SharedDirectory);
        output.WriteBoolean(handle.IsEmpty);
        if (!IsSegment(handle.Delegate))
            output.Fail("delegate", "the state does not lie in a segment");
        StreamHandleCodec.Write(ref output, "delegate", handle.Delegate);
    }

    private static bool IsSegment(StreamStateHandle handle) => handle is SegmentFileStateHandle or EmptySegmentFileStateHandle;
}
