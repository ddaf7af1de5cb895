using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>How stream handles lie in the file.</summary>
internal static class StreamHandleCodec
{
    /// <summary>The fewest bytes a handle takes: its type.</summary>
    public const int MinimumSize = 1;

    /// <summary>Reads a handle that must be there.</summary>
    public static StreamStateHandle Read(ref MetadataInput input, string field)
    {
        input.Enter(field);
        int start = input.Position;
        var handle = ReadOptional(ref input);
        if (handle is null)
            input.Fail("", "there is no handle", start);
        input.Leave();
        return handle;
    }

    /// <summary>Reads a handle or the mark of none.</summary>
    public static StreamStateHandle? ReadOptional(ref MetadataInput input)
    {
        int start = input.Position;
        int code = input.ReadByte("type");
        if (code > input.Layout.LastStreamHandle)
            throw Unknown(input, code, start);
        switch (code)
        {
            case HandleCode.None:
                return null;
            case HandleCode.ByteStream:
                return new ByteStreamStateHandle(input.ReadString("handleName"), input.ReadBytes("data"));
            case HandleCode.File:
                return ReadFile(ref input);
            case HandleCode.KeyGroups:
                return new KeyGroupsStreamStateHandle(KeyGroupCodec.ReadOffsets(ref input), Read(ref input, "delegate"));
            case HandleCode.RelativeFile:
                string path = input.ReadString("relativePath");
                return new RelativeFileStateHandle(path, input.ReadInt64("stateSize")) { Directory = input.Directory };
            case HandleCode.SegmentFile:
                return ReadSegment(ref input);
            case HandleCode.EmptySegmentFile:
                return EmptySegmentFileStateHandle.Instance;
            default:
                throw Unknown(input, code, start);
        }
    }

    /// <summary>Whether the layout has a place for the handle and all it consists of. One that is missing is not lost: writing it says that there is none.</summary>
    public static bool Fits(in MetadataOutput output, StreamStateHandle? handle) => handle switch
    {
        null or FileStateHandle or ByteStreamStateHandle => true,
        RelativeFileStateHandle relative =>
            output.Layout.LastStreamHandle >= HandleCode.RelativeFile || output.FindDirectory(relative) is not null,
        KeyGroupsStreamStateHandle keyGroups =>
            output.Layout.LastStreamHandle >= HandleCode.KeyGroups && Fits(output, keyGroups.Delegate),
        _ => output.Layout.LastStreamHandle >= HandleCode.EmptySegmentFile,
    };

    /// <summary>Writes a handle that must be there.</summary>
    public static void Write(ref MetadataOutput output, string field, StreamStateHandle handle)
    {
        output.Enter(field);
        if (handle is null)
            output.Fail("", "there is no handle");
        WriteOptional(ref output, handle);
        output.Leave();
    }

    /// <summary>Writes a handle or the mark of none.</summary>
    public static void WriteOptional(ref MetadataOutput output, StreamStateHandle? handle)
    {
        switch (handle)
        {
            case null:
                output.WriteByte(HandleCode.None);
                break;
            case ByteStreamStateHandle inline:
                output.WriteByte(HandleCode.ByteStream);
                output.WriteString("handleName", inline.HandleName);
                output.WriteBytes(inline.Data);
                break;
            case FileStateHandle file:
                WriteFile(ref output, file.FilePath, file.StateSize);
                break;
            case KeyGroupsStreamStateHandle keyGroups:
                output.WriteByte(HandleCode.KeyGroups);
                KeyGroupCodec.WriteOffsets(ref output, keyGroups.GroupRangeOffsets);
                Write(ref output, "delegate", keyGroups.Delegate);
                break;
            case RelativeFileStateHandle relative:
                WriteRelative(ref output, relative);
                break;
            case SegmentFileStateHandle segment:
                WriteSegment(ref output, segment);
                break;
            case EmptySegmentFileStateHandle:
                output.WriteByte(HandleCode.EmptySegmentFile);
                break;
            default:
                throw output.Error("", $"the format has no {handle.GetType().Name}");
        }
    }

    private static FileStateHandle ReadFile(ref MetadataInput input)
    {
        long size = input.ReadInt64("stateSize");
        return new FileStateHandle(input.ReadString("filePath"), size);
    }

    private static SegmentFileStateHandle ReadSegment(ref MetadataInput input)
    {
        long start = input.ReadInt64("startPosition");
        long size = input.ReadInt64("stateSize");
        int scope = input.ReadInt32("scope");
        if (scope is not ((int)CheckpointedStateScope.Exclusive or (int)CheckpointedStateScope.Shared))
            input.Fail("scope", $"there is no scope {scope}", input.Position - sizeof(int));
        string path = input.ReadString("filePath");
        input.Meet(MetadataDialect.SegmentsWithoutLogicalFile);
        string? logicalFile = input.Layout.HasLogicalFile ? input.ReadString("logicalFileId") : null;
        return new SegmentFileStateHandle(path, start, size, (CheckpointedStateScope)scope, logicalFile);
    }

    private static void WriteFile(ref MetadataOutput output, string path, long size)
    {
        output.WriteByte(HandleCode.File);
        output.WriteInt64(size);
        output.WriteString("filePath", path);
    }

    private static void WriteRelative(ref MetadataOutput output, RelativeFileStateHandle handle)
    {
        if (output.FindAbsolutePath(handle) is { } path)
        {
            WriteFile(ref output, path, handle.StateSize);
            return;
        }

        output.WriteByte(HandleCode.RelativeFile);
        output.WriteString("relativePath", handle.RelativePath);
        output.WriteInt64(handle.StateSize);
    }

    private static void WriteSegment(ref MetadataOutput output, SegmentFileStateHandle handle)
    {
        output.WriteByte(HandleCode.SegmentFile);
        output.WriteInt64(handle.StartPosition);
        output.WriteInt64(handle.StateSize);
        output.WriteInt32((int)handle.Scope);
        output.WriteString("filePath", handle.FilePath);
        if (output.Layout.HasLogicalFile)
            output.WriteString("logicalFileId", handle.LogicalFileId ?? output.InventId());
        else if (handle.LogicalFileId is not null)
            output.Lose("the logical file id of a segment");
    }

    private static CheckpointMetadataException Unknown(in MetadataInput input, int code, int start) =>
        input.Error("type", $"version {input.Layout.Version} has no stream handle {code}", start);
}
