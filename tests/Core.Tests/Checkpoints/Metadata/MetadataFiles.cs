using System.Buffers;
using Cairn.Checkpoints.Metadata;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>Shortcuts between metadata and the bytes of its file.</summary>
internal static class MetadataFiles
{
    public static byte[] Write(CheckpointMetadata metadata, CheckpointMetadataWriterOptions? options = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        CheckpointMetadataWriter.Write(metadata, buffer, options);
        return buffer.WrittenSpan.ToArray();
    }

    public static CheckpointMetadata RoundTrip(CheckpointMetadata metadata, CheckpointMetadataWriterOptions? options = null) =>
        CheckpointMetadataReader.Read(Write(metadata, options));

    /// <summary>The handles of each type, in the words of the fixtures' index.</summary>
    public static string HandleTypes(CheckpointMetadata metadata) =>
        string.Join(';', HandleCensus.Of(metadata).Select(count => $"{count.Key}={count.Value}"));
}
