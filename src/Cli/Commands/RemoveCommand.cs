using System.CommandLine;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Files;
using Cairn.Cli.Output;
using Cairn.FileSystems;

namespace Cairn.Cli.Commands;

/// <summary>The JSON of <c>rm</c>.</summary>
/// <param name="Path">What was given.</param>
/// <param name="DryRun">Whether nothing was deleted.</param>
/// <param name="Files">Files that were deleted, or would be.</param>
/// <param name="Bytes">Their bytes; null where they were not counted.</param>
/// <param name="Failed">What could not be deleted.</param>
/// <param name="Problems">Why, for the first hundred.</param>
internal sealed record RemoveReport(string Path, bool DryRun, long Files, long? Bytes, long Failed, IReadOnlyList<FileProblem> Problems);

internal sealed class RemoveCommand : CliCommand
{
    private readonly Argument<string> _uri = Symbols.Uri("URI", "A file, or with -r a directory: a URI or a local path.");
    private readonly Option<bool> _recursive = Symbols.Recursive("Everything below URI.");
    private readonly Option<bool> _dryRun = Symbols.Flag("--dry-run", "Only say what would be deleted.");
    private readonly Option<bool> _json = Symbols.Json();

    public RemoveCommand()
        : base("rm", "Delete a file, or with -r everything below a directory.")
    {
        Add(_uri);
        Add(_recursive);
        Add(_dryRun);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
    [
        ("cairn rm -r s3://acme/savepoints/savepoint-6f0c1a-0b1c2d3e4f50 --dry-run", "what would go?"),
        ("cairn rm -r s3://acme/savepoints/savepoint-6f0c1a-0b1c2d3e4f50", "all of it, 1,000 files a request"),
    ];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var path = Session.Parse(arguments.GetRequiredValue(_uri));
        if (path.Path is "" or "/")
            throw new UsageException($"'{path}' is the root of a store; name a directory in it.");
        var fileSystem = session.FileSystemOf(path);
        var found = await fileSystem.FindAsync(path, new FindOptions { Directories = true }, cancellationToken) ?? throw FileSystemException.NotFound(path);
        if (found.Kind == EntryKind.Directory && !arguments.GetValue(_recursive))
            throw new UsageException($"'{path}' is a directory: add -r for everything below it.");
        var report = arguments.GetValue(_dryRun)
            ? await DryRunAsync(session.Terminal, fileSystem, found, arguments.GetValue(_json), cancellationToken)
            : await DeleteAsync(fileSystem, found, cancellationToken);
        if (arguments.GetValue(_json))
            session.Terminal.WriteJson(report, CliJson.Readable.RemoveReport);
        else
            await ShowAsync(session.Terminal, report);
        return report.Failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<RemoveReport> DeleteAsync(IFileSystem fileSystem, FileEntry found, CancellationToken cancellationToken)
    {
        if (found.Kind == EntryKind.File)
        {
            await fileSystem.DeleteAsync(found.Path, cancellationToken);
            return new RemoveReport(found.Path.ToString(), false, 1, found.Length, 0, []);
        }
        var result = await fileSystem.DeleteTreeAsync(found.Path, cancellationToken);
        return new RemoveReport(
            found.Path.ToString(), false, result.Deleted, null, result.Failed, [.. result.Failures.Select(f => new FileProblem(f.Path?.ToString() ?? "?", f.Message))]);
    }

    private static async Task<RemoveReport> DryRunAsync(Terminal terminal, IFileSystem fileSystem, FileEntry found, bool json, CancellationToken cancellationToken)
    {
        var (files, bytes) = (0L, 0L);
        var entries = found.Kind == EntryKind.File ? One(found) : fileSystem.ListAsync(found.Path, new ListOptions { Recursive = true }, cancellationToken);
        await foreach (var entry in entries)
        {
            files++;
            bytes += entry.Length;
            if (!json)
                terminal.WriteLine(entry.Path.ToString());
        }
        return new RemoveReport(found.Path.ToString(), true, files, bytes, 0, []);
    }

    private static async IAsyncEnumerable<FileEntry> One(FileEntry entry)
    {
        await Task.CompletedTask;
        yield return entry;
    }

    private static async Task ShowAsync(Terminal terminal, RemoveReport report)
    {
        foreach (var problem in report.Problems)
            await terminal.Error.WriteLineAsync($"{problem.Path}: {problem.Problem}");
        var size = report.Bytes is { } bytes ? $" ({Sizes.Bytes(bytes)})" : "";
        terminal.WriteLine(report.DryRun
            ? $"{Sizes.Count(report.Files, "file")}{size} would be deleted."
            : $"{Sizes.Count(report.Files, "file")}{size} deleted{(report.Failed > 0 ? $", {report.Failed:N0} could not be" : "")}.");
    }
}
