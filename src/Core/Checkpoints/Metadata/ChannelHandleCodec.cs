using System.Collections.Immutable;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>How handles of channel state lie in the file: input channels and result subpartitions differ by their type codes alone.</summary>
internal static class ChannelHandleCodec
{
    private const int InputChannel = 1;
    private const int ResultSubpartition = 2;
    private const int MergedInputChannel = 3;
    private const int MergedResultSubpartition = 4;

    /// <summary>The fewest bytes a handle takes, in the layout that says the least: channel, offsets, size and a delegate.</summary>
    private const int MinimumSize = 3 * sizeof(int) + sizeof(long) + StreamHandleCodec.MinimumSize;

    /// <summary>The fewest bytes a handle takes where it may be a merged one: type, subtask, size, a delegate and a table.</summary>
    private const int MinimumTypedSize = 1 + 2 * sizeof(int) + sizeof(long) + StreamHandleCodec.MinimumSize;

    public static ImmutableArray<InputStateHandle> ReadInputs(ref MetadataInput input) =>
        input.ReadList<InputStateHandle>("inputChannelState", MinimumSizeIn(input.Layout), ReadInput);

    public static ImmutableArray<OutputStateHandle> ReadOutputs(ref MetadataInput input) =>
        input.ReadList<OutputStateHandle>("resultSubpartitionState", MinimumSizeIn(input.Layout), ReadOutput);

    public static void WriteInputs(ref MetadataOutput output, ImmutableArray<InputStateHandle> handles)
    {
        const string Field = "inputChannelState";
        var written = output.Layout.HasChannelTypes ? handles : MergedChannels.Split(ref output, Field, handles);
        output.WriteList(Field, written, WriteInput);
    }

    public static void WriteOutputs(ref MetadataOutput output, ImmutableArray<OutputStateHandle> handles)
    {
        const string Field = "resultSubpartitionState";
        var written = output.Layout.HasChannelTypes ? handles : MergedChannels.Split(ref output, Field, handles);
        output.WriteList(Field, written, WriteOutput);
    }

    private static int MinimumSizeIn(MetadataLayout layout) => layout.HasChannelTypes ? MinimumTypedSize : MinimumSize;

    private static InputStateHandle ReadInput(ref MetadataInput input)
    {
        if (ReadIsMerged(ref input, InputChannel, MergedInputChannel))
        {
            var (subtask, size, stream) = ReadMergedHead(ref input);
            return new MergedInputChannelStateHandle(subtask, size, stream, input.ReadBytes("channelOffsets"));
        }

        var channel = ReadSingle(ref input);
        var info = new InputChannelInfo(channel.First, channel.Second);
        return new InputChannelStateHandle(channel.SubtaskIndex, info, channel.Offsets, channel.StateSize, channel.Delegate);
    }

    private static OutputStateHandle ReadOutput(ref MetadataInput input)
    {
        if (ReadIsMerged(ref input, ResultSubpartition, MergedResultSubpartition))
        {
            var (subtask, size, stream) = ReadMergedHead(ref input);
            return new MergedResultSubpartitionStateHandle(subtask, size, stream, input.ReadBytes("channelOffsets"));
        }

        var channel = ReadSingle(ref input);
        var info = new ResultSubpartitionInfo(channel.First, channel.Second);
        return new ResultSubpartitionStateHandle(channel.SubtaskIndex, info, channel.Offsets, channel.StateSize, channel.Delegate);
    }

    private static void WriteInput(ref MetadataOutput output, InputStateHandle handle)
    {
        if (handle is MergedInputChannelStateHandle merged)
            WriteMerged(ref output, MergedInputChannel, merged, merged.SerializedChannelOffsets);
        else if (handle is InputChannelStateHandle single)
            WriteSingle(ref output, InputChannel, single, (single.Info.GateIndex, single.Info.InputChannelIndex), single.Offsets);
        else
            throw output.Error("", $"the format has no {handle?.GetType().Name ?? "absent channel handle"}");
    }

    private static void WriteOutput(ref MetadataOutput output, OutputStateHandle handle)
    {
        if (handle is MergedResultSubpartitionStateHandle merged)
            WriteMerged(ref output, MergedResultSubpartition, merged, merged.SerializedChannelOffsets);
        else if (handle is ResultSubpartitionStateHandle single)
            WriteSingle(ref output, ResultSubpartition, single, (single.Info.PartitionIndex, single.Info.SubpartitionIndex), single.Offsets);
        else
            throw output.Error("", $"the format has no {handle?.GetType().Name ?? "absent channel handle"}");
    }

    private static bool ReadIsMerged(ref MetadataInput input, int single, int merged)
    {
        if (!input.Layout.HasChannelTypes)
            return false;
        int code = input.ReadByte("type");
        if (code != single && code != merged)
            input.Fail("type", $"version {input.Layout.Version} has no handle {code} in this list", input.Position - 1);
        return code == merged;
    }

    private static (int SubtaskIndex, long StateSize, StreamStateHandle Delegate) ReadMergedHead(ref MetadataInput input)
    {
        int subtask = input.ReadInt32("subtaskIndex");
        long size = input.ReadInt64("stateSize");
        return (subtask, size, StreamHandleCodec.Read(ref input, "delegate"));
    }

    private static void WriteMerged(ref MetadataOutput output, int code, ChannelStateHandle handle, ReadOnlyMemory<byte> offsets)
    {
        output.WriteByte(code);
        output.WriteInt32(handle.SubtaskIndex);
        output.WriteInt64(handle.StateSize);
        WriteDelegate(ref output, handle);
        output.WriteBytes(offsets);
    }

    private static SingleChannel ReadSingle(ref MetadataInput input)
    {
        input.Meet(MetadataDialect.ChannelsWithoutSubtask);
        return new SingleChannel(
            input.Layout.HasChannelSubtask ? input.ReadInt32("subtaskIndex") : input.SubtaskIndex,
            input.ReadInt32("channel"),
            input.ReadInt32("channel"),
            input.ReadOffsets(),
            input.ReadInt64("stateSize"),
            StreamHandleCodec.Read(ref input, "delegate"));
    }

    private static void WriteSingle(
        ref MetadataOutput output,
        int code,
        ChannelStateHandle handle,
        (int First, int Second) channel,
        ImmutableArray<long> offsets)
    {
        if (output.Layout.HasChannelTypes)
            output.WriteByte(code);
        if (output.Layout.HasChannelSubtask)
            output.WriteInt32(handle.SubtaskIndex);
        else if (handle.SubtaskIndex != output.SubtaskIndex)
            output.Lose("the subtask of a channel");
        output.WriteInt32(channel.First);
        output.WriteInt32(channel.Second);
        output.WriteOffsets(offsets);
        output.WriteInt64(handle.StateSize);
        WriteDelegate(ref output, handle);
    }

    private static void WriteDelegate(ref MetadataOutput output, ChannelStateHandle handle)
    {
        output.KeepsRelative = true;
        StreamHandleCodec.Write(ref output, "delegate", handle.Delegate);
        output.KeepsRelative = false;
    }

    private readonly record struct SingleChannel(
        int SubtaskIndex,
        int First,
        int Second,
        ImmutableArray<long> Offsets,
        long StateSize,
        StreamStateHandle Delegate);
}
