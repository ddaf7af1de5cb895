using System.CommandLine;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Files;

namespace Cairn.Cli.Commands;

internal sealed class CatCommand : CliCommand
{
    private readonly Argument<string> _uri = Symbols.Uri("URI", "A file: a URI or a local path.");

    public CatCommand()
        : base("cat", "Write the bytes of a file to standard output.") => Add(_uri);

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
        [("cairn cat s3://acme/checkpoints/6f0c…/chk-42/_metadata | xxd | head", "the first bytes of a _metadata")];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var path = Session.Parse(arguments.GetRequiredValue(_uri));
        var stream = await session.FileSystemOf(path).OpenReadAsync(path, cancellationToken: cancellationToken);
        await using (stream)
        {
            var output = await session.Terminal.OpenOutputAsync(cancellationToken);
            await Transfer.CopyAsync(stream, output, stream.Entry.Length, null, cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
        return ExitCode.Done;
    }
}
