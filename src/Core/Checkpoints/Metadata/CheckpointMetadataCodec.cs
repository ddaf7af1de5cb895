using System.Collections.Immutable;

namespace Cairn.Checkpoints.Metadata;

/// <summary>How the whole file is laid out: magic number, version, and the body.</summary>
internal static class CheckpointMetadataCodec
{
    public const int MagicNumber = 0x4960_672D;

    /// <summary>The bytes before the body: magic number and version.</summary>
    public const int HeaderSize = 2 * sizeof(int);

    /// <summary>Reads magic number and version.</summary>
    public static int ReadHeader(ref MetadataInput input)
    {
        if (input.ReadInt32("magicNumber") != MagicNumber)
            input.Fail("magicNumber", "this is not a _metadata file, or one of Flink 1.0", 0);
        int version = input.ReadInt32("version");
        if (version is < 0 or > MetadataLayout.NewestVersion)
            input.Fail("version", $"version {version} is not known", sizeof(int));
        return version;
    }

    /// <summary>Reads the body, up to the last byte of the file.</summary>
    public static CheckpointMetadata ReadBody(ref MetadataInput input)
    {
        var layout = input.Layout;
        long id = input.ReadInt64("checkpointId");
        if (id < 0)
            input.Fail("checkpointId", $"{id} is negative", HeaderSize);
        ImmutableArray<MasterState> masterStates = layout.HasMasterStates
            ? input.ReadList("masterStates", MasterStateCodec.MinimumSize, MasterStateCodec.Read)
            : [];
        var operators = input.ReadList("operators", OperatorCodec.MinimumSizeIn(layout), OperatorCodec.Read);
        var properties = layout.HasProperties ? PropertiesCodec.Read(ref input) : default;
        if (input.Remaining > 0)
            input.Fail("", $"{input.Remaining} bytes follow the end", input.Position);
        return new CheckpointMetadata
        {
            Version = layout.Version,
            Dialect = layout.Dialect,
            CheckpointId = id,
            MasterStates = masterStates,
            Operators = operators,
            Properties = properties.Known,
            UnrecognizedProperties = properties.Unrecognized,
        };
    }

    /// <summary>Writes the file.</summary>
    public static void Write(ref MetadataOutput output, CheckpointMetadata metadata)
    {
        if (metadata.CheckpointId < 0)
            output.Fail("checkpointId", $"{metadata.CheckpointId} is negative");
        output.CheckpointId = metadata.CheckpointId;
        output.WriteInt32(MagicNumber);
        output.WriteInt32(output.Layout.Version);
        output.WriteInt64(metadata.CheckpointId);
        if (output.Layout.HasMasterStates)
            output.WriteList("masterStates", metadata.MasterStates, MasterStateCodec.Write);
        else if (!metadata.MasterStates.IsEmpty)
            output.Lose("master states");
        output.WriteList("operators", metadata.Operators, OperatorCodec.Write);
        if (output.Layout.HasProperties)
            PropertiesCodec.Write(ref output, metadata.Properties, metadata.UnrecognizedProperties);
        else if (metadata.Properties is not null || !metadata.UnrecognizedProperties.IsEmpty)
            output.Lose("checkpoint properties");
        output.Flush();
    }
}
