using System.Buffers;
using Cairn.Checkpoints.Metadata;

namespace Cairn.Fuzz;

/// <summary>What has to hold for any bytes whatever; where something does not, an exception leaves, which the fuzzer takes for a crash.</summary>
internal static class MetadataTarget
{
    private const int SmallFile = 1024;
    private const long Mebibyte = 1024 * 1024;

    /// <summary>How many bytes may be allocated for each byte of a file: an object for the four bytes of a finished subtask, say.</summary>
    private const int MemoryPerByte = 64;

    private static readonly CheckpointMetadataWriterOptions ToLatest = new() { Version = CheckpointMetadata.LatestVersion, AllowLoss = true };

    /// <summary>Takes one input from the fuzzer.</summary>
    public static void Run(Stream input)
    {
        var file = new MemoryStream();
        input.CopyTo(file);
        Run(file.ToArray());
    }

    /// <summary>
    /// Reads the bytes within bounded memory. What is accepted is written again as the same bytes; converted to the latest version it is
    /// refused, or read and written again as the same bytes too.
    /// </summary>
    public static void Run(byte[] file)
    {
        if (Read(file) is not { } metadata)
            return;
        Require(Write(metadata, options: null).AsSpan().SequenceEqual(file), "A file that was read is written back as other bytes.");
        if (Convert(metadata) is not { } converted)
            return;
        var again = CheckpointMetadataReader.Read(converted);
        Require(Write(again, options: null).AsSpan().SequenceEqual(converted), "A converted file is written back as other bytes.");
    }

    private static CheckpointMetadata? Read(byte[] file)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        CheckpointMetadata? metadata = null;
        try
        {
            metadata = CheckpointMetadataReader.Read(file);
        }
        catch (CheckpointMetadataException error)
        {
            Require(error.Offset >= 0 && error.Offset <= file.Length, "An error does not say where in the file it is.");
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var bound = file.Length <= SmallFile ? Mebibyte : Mebibyte + (long)MemoryPerByte * file.Length;
        Require(allocated <= bound, $"{allocated} bytes were allocated for a file of {file.Length}.");
        return metadata;
    }

    /// <summary>The file in the latest version; null where the metadata cannot be said in it, which damaged metadata may well not.</summary>
    private static byte[]? Convert(CheckpointMetadata metadata)
    {
        try
        {
            return Write(metadata, ToLatest);
        }
        catch (CheckpointMetadataException)
        {
            return null;
        }
    }

    private static byte[] Write(CheckpointMetadata metadata, CheckpointMetadataWriterOptions? options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        CheckpointMetadataWriter.Write(metadata, buffer, options);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }
}
