namespace Cairn.Checkpoints.Metadata;

/// <summary>Checkpoint properties as Flink's classes are serialized by Java.</summary>
internal static class JavaProperties
{
    private const string Package = "org.apache.flink.runtime.checkpoint.";
    private const string PropertiesClass = Package + "CheckpointProperties";
    private const string CheckpointTypeClass = Package + "CheckpointType";
    private const string SavepointTypeClass = Package + "SavepointType";
    private const string SharingClass = Package + "SnapshotType$SharingFilesStrategy";
    private const string ActionClass = Package + "SavepointType$PostCheckpointAction";
    private const string FormatClass = "org.apache.flink.core.execution.SavepointFormatType";

    private const long PropertiesUid = 2;
    private const long CheckpointTypeUid = unchecked((long)0xD6DE_4F03_05AE_1D3A);
    private const long SavepointTypeUid = unchecked((long)0xA087_D308_A458_14B8);

    private static readonly JavaField[] PropertiesFields =
    [
        new('Z', "discardCancelled"),
        new('Z', "discardFailed"),
        new('Z', "discardFinished"),
        new('Z', "discardSubsumed"),
        new('Z', "discardSuspended"),
        new('Z', "forced"),
        new('Z', "unclaimed"),
        new('L', "checkpointType", JavaObjectWriter.SignatureOf(Package + "SnapshotType")),
    ];

    private static readonly JavaField[] CheckpointTypeFields =
    [
        new('L', "name", JavaObjectWriter.SignatureOf("java.lang.String")),
        new('L', "sharingFilesStrategy", JavaObjectWriter.SignatureOf(SharingClass)),
    ];

    private static readonly JavaField[] SavepointTypeFields =
    [
        new('L', "formatType", JavaObjectWriter.SignatureOf(FormatClass)),
        new('L', "name", JavaObjectWriter.SignatureOf("java.lang.String")),
        new('L', "postCheckpointAction", JavaObjectWriter.SignatureOf(ActionClass)),
    ];

    private static readonly string[] SharingConstants = ["FORWARD_BACKWARD", "FORWARD", "NO_SHARING"];
    private static readonly string[] FormatConstants = ["CANONICAL", "NATIVE"];
    private static readonly string[] ActionConstants = ["NONE", "SUSPEND", "TERMINATE"];

    /// <summary>The properties that an object says; null when it is not of Flink's class or is of a kind that is not known.</summary>
    public static CheckpointProperties? FromJava(JavaObject found)
    {
        bool Flag(string name) => found.Fields.GetValueOrDefault(name) is true;
        if (found.Class.Name != PropertiesClass || FindSnapshotType(found) is not { } snapshotType)
            return null;
        return new CheckpointProperties
        {
            SnapshotType = snapshotType,
            DiscardCancelled = Flag("discardCancelled"),
            DiscardFailed = Flag("discardFailed"),
            DiscardFinished = Flag("discardFinished"),
            DiscardSubsumed = Flag("discardSubsumed"),
            DiscardSuspended = Flag("discardSuspended"),
            Forced = Flag("forced"),
            Unclaimed = Flag("unclaimed"),
        };
    }

    /// <summary>Writes the properties as an object.</summary>
    public static void Write(ref MetadataOutput output, CheckpointProperties properties)
    {
        var java = new JavaObjectWriter();
        java.BeginObject(ref output, PropertiesClass, PropertiesUid, PropertiesFields);
        output.WriteBoolean(properties.DiscardCancelled);
        output.WriteBoolean(properties.DiscardFailed);
        output.WriteBoolean(properties.DiscardFinished);
        output.WriteBoolean(properties.DiscardSubsumed);
        output.WriteBoolean(properties.DiscardSuspended);
        output.WriteBoolean(properties.Forced);
        output.WriteBoolean(properties.Unclaimed);
        switch (properties.SnapshotType)
        {
            case CheckpointType checkpoint:
                java.BeginObject(ref output, CheckpointTypeClass, CheckpointTypeUid, CheckpointTypeFields);
                java.WriteString(ref output, checkpoint.Name);
                java.WriteEnum(ref output, SharingClass, NameOf(ref output, SharingConstants, (int)checkpoint.SharingFilesStrategy));
                break;
            case SavepointType savepoint:
                java.BeginObject(ref output, SavepointTypeClass, SavepointTypeUid, SavepointTypeFields);
                java.WriteEnum(ref output, FormatClass, NameOf(ref output, FormatConstants, (int)savepoint.FormatType));
                java.WriteString(ref output, savepoint.Name);
                java.WriteEnum(ref output, ActionClass, NameOf(ref output, ActionConstants, (int)savepoint.PostCheckpointAction));
                break;
            default:
                throw output.Error("snapshotType", "it is neither a checkpoint nor a savepoint");
        }
    }

    private static SnapshotType? FindSnapshotType(JavaObject properties)
    {
        if (properties.Fields.GetValueOrDefault("checkpointType") is not JavaObject type || type.Fields.GetValueOrDefault("name") is not string name)
            return null;
        return type.Class.Name switch
        {
            CheckpointTypeClass when FindConstant(type, "sharingFilesStrategy", SharingConstants) is { } sharing =>
                new CheckpointType(name, (SharingFilesStrategy)sharing),
            SavepointTypeClass when FindConstant(type, "formatType", FormatConstants) is { } format
                && FindConstant(type, "postCheckpointAction", ActionConstants) is { } action =>
                new SavepointType(name, (SavepointFormatType)format, (PostCheckpointAction)action),
            _ => null,
        };
    }

    private static int? FindConstant(JavaObject type, string field, string[] constants)
    {
        int index = type.Fields.GetValueOrDefault(field) is JavaEnum value ? Array.IndexOf(constants, value.Name) : -1;
        return index < 0 ? null : index;
    }

    private static string NameOf(ref MetadataOutput output, string[] constants, int value)
    {
        if ((uint)value >= (uint)constants.Length)
            output.Fail("snapshotType", $"the kind {value} is not known");
        return constants[value];
    }
}
