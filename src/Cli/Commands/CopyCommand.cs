using System.CommandLine;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Files;
using Cairn.Cli.Output;
using Cairn.FileSystems;

namespace Cairn.Cli.Commands;

/// <summary><c>cp</c> and <c>mv</c>.</summary>
internal sealed class CopyCommand : CliCommand
{
    private readonly bool _move;
    private readonly Argument<string> _source = Symbols.Uri("SRC", "A file, or with -r a directory: a URI or a local path.");
    private readonly Argument<string> _destination = Symbols.Uri("DST", "The copy's name, or with a slash at its end the directory that it goes into; with -r the directory that gets the content of SRC.");
    private readonly Option<bool> _recursive = Symbols.Recursive("Everything below SRC.");
    private readonly Option<int> _parallel = Symbols.Number("--parallel", "Files at once.", 32, 1, 256);
    private readonly Option<bool> _json = Symbols.Json();

    public CopyCommand(bool move)
        : base(move ? "mv" : "cp", move ? "Move files: copy, then delete the source." : "Copy files within a store or between stores; what is there already with the same size and checksum is skipped.")
    {
        _move = move;
        Add(_source);
        Add(_destination);
        Add(_recursive);
        Add(_parallel);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples => _move
        ? [("cairn mv s3://acme/old/savepoint-1 s3://acme/new/savepoint-1 -r", "within a bucket, on S3's side")]
        :
        [
            ("cairn cp -r ./checkpoints s3://acme/checkpoints", "a folder into a bucket; run it again to go on where it stopped"),
            ("cairn cp s3://acme/savepoints/sp-1/_metadata .", "one file to this folder"),
            ("cairn cp -r s3://acme/savepoints abfss://state@acme.dfs.core.windows.net/savepoints", "from cloud to cloud; paths inside _metadata stay: see 'cairn relocate'"),
        ];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        // A copy that a power failure damages is made again by the next run, which compares; what was moved is nowhere else.
        if (!_move)
            session.Configuration.Prefer("Cairn:FileSystems:file:Durable", "false");
        var source = Session.Parse(arguments.GetRequiredValue(_source));
        var destinationText = arguments.GetRequiredValue(_destination);
        var destination = Session.Parse(destinationText);
        var progress = new TransferProgress();
        var options = new TreeCopyOptions(arguments.GetValue(_parallel), _move);
        using var copy = new TreeCopy(session.FileSystemOf(source), session.FileSystemOf(destination), options, progress);
        var report = arguments.GetValue(_recursive)
            ? await DirectoryAsync(session, copy, progress, source, destination, cancellationToken)
            : await FileAsync(session, copy, progress, source, destination, destinationText.EndsWith('/'), cancellationToken);
        if (arguments.GetValue(_json))
            session.Terminal.WriteJson(report, CliJson.Readable.CopyReport);
        else
            await ShowAsync(session.Terminal, report);
        return report.Failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<CopyReport> DirectoryAsync(
        Session session, TreeCopy copy, TransferProgress progress, StoragePath source, StoragePath destination, CancellationToken cancellationToken)
    {
        if (destination.IsWithin(source))
            throw new UsageException($"'{destination}' lies in '{source}': a directory cannot be copied into itself.");
        var from = session.FileSystemOf(source);
        var found = await from.FindAsync(source, new FindOptions { Directories = true }, cancellationToken) ?? throw FileSystemException.NotFound(source);
        if (found.Kind == EntryKind.File)
            return await FileAsync(session, copy, progress, source, destination, false, cancellationToken);
        return await ProgressDisplay.RunAsync(session, progress, CountAsync, () => copy.DirectoryAsync(source, destination, cancellationToken), cancellationToken);

        async Task CountAsync(CancellationToken token)
        {
            await foreach (var file in from.ListAsync(source, new ListOptions { Recursive = true }, token))
                progress.Counted(file.Length);
        }
    }

    private static async Task<CopyReport> FileAsync(
        Session session, TreeCopy copy, TransferProgress progress, StoragePath source, StoragePath destination, bool intoDirectory, CancellationToken cancellationToken)
    {
        var found = await session.FileSystemOf(source).FindAsync(source, new FindOptions { Directories = true }, cancellationToken) ?? throw FileSystemException.NotFound(source);
        if (found.Kind == EntryKind.Directory)
            throw new UsageException($"'{source}' is a directory: add -r for everything below it.");
        var to = session.FileSystemOf(destination);
        if (intoDirectory || destination.Path is "" or "/" || (to.Capabilities.RealDirectories && await IsDirectoryAsync(to, destination, cancellationToken)))
            destination /= source.Name;
        if (destination == source)
            throw new UsageException($"'{source}' cannot be copied to itself.");
        return await ProgressDisplay.RunAsync(session, progress, _ => Task.CompletedTask, () => copy.FileAsync(found, destination, cancellationToken), cancellationToken);
    }

    private static async Task<bool> IsDirectoryAsync(IFileSystem fileSystem, StoragePath path, CancellationToken cancellationToken) =>
        await fileSystem.FindAsync(path, new FindOptions { Directories = true }, cancellationToken) is { Kind: EntryKind.Directory };

    private async Task ShowAsync(Terminal terminal, CopyReport report)
    {
        foreach (var problem in report.Problems)
            await terminal.Error.WriteLineAsync($"{problem.Path}: {problem.Problem}");
        var skipped = report.Skipped > 0 ? $", {report.Skipped:N0} already there" : "";
        var failed = report.Failed > 0 ? $", {report.Failed:N0} failed" : "";
        terminal.WriteLine($"{Sizes.Count(report.Copied, "file")} {(_move ? "moved" : "copied")} ({Sizes.Bytes(report.Bytes)}){skipped}{failed}.");
    }
}
