using System.Collections.Immutable;

namespace Cairn.Checkpoints.Metadata;

/// <summary>How version 0 keeps the states of key groups.</summary>
internal static class KeyGroupStateCodec
{
    private const string Field = "keyGroupStates";

    /// <summary>The fewest bytes a state takes after its index.</summary>
    private const int MinimumSize = sizeof(int) + 2 * sizeof(long);

    public static ImmutableArray<SerializedKeyGroupState> ReadAll(ref MetadataInput input)
    {
        input.Meet(MetadataDialect.NarrowKeyGroupIndex);
        int indexSize = input.Layout.HasNarrowKeyGroupIndex ? 1 : sizeof(int);
        return input.ReadList(Field, indexSize + MinimumSize, Read);
    }

    public static void WriteAll(ref MetadataOutput output, ImmutableArray<SerializedKeyGroupState> states) =>
        output.WriteList(Field, states, Write);

    private static SerializedKeyGroupState Read(ref MetadataInput input) => new(
        input.Layout.HasNarrowKeyGroupIndex ? input.ReadByte("keyGroup") : input.ReadInt32("keyGroup"),
        LegacySubtaskCodec.ReadSerializedState(ref input),
        input.ReadInt64("stateSize"),
        input.ReadInt64("duration"));

    private static void Write(ref MetadataOutput output, SerializedKeyGroupState state)
    {
        if (!output.Layout.HasNarrowKeyGroupIndex)
            output.WriteInt32(state.KeyGroup);
        else if (state.KeyGroup is >= byte.MinValue and <= byte.MaxValue)
            output.WriteByte(state.KeyGroup);
        else
            output.Fail("keyGroup", $"{state.KeyGroup} does not fit in the one byte that this dialect has for it");
        LegacySubtaskCodec.WriteSerializedState(ref output, state.Data);
        output.WriteInt64(state.StateSize);
        output.WriteInt64(state.Duration);
    }
}
