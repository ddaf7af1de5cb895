using System.Collections.Concurrent;
using Cairn.Cli.Files;
using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints;

/// <summary>The JSON of <c>verify</c>.</summary>
/// <param name="Pointer">The <c>_metadata</c>.</param>
/// <param name="Ok">Whether every needed file is there and whole.</param>
/// <param name="Deep">Whether the files were read.</param>
/// <param name="Files">How many files are needed.</param>
/// <param name="Bytes">Bytes of all files as they were found.</param>
/// <param name="Problems">What is wrong.</param>
internal sealed record VerifyReport(string Pointer, bool Ok, bool Deep, int Files, long Bytes, IReadOnlyList<FileProblem> Problems);

/// <summary>Looks whether every file that a checkpoint needs is there, with the right length; or reads each to its end.</summary>
internal sealed class Verification(FileSystemRegistry fileSystems)
{
    private const int Parallelism = 32;
    private const int ReadBuffer = 128 * 1024;

    private readonly ConcurrentBag<FileProblem> _problems = [];
    private long _bytes;

    public async Task<VerifyReport> RunAsync(StoredCheckpoint checkpoint, bool deep, CancellationToken cancellationToken)
    {
        var files = NeededFiles.Of(checkpoint);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = deep ? Parallelism / 4 : Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(files, parallel, async (file, token) =>
        {
            if (await ProblemAsync(file, deep, token) is { } problem)
                _problems.Add(new FileProblem(file.Path.ToString(), problem));
        });
        var problems = _problems.OrderBy(p => p.Path, StringComparer.Ordinal).ToList();
        return new VerifyReport(checkpoint.MetadataPath.ToString(), problems.Count == 0, deep, files.Count, _bytes, problems);
    }

    private async Task<string?> ProblemAsync(NeededFile file, bool deep, CancellationToken cancellationToken)
    {
        try
        {
            var fileSystem = fileSystems.Get(file.Path);
            var entry = await fileSystem.FindAsync(file.Path, cancellationToken: cancellationToken);
            Interlocked.Add(ref _bytes, entry?.Length ?? 0);
            return file.Problem(entry) ?? (deep ? await ReadAsync(fileSystem, entry!, cancellationToken) : null);
        }
        catch (FileSystemException e) when (e.Code is FileSystemErrorCode.NotFound or FileSystemErrorCode.Corrupt or FileSystemErrorCode.Changed or FileSystemErrorCode.PreconditionFailed)
        {
            // What is forbidden or cannot be reached is no finding about the checkpoint; it ends the check.
            return e.Message;
        }
    }

    /// <summary>Reads the file to its end; the store's checksums are checked on the way where it has them.</summary>
    private static async Task<string?> ReadAsync(IFileSystem fileSystem, FileEntry entry, CancellationToken cancellationToken)
    {
        var stream = await fileSystem.OpenReadAsync(entry.Path, new ReadOptions { IfMatch = entry.ETag }, cancellationToken);
        await using (stream)
        {
            var checksum = KnownChecksum.Of(entry);
            using var hash = checksum is null ? null : KnownChecksum.Start();
            var buffer = new byte[ReadBuffer];
            long length = 0;
            for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0; length += read)
                hash?.AppendData(buffer, 0, read);
            if (length != entry.Length)
                return $"ended after {length} of {entry.Length} bytes";
            return checksum is not null && !checksum.Matches(hash!.GetHashAndReset()) ? "its bytes do not have the checksum that the store keeps" : null;
        }
    }
}
