using System.CommandLine;
using Cairn.Cli.Checkpoints;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Output;

namespace Cairn.Cli.Commands;

internal sealed class InspectCommand : CliCommand
{
    private readonly Argument<string> _pointer = Symbols.Pointer();
    private readonly Option<bool> _operators = Symbols.Flag("--operators", "Show every operator with its ids, not only the largest.");
    private readonly Option<bool> _handles = Symbols.Flag("--handles", "Show every subtask and every state handle.");
    private readonly Option<bool> _json = Symbols.Json();

    public InspectCommand()
        : base("inspect", "Show what is in a checkpoint or savepoint: operators, kinds of state, sizes.")
    {
        Add(_pointer);
        Add(_operators);
        Add(_handles);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
    [
        ("cairn inspect s3://acme/checkpoints/6f0c…/chk-42", "the largest operators, as a tree"),
        ("cairn inspect ./savepoint-6f0c1a-0b1c2d3e4f50 --handles", "every handle of a savepoint on this disk"),
        ("cairn inspect s3://acme/checkpoints/6f0c…/chk-42 --json | jq .totalBytes", "one number of it, for a script"),
    ];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var checkpoint = await StoredCheckpoint.FindAsync(session.FileSystems, arguments.GetRequiredValue(_pointer), cancellationToken);
        var report = Inspection.Of(checkpoint);
        if (arguments.GetValue(_json))
            session.Terminal.WriteJson(report, CliJson.Readable.InspectReport);
        else
            new InspectView(session.Terminal, report, arguments.GetValue(_operators), arguments.GetValue(_handles)).Show();
        return ExitCode.Done;
    }
}
