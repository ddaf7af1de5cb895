using System.Collections.Immutable;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>How subtasks lie in files of versions 0 to 2, and what becomes of their peculiarities in newer ones.</summary>
internal static class LegacySubtaskCodec
{
    private const string ManagedField = "managedOperatorState";
    private const string RawField = "rawOperatorState";

    /// <summary>Reads what follows the index in versions 1 and 2.</summary>
    public static OperatorSubtaskState Read(ref MetadataInput input, int index)
    {
        bool isChained = input.Layout.HasChainedStates;
        var legacy = new LegacySubtaskState
        {
            Duration = input.ReadInt64("duration"),
            States = input.ReadList<StreamStateHandle?>("legacyStates", StreamHandleCodec.MinimumSize, StreamHandleCodec.ReadOptional),
            ManagedOperatorStates = isChained ? ReadChain(ref input, ManagedField) : [],
            RawOperatorStates = isChained ? ReadChain(ref input, RawField) : [],
        };
        return new OperatorSubtaskState
        {
            Index = index,
            ManagedOperatorState = isChained ? null : SubtaskCodec.ReadOperator(ref input, ManagedField),
            RawOperatorState = isChained ? null : SubtaskCodec.ReadOperator(ref input, RawField),
            ManagedKeyedState = SubtaskCodec.ReadKeyed(ref input, "managedKeyedState"),
            RawKeyedState = SubtaskCodec.ReadKeyed(ref input, "rawKeyedState"),
            Legacy = legacy.IsDefault ? null : legacy,
        };
    }

    /// <summary>Reads what follows the index in version 0.</summary>
    public static OperatorSubtaskState ReadSerialized(ref MetadataInput input, int index)
    {
        var data = ReadSerializedState(ref input);
        long size = input.ReadInt64("stateSize");
        long duration = input.ReadInt64("duration");
        return new OperatorSubtaskState
        {
            Index = index,
            Legacy = new LegacySubtaskState { SerializedState = data, SerializedStateSize = size, Duration = duration },
        };
    }

    /// <summary>Writes a subtask of version 1 or 2.</summary>
    public static void Write(ref MetadataOutput output, OperatorSubtaskState subtask)
    {
        LoseSerialized(ref output, subtask.Legacy);
        LoseChannels(ref output, subtask);
        output.WriteInt32(subtask.Index);
        output.WriteInt64(subtask.Legacy?.Duration ?? -1);
        output.WriteList("legacyStates", subtask.Legacy?.States ?? [], WriteLegacyState);
        if (output.Layout.HasChainedStates)
        {
            WriteChain(ref output, ManagedField, subtask.Legacy?.ManagedOperatorStates, subtask.ManagedOperatorState);
            WriteChain(ref output, RawField, subtask.Legacy?.RawOperatorStates, subtask.RawOperatorState);
        }
        else
        {
            LoseChain(ref output, subtask);
            SubtaskCodec.WriteOperator(ref output, ManagedField, FindManaged(subtask));
            SubtaskCodec.WriteOperator(ref output, RawField, FindRaw(subtask));
        }

        SubtaskCodec.WriteKeyed(ref output, "managedKeyedState", subtask.ManagedKeyedState);
        SubtaskCodec.WriteKeyed(ref output, "rawKeyedState", subtask.RawKeyedState);
    }

    /// <summary>Writes a subtask of version 0, which has a place for nothing but an opaque object.</summary>
    public static void WriteSerialized(ref MetadataOutput output, OperatorSubtaskState subtask)
    {
        var legacy = subtask.Legacy ?? new LegacySubtaskState();
        bool hasHandles = (FindManaged(subtask) ?? FindRaw(subtask)) is not null
            || (subtask.ManagedKeyedState ?? subtask.RawKeyedState) is not null
            || HasLegacyStates(legacy);
        if (hasHandles)
            output.Lose("state handles");
        LoseChain(ref output, subtask);
        LoseChannels(ref output, subtask);
        output.WriteInt32(subtask.Index);
        WriteSerializedState(ref output, legacy.SerializedState);
        output.WriteInt64(legacy.SerializedStateSize);
        output.WriteInt64(legacy.Duration);
    }

