using System.CommandLine;
using System.Globalization;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Output;
using Cairn.FileSystems;

namespace Cairn.Cli.Commands;

/// <summary>The JSON of <c>ls</c>; written entry by entry, so that it takes no memory.</summary>
internal sealed record ListReport(string Directory, IAsyncEnumerable<ListedEntry> Entries);

/// <summary>A file or a directory.</summary>
internal sealed record ListedEntry(string Path, string Kind, long? Bytes, DateTimeOffset? Modified, string? ETag)
{
    public static ListedEntry Of(FileEntry entry) => entry.Kind == EntryKind.File
        ? new(entry.Path.ToString(), "file", entry.Length, entry.LastModified, entry.ETag)
        : new(entry.Path.ToString(), "directory", null, null, null);
}

internal sealed class ListCommand : CliCommand
{
    private readonly Argument<string> _uri = Symbols.Uri("URI", "A directory or a file: a URI or a local path.");
    private readonly Option<bool> _recursive = Symbols.Recursive("Every file below.");
    private readonly Option<bool> _long = Symbols.Flag("--long", "Sizes and times too.", "-l");
    private readonly Option<bool> _json = Symbols.Json();

    public ListCommand()
        : base("ls", "List what lies in a directory, one line each.")
    {
        Add(_uri);
        Add(_recursive);
        Add(_long);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
    [
        ("cairn ls -l s3://acme/checkpoints", "one level, with sizes and times"),
        ("cairn ls -r abfss://state@acme.dfs.core.windows.net/checkpoints | grep _metadata", "every file below, in constant memory"),
    ];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var path = Session.Parse(arguments.GetRequiredValue(_uri));
        var entries = EntriesAsync(session.FileSystemOf(path), path, arguments.GetValue(_recursive), cancellationToken);
        if (arguments.GetValue(_json))
            await session.Terminal.WriteJsonAsync(new ListReport(path.ToString(), entries.Select(ListedEntry.Of)), CliJson.Readable.ListReport, cancellationToken);
        else
            await WriteLinesAsync(session.Terminal, entries, arguments.GetValue(_long), cancellationToken);
        return ExitCode.Done;
    }

    private static async IAsyncEnumerable<FileEntry> EntriesAsync(
        IFileSystem fileSystem, StoragePath path, bool recursive, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var any = false;
        await foreach (var entry in fileSystem.ListAsync(path, new ListOptions { Recursive = recursive }, cancellationToken))
        {
            any = true;
            yield return entry;
        }
        if (any || path.Path is "" or "/")
            yield break;
        var found = await fileSystem.FindAsync(path, new FindOptions { Directories = true }, cancellationToken) ?? throw FileSystemException.NotFound(path);
        if (found.Kind == EntryKind.File)
            yield return found;
    }

    private static async Task WriteLinesAsync(Terminal terminal, IAsyncEnumerable<FileEntry> entries, bool sizes, CancellationToken cancellationToken)
    {
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            var name = entry.Path + (entry.Kind == EntryKind.Directory && !entry.Path.Path.EndsWith('/') ? "/" : "");
            terminal.WriteLine(sizes ? $"{Size(entry),10}  {Time(entry),19}  {name}" : name);
        }
    }

    private static string Size(FileEntry entry) => entry.Kind == EntryKind.File ? Sizes.Bytes(entry.Length) : "";

    private static string Time(FileEntry entry) =>
        entry.Kind == EntryKind.File && entry.LastModified is { } time ? time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "";
}
