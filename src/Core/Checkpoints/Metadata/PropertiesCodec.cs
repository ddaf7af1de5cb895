using System.Buffers;

namespace Cairn.Checkpoints.Metadata;

/// <summary>
/// How checkpoint properties lie in the file: as a Java object stream that ends it. One that says more than
/// <see cref="CheckpointProperties"/> can, as a later Flink may write, is kept as it is.
/// </summary>
internal static class PropertiesCodec
{
    public static (CheckpointProperties? Known, ReadOnlyMemory<byte> Unrecognized) Read(ref MetadataInput input)
    {
        input.Enter("properties");
        int start = input.Position;
        object? content = JavaObjectReader.Read(ref input);
        input.Leave();
        var known = content is JavaObject found ? JavaProperties.FromJava(found) : null;
        var bytes = input.Slice(start, input.Position);
        return (known, IsWrittenAs(known, bytes) ? default : bytes);
    }

    public static void Write(ref MetadataOutput output, CheckpointProperties? known, ReadOnlyMemory<byte> unrecognized)
    {
        output.Enter("properties");
        if (unrecognized.IsEmpty)
            WriteKnown(ref output, known);
        else if (IsObjectStream(unrecognized))
            output.WriteRaw(unrecognized);
        else
            output.Fail("", "the unrecognized properties are not a Java object stream of one object");
        output.Leave();
    }

    private static void WriteKnown(ref MetadataOutput output, CheckpointProperties? properties)
    {
        output.WriteInt32(JavaTag.Header);
        if (properties is null)
            output.WriteByte(JavaTag.Null);
        else
            JavaProperties.Write(ref output, properties);
    }

    private static bool IsObjectStream(ReadOnlyMemory<byte> bytes)
    {
        var input = new MetadataInput(bytes, MetadataLayout.Latest, directory: null);
        try
        {
            JavaObjectReader.Read(ref input);
            return input.Remaining == 0;
        }
        catch (CheckpointMetadataException)
        {
            return false;
        }
    }

    /// <summary>Whether properties are written as just these bytes.</summary>
    private static bool IsWrittenAs(CheckpointProperties? properties, ReadOnlyMemory<byte> bytes)
    {
        var written = new ArrayBufferWriter<byte>(1024);
        var output = new MetadataOutput(written, MetadataLayout.Latest, CheckpointMetadataWriterOptions.Default);
        WriteKnown(ref output, properties);
        output.Flush();
        return written.WrittenSpan.SequenceEqual(bytes.Span);
    }
}
