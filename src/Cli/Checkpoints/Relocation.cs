using System.Buffers;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Cli.Files;
using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints;

/// <summary>The JSON of <c>relocate</c>.</summary>
/// <param name="Pointer">What was moved.</param>
/// <param name="Destination">The new pointer.</param>
/// <param name="DryRun">Whether nothing was written.</param>
/// <param name="Files">Each file and its new place, <c>_metadata</c> last.</param>
/// <param name="Bytes">Bytes of all files.</param>
/// <param name="Copied">Files that were written.</param>
/// <param name="Skipped">Files that were there already, with the same content.</param>
/// <param name="Verified">Whether the result was read and every file of it found, with its size.</param>
internal sealed record RelocateReport(
    string Pointer, string Destination, bool DryRun, IReadOnlyList<RelocatedFile> Files, long Bytes, long Copied, long Skipped, bool Verified);

/// <summary>A file and its new place.</summary>
internal sealed record RelocatedFile(string From, string To, long Bytes);

/// <summary>
/// Copies a checkpoint with all its files to another place, on any store, with the paths inside it rewritten. The source is checked first, <c>_metadata</c>
/// is written last, and the result is verified: what is visible at any time is nothing, or the whole checkpoint. Run again, it goes on where it stopped.
/// </summary>
internal sealed class Relocation(FileSystemRegistry fileSystems, TransferProgress progress)
{
    private const int Parallelism = 8;

    private long _copied;
    private long _skipped;

    public async Task<RelocateReport> RunAsync(StoredCheckpoint source, StoragePath destination, bool dryRun, CancellationToken cancellationToken)
    {
        if (destination == source.Directory)
            throw new UsageException($"'{destination}' is where the checkpoint lies already.");
        var map = new RelocationMap(source, destination);
        var files = NeededFiles.Of(source).Where(f => f.Owner != FileOwner.Metadata).ToList();
        var metadata = Write(map.Map(source.Metadata), destination);
        var metadataPath = destination / CheckpointDirectories.MetadataFileName;
        List<RelocatedFile> moved =
            [.. files.Select(f => new RelocatedFile(f.Path.ToString(), map.Map(f.Path).ToString(), f.StateBytes)), new(source.MetadataPath.ToString(), metadataPath.ToString(), metadata.Length)];
        var report = new RelocateReport(source.MetadataPath.ToString(), destination.ToString(), dryRun, moved, moved.Sum(m => m.Bytes), 0, 0, false);
        await ThrowIfNotWholeAsync(source, cancellationToken);
        if (dryRun)
            return report;

        await ThrowIfTakenAsync(metadataPath, metadata, cancellationToken);
        foreach (var file in files)
            progress.Counted(file.StateBytes);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(files, parallel, (file, token) => CopyAsync(file, map.Map(file.Path), token));
        await PublishAsync(metadataPath, metadata, cancellationToken);
        await VerifyAsync(metadataPath, cancellationToken);
        return report with { Copied = _copied, Skipped = _skipped, Verified = true };
    }

    private static ReadOnlyMemory<byte> Write(CheckpointMetadata metadata, StoragePath destination)
    {
        var output = new ArrayBufferWriter<byte>();
        CheckpointMetadataWriter.Write(metadata, output, new CheckpointMetadataWriterOptions { Directory = destination.ToString() });
        return output.WrittenMemory;
    }

    private async Task ThrowIfNotWholeAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var report = await new Verification(fileSystems).RunAsync(checkpoint, deep: false, cancellationToken);
        if (report.Problems is [var first, ..])
            throw new CheckpointException($"'{checkpoint.MetadataPath}' is not whole, {report.Problems.Count} of its {report.Files} files are wrong, the first: {first.Path} {first.Problem}. ('cairn verify' lists all.)");
    }

    private async Task ThrowIfTakenAsync(StoragePath metadataPath, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken)
    {
        var fileSystem = fileSystems.Get(metadataPath);
        if (await fileSystem.FindAsync(metadataPath, cancellationToken: cancellationToken) is { } found && !await HasAsync(fileSystem, found, metadata, cancellationToken))
            throw FileSystemException.AlreadyExists(metadataPath);
    }

    private async ValueTask CopyAsync(NeededFile file, StoragePath place, CancellationToken cancellationToken)
    {
        var (from, to) = (fileSystems.Get(file.Path), fileSystems.Get(place));
        var source = await from.GetAsync(file.Path, cancellationToken);
        var existing = await to.FindAsync(place, cancellationToken: cancellationToken);
        if (existing is null)
        {
            await Transfer.CopyAsync(from, source, to, place, WriteMode.Overwrite, progress, cancellationToken);
            Interlocked.Increment(ref _copied);
        }
        else if (await ContentComparison.IsSameAsync(from, source, to, existing, cancellationToken))
        {
            progress.Moved(source.Length);
            Interlocked.Increment(ref _skipped);
        }
        else
        {
            throw FileSystemException.AlreadyExists(place);
        }
        progress.Finished();
    }

    private async Task PublishAsync(StoragePath metadataPath, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken)
    {
        var fileSystem = fileSystems.Get(metadataPath);
        try
        {
            await fileSystem.WriteAllBytesAsync(metadataPath, metadata, WriteMode.Create, cancellationToken);
            Interlocked.Increment(ref _copied);
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.AlreadyExists)
        {
            var found = await fileSystem.GetAsync(metadataPath, cancellationToken);
            if (!await HasAsync(fileSystem, found, metadata, cancellationToken))
                throw;
            Interlocked.Increment(ref _skipped);
        }
    }

    private static async Task<bool> HasAsync(IFileSystem fileSystem, FileEntry found, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        found.Length == content.Length && (await fileSystem.ReadAllBytesAsync(found.Path, cancellationToken: cancellationToken)).AsSpan().SequenceEqual(content.Span);

    private async Task VerifyAsync(StoragePath metadataPath, CancellationToken cancellationToken) =>
        await ThrowIfNotWholeAsync(await StoredCheckpoint.ReadAsync(fileSystems, metadataPath, cancellationToken), cancellationToken);
}