    /// <summary>Reads the opaque object of version 0, which may be null.</summary>
    public static ReadOnlyMemory<byte>? ReadSerializedState(ref MetadataInput input)
    {
        const string Field = "serializedState";
        if (input.PeekInt32() != -1)
            return input.ReadBytes(Field);
        input.ReadInt32(Field);
        return null;
    }

    /// <summary>Writes the opaque object of version 0, which may be null.</summary>
    public static void WriteSerializedState(ref MetadataOutput output, ReadOnlyMemory<byte>? data)
    {
        if (data is { } bytes)
            output.WriteBytes(bytes);
        else
            output.WriteInt32(-1);
    }

    /// <summary>Gives up what versions 3 and newer have no place for.</summary>
    public static void Lose(ref MetadataOutput output, OperatorSubtaskState subtask)
    {
        if (subtask.Legacy is not { } legacy)
            return;
        LoseSerialized(ref output, legacy);
        LoseChain(ref output, subtask);
        if (HasLegacyStates(legacy))
            output.Lose("legacy states");
        if (legacy.Duration != -1)
            output.Lose("the duration of a snapshot");
    }

    /// <summary>The managed operator state, which in version 1 is that of the head of the chain.</summary>
    public static OperatorStateHandle? FindManaged(OperatorSubtaskState subtask) =>
        subtask.ManagedOperatorState ?? subtask.Legacy?.ManagedOperatorStates.LastOrDefault();

    /// <summary>The raw operator state, which in version 1 is that of the head of the chain.</summary>
    public static OperatorStateHandle? FindRaw(OperatorSubtaskState subtask) =>
        subtask.RawOperatorState ?? subtask.Legacy?.RawOperatorStates.LastOrDefault();

    private static ImmutableArray<OperatorStateHandle?> ReadChain(ref MetadataInput input, string field) =>
        input.ReadList<OperatorStateHandle?>(field, OperatorHandleCodec.MinimumSize, OperatorHandleCodec.ReadOptional);

    private static void WriteChain(
        ref MetadataOutput output,
        string field,
        ImmutableArray<OperatorStateHandle?>? chained,
        OperatorStateHandle? single)
    {
        var states = chained ?? [];
        if (single is not null && !states.IsEmpty)
            output.Fail(field, "the state is given both for a chain and for one operator");
        output.WriteList(field, single is null ? states : [single], WriteChained);
    }

    private static void WriteChained(ref MetadataOutput output, OperatorStateHandle? handle) =>
        OperatorHandleCodec.WriteOptional(ref output, SubtaskCodec.KeepFitting(ref output, handle));

    private static void WriteLegacyState(ref MetadataOutput output, StreamStateHandle? handle)
    {
        if (handle is not null && !StreamHandleCodec.Fits(output, handle))
        {
            output.Lose($"a legacy state ({handle.GetType().Name})");
            handle = null;
        }

        StreamHandleCodec.WriteOptional(ref output, handle);
    }

    private static bool HasLegacyStates(LegacySubtaskState legacy) => legacy.States.Any(handle => handle is not null);

    private static void LoseSerialized(ref MetadataOutput output, LegacySubtaskState? legacy)
    {
        if (legacy is { SerializedState: not null } or { SerializedStateSize: not 0 })
            output.Lose("the Java-serialized state of a task");
    }

    private static void LoseChain(ref MetadataOutput output, OperatorSubtaskState subtask)
    {
        if (subtask.Legacy is not { } legacy)
            return;
        if (HasMore(legacy.ManagedOperatorStates, subtask.ManagedOperatorState) || HasMore(legacy.RawOperatorStates, subtask.RawOperatorState))
            output.Lose("the operator states of a chain");
    }

    /// <summary>Whether a chain has states besides that of its head.</summary>
    private static bool HasMore(ImmutableArray<OperatorStateHandle?> chain, OperatorStateHandle? single)
    {
        int states = chain.Count(handle => handle is not null);
        int kept = single is null && chain.LastOrDefault() is not null ? 1 : 0;
        return states > kept;
    }

    private static void LoseChannels(ref MetadataOutput output, OperatorSubtaskState subtask)
    {
        if (!subtask.InputChannelState.IsEmpty || !subtask.ResultSubpartitionState.IsEmpty)
            output.Lose("channel state");
        if (subtask.ReferenceCheckpointId is not null)
            output.Lose("the reference checkpoint");
    }
}
