using System.CommandLine;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Files;
using Cairn.Cli.Output;
using Cairn.FileSystems;

namespace Cairn.Cli.Commands;

/// <summary>The JSON of <c>put</c>.</summary>
internal sealed record PutReport(string Path, long Bytes, string? ETag);

internal sealed class PutCommand : CliCommand
{
    private const string StandardInput = "-";

    private readonly Argument<string> _file = Symbols.Uri("FILE", "A file of this machine, or - for standard input.");
    private readonly Argument<string> _uri = Symbols.Uri("URI", "The file to write, or a directory with a slash at its end.");
    private readonly Option<bool> _ifAbsent = Symbols.Flag("--if-absent", "Fail when the name is taken; the store decides, so of several writers one wins.");
    private readonly Option<bool> _json = Symbols.Json();

    public PutCommand()
        : base("put", "Write a file from a file or from standard input, of any length; it appears whole, or not at all.")
    {
        Add(_file);
        Add(_uri);
        Add(_ifAbsent);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
    [
        ("tar c state | zstd | cairn put - s3://acme/backup/state.tar.zst", "a stream whose length nobody knows"),
        ("cairn put lock.json s3://acme/locks/job-1 --if-absent", "a lock: one of any number of processes gets it"),
    ];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var file = arguments.GetRequiredValue(_file);
        var destination = Destination(file, arguments.GetRequiredValue(_uri));
        var options = new WriteOptions
        {
            Mode = arguments.GetValue(_ifAbsent) ? WriteMode.Create : WriteMode.Overwrite,
            LengthHint = file != StandardInput && File.Exists(file) ? new FileInfo(file).Length : null,
        };
        var entry = await WriteAsync(session, file, destination, options, cancellationToken);
        if (arguments.GetValue(_json))
            session.Terminal.WriteJson(new PutReport(entry.Path.ToString(), entry.Length, entry.ETag), CliJson.Readable.PutReport);
        else
            session.Terminal.WriteLine($"{entry.Path}: {Sizes.Bytes(entry.Length)}.");
        return ExitCode.Done;
    }

    private static StoragePath Destination(string file, string uri)
    {
        var destination = Session.Parse(uri);
        if (!uri.EndsWith('/') && destination.Path is not ("" or "/"))
            return destination;
        return file == StandardInput ? throw new UsageException($"'{uri}' is a directory: give what comes from standard input a name.") : destination / Path.GetFileName(file);
    }

    private static async Task<FileEntry> WriteAsync(Session session, string file, StoragePath destination, WriteOptions options, CancellationToken cancellationToken)
    {
        var input = file == StandardInput ? new InterruptibleStream(session.Host.Input) : await OpenAsync(session, file, cancellationToken);
        await using (input)
        {
            var writer = await session.FileSystemOf(destination).OpenWriteAsync(destination, options, cancellationToken);
            await using (writer)
            {
                await Transfer.CopyAsync(input, writer.Stream, options.LengthHint ?? long.MaxValue, null, cancellationToken);
                return await writer.CommitAsync(cancellationToken);
            }
        }
    }

    private static async Task<Stream> OpenAsync(Session session, string file, CancellationToken cancellationToken)
    {
        var path = Session.Parse(file);
        return await session.FileSystemOf(path).OpenReadAsync(path, cancellationToken: cancellationToken);
    }
}
