using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>How ranges of key groups lie in the file: the first and their number.</summary>
internal static class KeyGroupCodec
{
    private const string Field = "keyGroupRange";

    public static KeyGroupRange ReadRange(ref MetadataInput input)
    {
        int start = input.ReadNatural(Field);
        return RangeOf(ref input, start, input.ReadNatural(Field));
    }

    /// <summary>Reads a range with an offset for each key group.</summary>
    public static KeyGroupRangeOffsets ReadOffsets(ref MetadataInput input)
    {
        int start = input.ReadNatural(Field);
        var offsets = input.ReadOffsets();
        return new KeyGroupRangeOffsets(RangeOf(ref input, start, offsets.Length), offsets);
    }

    public static void WriteRange(ref MetadataOutput output, KeyGroupRange range)
    {
        Check(ref output, range);
        output.WriteInt32(range.Start);
        output.WriteInt32(range.Count);
    }

    public static void WriteOffsets(ref MetadataOutput output, KeyGroupRangeOffsets offsets)
    {
        Check(ref output, offsets.Range);
        int count = offsets.Offsets.AsSpan().Length;
        if (count != offsets.Range.Count)
            output.Fail("offsets", $"{offsets.Range.Count} key groups have {count} offsets");
        output.WriteInt32(offsets.Range.Start);
        output.WriteOffsets(offsets.Offsets);
    }

    private static void Check(ref MetadataOutput output, KeyGroupRange range)
    {
        if (range.Start < 0 || range.EndInclusive < range.Start - 1)
            output.Fail(Field, $"there is no range from {range.Start} to {range.EndInclusive}");
    }

    private static KeyGroupRange RangeOf(ref MetadataInput input, int start, int count)
    {
        long end = (long)start + count - 1;
        if (end > int.MaxValue)
            input.Fail(Field, $"{count} key groups from {start} are too many", input.Position);
        return new KeyGroupRange(start, (int)end);
    }
}
