using System.Buffers;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints;

/// <summary>The JSON of <c>convert</c>.</summary>
/// <param name="Source">The <c>_metadata</c> that was read.</param>
/// <param name="Destination">The file that was written.</param>
/// <param name="FromVersion">The version that was read.</param>
/// <param name="ToVersion">The version that was written.</param>
/// <param name="Bytes">Its length in bytes.</param>
/// <param name="Lost">What the version has no place for, with <c>--allow-loss</c>.</param>
/// <param name="LeftBehind">Files that the new file names relative to itself and that do not lie there: only the bytes as they were do that.</param>
internal sealed record ConvertReport(string Source, string Destination, int FromVersion, int ToVersion, long Bytes, IReadOnlyList<string> Lost, int LeftBehind);

/// <summary>Writes a checkpoint's metadata in another version, or as it is.</summary>
internal static class Conversion
{
    public static async Task<ConvertReport> RunAsync(
        FileSystemRegistry fileSystems, StoredCheckpoint source, StoragePath destination, int? version, bool allowLoss, CancellationToken cancellationToken)
    {
        var lost = new List<string>();
        var bytes = version is { } wanted ? Convert(source, destination, wanted, allowLoss, lost) : source.Content;
        await fileSystems.Get(destination).WriteAllBytesAsync(destination, bytes, WriteMode.Create, cancellationToken);
        return new ConvertReport(
            source.MetadataPath.ToString(), destination.ToString(), source.Metadata.Version, version ?? source.Metadata.Version, bytes.Length, lost,
            version is null && destination.Parent != source.Directory ? StateHandleWalk.Streams(source.Metadata).Select(StateHandleWalk.Leaf).OfType<RelativeFileStateHandle>().Distinct().Count() : 0);
    }

    private static ReadOnlyMemory<byte> Convert(StoredCheckpoint source, StoragePath destination, int version, bool allowLoss, List<string> lost)
    {
        var output = new ArrayBufferWriter<byte>(source.Content.Length);
        var options = new CheckpointMetadataWriterOptions { Version = version, AllowLoss = allowLoss, Lost = lost.Add, Directory = destination.Parent!.ToString() };
        try
        {
            CheckpointMetadataWriter.Write(source.Metadata, output, options);
        }
        catch (CheckpointMetadataException e) when (!allowLoss)
        {
            throw new CheckpointMetadataException($"Version {version} cannot hold '{source.MetadataPath}': {e.Message} (--allow-loss leaves out what has no place.)", e);
        }
        return output.WrittenMemory;
    }
}
