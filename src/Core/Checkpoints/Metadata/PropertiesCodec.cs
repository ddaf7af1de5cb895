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
        if (!unrecognized.IsEmpty)
            output.WriteRaw(unrecognized);
        else
            WriteKnown(ref output, known);
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
