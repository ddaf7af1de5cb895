using System.CommandLine;
using Cairn.Cli.Checkpoints;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Output;

namespace Cairn.Cli.Commands;

internal sealed class VerifyCommand : CliCommand
{
    private readonly Argument<string> _pointer = Symbols.Pointer();
    private readonly Option<bool> _deep = Symbols.Flag("--deep", "Read every file to its end, and compare checksums where the store keeps them.");
    private readonly Option<bool> _json = Symbols.Json();

    public VerifyCommand()
        : base("verify", "Check that every file that a checkpoint needs is there and has the right size; exit code 1 when not.")
    {
        Add(_pointer);
        Add(_deep);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
    [
        ("cairn verify s3://acme/checkpoints/6f0c…/chk-42", "one look-up a file"),
        ("cairn verify s3://acme/savepoints/savepoint-6f0c1a-0b1c2d3e4f50 --deep && deploy", "only when it is whole"),
    ];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var checkpoint = await StoredCheckpoint.FindAsync(session.FileSystems, arguments.GetRequiredValue(_pointer), cancellationToken);
        var report = await new Verification(session.FileSystems).RunAsync(checkpoint, arguments.GetValue(_deep), cancellationToken);
        if (arguments.GetValue(_json))
            session.Terminal.WriteJson(report, CliJson.Readable.VerifyReport);
        else
            Show(session.Terminal, report);
        return report.Ok ? ExitCode.Done : ExitCode.Failed;
    }

    public static void Show(Terminal terminal, VerifyReport report)
    {
        foreach (var problem in report.Problems)
            terminal.WriteLine($"{problem.Path}: {problem.Problem}");
        terminal.WriteLine(report.Ok
            ? $"{Sizes.Count(report.Files, "file")}, {Sizes.Bytes(report.Bytes)}: all there{(report.Deep ? " and readable" : " with the right sizes")}."
            : $"{Sizes.Count(report.Problems.Count, "problem")} in {Sizes.Count(report.Files, "file")} of {report.Pointer}.");
    }
}
