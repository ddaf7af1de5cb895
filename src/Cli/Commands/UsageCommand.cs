using System.CommandLine;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Output;
using Cairn.FileSystems;

namespace Cairn.Cli.Commands;

/// <summary>The JSON of <c>du</c>.</summary>
/// <param name="Path">What was given.</param>
/// <param name="Files">Files below it.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Directories">The directories right below it, the largest first; of more than a thousand the rest as one, <c>…</c>.</param>
internal sealed record DiskUsageReport(string Path, long Files, long Bytes, IReadOnlyList<DirectoryUsage> Directories);

/// <summary>How much lies below one directory.</summary>
internal sealed record DirectoryUsage(string Path, long Files, long Bytes);

internal sealed class UsageCommand : CliCommand
{
    /// <summary>How many directories are kept apart, so that memory does not grow with them.</summary>
    private const int MostDirectories = 1000;

    private const string Rest = "…";

    private readonly Argument<string> _uri = Symbols.Uri("URI", "A directory or a file: a URI or a local path.");
    private readonly Option<bool> _json = Symbols.Json();

    public UsageCommand()
        : base("du", "Add up the sizes of everything below a directory.")
    {
        Add(_uri);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } = [("cairn du s3://acme/checkpoints", "each job's share, and the sum")];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var path = Session.Parse(arguments.GetRequiredValue(_uri));
        var report = await AddUpAsync(session.FileSystemOf(path), path, cancellationToken);
        if (arguments.GetValue(_json))
        {
            session.Terminal.WriteJson(report, CliJson.Readable.DiskUsageReport);
            return ExitCode.Done;
        }
        foreach (var directory in report.Directories)
            session.Terminal.WriteLine($"{Sizes.Bytes(directory.Bytes),10}  {Sizes.Count(directory.Files, "file"),16}  {directory.Path}");
        session.Terminal.WriteLine($"{Sizes.Bytes(report.Bytes),10}  {Sizes.Count(report.Files, "file"),16}  {report.Path}");
        return ExitCode.Done;
    }

    private static async Task<DiskUsageReport> AddUpAsync(IFileSystem fileSystem, StoragePath path, CancellationToken cancellationToken)
    {
        var directories = new Dictionary<string, (long Files, long Bytes)>(StringComparer.Ordinal);
        var (files, bytes) = (0L, 0L);
        var prefix = path.Key.Length == 0 ? 0 : path.Key.Length + 1;
        await foreach (var file in fileSystem.ListAsync(path, new ListOptions { Recursive = true }, cancellationToken))
        {
            files++;
            bytes += file.Length;
            var below = file.Path.Key.AsSpan(prefix);
            if (below.IndexOf('/') is var slash and > 0)
                Add(directories, below[..slash].ToString(), file.Length);
        }
        if (files == 0)
        {
            var found = await fileSystem.FindAsync(path, new FindOptions { Directories = true }, cancellationToken) ?? throw FileSystemException.NotFound(path);
            (files, bytes) = found.Kind == EntryKind.File ? (1, found.Length) : (0, 0);
        }
        var usage = directories.Select(d => new DirectoryUsage(d.Key == Rest ? Rest : (path / d.Key).ToString(), d.Value.Files, d.Value.Bytes));
        return new DiskUsageReport(path.ToString(), files, bytes, [.. usage.OrderByDescending(d => d.Bytes).ThenBy(d => d.Path, StringComparer.Ordinal)]);
    }

    private static void Add(Dictionary<string, (long Files, long Bytes)> directories, string name, long bytes)
    {
        if (!directories.ContainsKey(name) && directories.Count >= MostDirectories)
            name = Rest;
        var (files, sum) = directories.GetValueOrDefault(name);
        directories[name] = (files + 1, sum + bytes);
    }
}
