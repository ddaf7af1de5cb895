using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>How subtasks lie in the file.</summary>
internal static class SubtaskCodec
{
    /// <summary>The fewest bytes a subtask takes.</summary>
    public static int MinimumSizeIn(MetadataLayout layout) => layout.Version switch
    {
        0 => 2 * sizeof(int) + 2 * sizeof(long),
        1 or 2 => 4 * sizeof(int) + sizeof(long) + 2,
        _ => sizeof(int), // a finished one
    };

    public static OperatorSubtaskState Read(ref MetadataInput input)
    {
        int start = input.Position;
        int index = input.ReadInt32("index");
        if (index < 0 && !input.Layout.HasFinished)
            input.Fail("index", $"{index} is negative", start);
        if (index < 0)
            return new OperatorSubtaskState { Index = ~index, IsFinished = true };
        if (input.Layout.HasSerializedState)
            return LegacySubtaskCodec.ReadSerialized(ref input, index);
        return input.Layout.HasLegacyStates ? LegacySubtaskCodec.Read(ref input, index) : ReadCurrent(ref input, index);
    }

    public static void Write(ref MetadataOutput output, OperatorSubtaskState subtask)
    {
        if (subtask is null || subtask.Index < 0)
            output.Fail("index", "there is no subtask with an index of 0 or more");
        output.SubtaskIndex = subtask.Index;
        if (subtask.IsFinished && !output.Layout.HasFinished)
            output.Lose("the mark of a finished subtask");
        if (subtask.IsFinished && output.Layout.HasFinished)
            WriteFinished(ref output, subtask);
        else if (output.Layout.HasSerializedState)
            LegacySubtaskCodec.WriteSerialized(ref output, subtask);
        else if (output.Layout.HasLegacyStates)
            LegacySubtaskCodec.Write(ref output, subtask);
        else
            WriteCurrent(ref output, subtask);
    }

    /// <summary>Reads keyed state under the name of its field.</summary>
    public static KeyedStateHandle? ReadKeyed(ref MetadataInput input, string field)
    {
        input.Enter(field);
        var handle = KeyedHandleCodec.ReadOptional(ref input);
        input.Leave();
        return handle;
    }

    /// <summary>Reads operator state as versions 2 and newer have it: none or one, and then a handle.</summary>
    public static OperatorStateHandle? ReadOperator(ref MetadataInput input, string field)
    {
        input.Enter(field);
        int start = input.Position;
        int count = input.ReadInt32("");
        if (count is not (0 or 1))
            input.Fail("", $"there is no state or one, not {count}", start);
        var handle = count == 0 ? null : OperatorHandleCodec.ReadOptional(ref input);
        if (count == 1 && handle is null)
            input.Fail("", "there is no handle", start + sizeof(int));
        input.Leave();
        return handle;
    }

    /// <summary>Writes keyed state, or none where the layout has no place for it.</summary>
    public static void WriteKeyed(ref MetadataOutput output, string field, KeyedStateHandle? handle)
    {
        output.Enter(field);
        if (handle is not null && !KeyedHandleCodec.Fits(output, handle))
        {
            output.Lose($"the keyed state ({handle.GetType().Name})");
            handle = null;
        }

        KeyedHandleCodec.WriteOptional(ref output, handle);
        output.Leave();
    }

    /// <summary>Writes operator state as versions 2 and newer have it.</summary>
    public static void WriteOperator(ref MetadataOutput output, string field, OperatorStateHandle? handle)
    {
        output.Enter(field);
        handle = KeepFitting(ref output, handle);
        output.WriteInt32(handle is null ? 0 : 1);
        if (handle is not null)
            OperatorHandleCodec.WriteOptional(ref output, handle);
        output.Leave();
    }

    /// <summary>The operator state, or null where the layout has no place for it.</summary>
    public static OperatorStateHandle? KeepFitting(ref MetadataOutput output, OperatorStateHandle? handle)
    {
        if (handle is null || OperatorHandleCodec.Fits(output, handle))
            return handle;
        output.Lose($"the operator state ({handle.GetType().Name} on {handle.Delegate.GetType().Name})");
        return null;
    }

    private static OperatorSubtaskState ReadCurrent(ref MetadataInput input, int index)
    {
        input.SubtaskIndex = index;
        return new OperatorSubtaskState
        {
            Index = index,
            ManagedOperatorState = ReadOperator(ref input, "managedOperatorState"),
            RawOperatorState = ReadOperator(ref input, "rawOperatorState"),
            ManagedKeyedState = ReadKeyed(ref input, "managedKeyedState"),
            RawKeyedState = ReadKeyed(ref input, "rawKeyedState"),
            InputChannelState = ChannelHandleCodec.ReadInputs(ref input),
            ResultSubpartitionState = ChannelHandleCodec.ReadOutputs(ref input),
            ReferenceCheckpointId = input.Layout.HasReferenceCheckpoint ? ReadReference(ref input) : null,
        };
    }

    private static void WriteCurrent(ref MetadataOutput output, OperatorSubtaskState subtask)
    {
        LegacySubtaskCodec.Lose(ref output, subtask);
        output.WriteInt32(subtask.Index);
        WriteOperator(ref output, "managedOperatorState", LegacySubtaskCodec.FindManaged(subtask));
        WriteOperator(ref output, "rawOperatorState", LegacySubtaskCodec.FindRaw(subtask));
        WriteKeyed(ref output, "managedKeyedState", subtask.ManagedKeyedState);
        WriteKeyed(ref output, "rawKeyedState", subtask.RawKeyedState);
        ChannelHandleCodec.WriteInputs(ref output, subtask.InputChannelState);
        ChannelHandleCodec.WriteOutputs(ref output, subtask.ResultSubpartitionState);
        WriteReference(ref output, subtask.ReferenceCheckpointId);
    }

    private static void WriteFinished(ref MetadataOutput output, OperatorSubtaskState subtask)
    {
        if (subtask != new OperatorSubtaskState { Index = subtask.Index, IsFinished = true })
            output.Fail("isFinished", "a finished subtask has no state");
        output.WriteInt32(~subtask.Index);
    }

    private static long? ReadReference(ref MetadataInput input) =>
        input.ReadBoolean("hasReferenceCheckpointId") ? input.ReadInt64("referenceCheckpointId") : null;

    private static void WriteReference(ref MetadataOutput output, long? checkpointId)
    {
        if (output.Layout.HasReferenceCheckpoint)
        {
            output.WriteBoolean(checkpointId is not null);
            if (checkpointId is { } id)
                output.WriteInt64(id);
        }
        else if (checkpointId is not null)
        {
            output.Lose("the reference checkpoint");
        }
    }
}
