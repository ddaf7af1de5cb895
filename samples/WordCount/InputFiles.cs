using System.Runtime.InteropServices;
using Cairn.FileSystems;

namespace Cairn.Samples.WordCount;

/// <summary>The text to count: a file or a folder on any store, or the reference documentation that comes with every .NET SDK.</summary>
internal static class InputFiles
{
    public static async Task<IReadOnlyList<FileEntry>> FindAsync(FileSystemRegistry fileSystems, string? input, CancellationToken cancellationToken)
    {
        var path = input is null ? StoragePath.FromLocal(ReferenceDocumentation()) : StoragePath.ParseUriOrLocal(input);
        var fileSystem = fileSystems.Get(path);
        if (await fileSystem.FindAsync(path, null, cancellationToken) is { Kind: EntryKind.File } file)
            return [file];
        var files = new List<FileEntry>();
        await foreach (var entry in fileSystem.ListAsync(path, new ListOptions { Recursive = true }, cancellationToken))
        {
            if (entry.Path.IsAddressable && (input is not null || entry.Path.Name.EndsWith(".xml", StringComparison.Ordinal)))
                files.Add(entry);
        }
        return files.Count > 0 ? files : throw new FileNotFoundException($"There is no text to count at '{path}'; name a file or a folder with --input.");
    }

    /// <summary>Gives each task about as many bytes as the others; the same files go to the same task in every run.</summary>
    public static IReadOnlyList<IReadOnlyList<FileEntry>> Divide(IReadOnlyList<FileEntry> files, int tasks)
    {
        var shares = Enumerable.Range(0, tasks).Select(_ => new List<FileEntry>()).ToArray();
        var lengths = new long[tasks];
        foreach (var file in files.OrderByDescending(f => f.Length).ThenBy(f => f.Path.ToString(), StringComparer.Ordinal))
        {
            var least = lengths.IndexOf(lengths.Min());
            shares[least].Add(file);
            lengths[least] += file.Length;
        }
        return shares;
    }

    private static string ReferenceDocumentation() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "packs"));
}
