namespace Cairn.Checkpoints.Metadata;

/// <summary>How the states of job-wide hooks lie in the file.</summary>
internal static class MasterStateCodec
{
    /// <summary>The fewest bytes a state takes: magic number, length, version, name and data.</summary>
    public const int MinimumSize = 4 * sizeof(int) + sizeof(ushort);

    private const int MagicNumber = unchecked((int)0xC96B_1696);

    public static MasterState Read(ref MetadataInput input)
    {
        int start = input.Position;
        if (input.ReadInt32("magicNumber") != MagicNumber)
            input.Fail("magicNumber", "a master state begins with another number", start);
        int length = input.ReadInt32("length");
        int begin = input.Position;
        int version = input.ReadInt32("version");
        string name = input.ReadString("name");
        var data = input.ReadBytes("data");
        if (input.Position - begin != length)
            input.Fail("length", $"the state takes {input.Position - begin} bytes, not {length}", begin - sizeof(int));
        return new MasterState(name, version, data);
    }

    public static void Write(ref MetadataOutput output, MasterState state)
    {
        if (state?.Name is null)
            output.Fail("name", "there is no master state with a name");
        long length = 2L * sizeof(int) + sizeof(ushort) + ModifiedUtf8.GetByteCount(state.Name) + state.Data.Length;
        if (length > int.MaxValue)
            output.Fail("data", $"{length} bytes are too many");
        output.WriteInt32(MagicNumber);
        output.WriteInt32((int)length);
        output.WriteInt32(state.Version);
        output.WriteString("name", state.Name);
        output.WriteBytes(state.Data);
    }
}
