using System.CommandLine;
using Cairn.Cli.Checkpoints;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Files;
using Cairn.Cli.Output;

namespace Cairn.Cli.Commands;

internal sealed class RelocateCommand : CliCommand
{
    private readonly Argument<string> _pointer = Symbols.Pointer();
    private readonly Argument<string> _destination = Symbols.Uri("DST", "The directory that becomes the checkpoint's, on any store.");
    private readonly Option<bool> _dryRun = Symbols.Flag("--dry-run", "Check the source, and only say what would be copied where.");
    private readonly Option<bool> _json = Symbols.Json();

    public RelocateCommand()
        : base("relocate", "Copy a checkpoint or savepoint with all its files to another place or cloud, with the paths inside rewritten.")
    {
        Add(_pointer);
        Add(_destination);
        Add(_dryRun);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
    [
        ("cairn relocate s3://acme/checkpoints/6f0c…/chk-42 abfss://state@acme.dfs.core.windows.net/moved/chk-42", "from S3 to Azure; start the job from the new place"),
        ("cairn relocate s3://acme/savepoints/sp-1 ./sp-1 --dry-run", "how much is it?"),
    ];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var destination = Session.Parse(arguments.GetRequiredValue(_destination));
        var source = await StoredCheckpoint.FindAsync(session.FileSystems, arguments.GetRequiredValue(_pointer), cancellationToken);
        var progress = new TransferProgress();
        var relocation = new Relocation(session.FileSystems, progress);
        var report = await ProgressDisplay.RunAsync(
            session, progress, _ => Task.CompletedTask, () => relocation.RunAsync(source, destination, arguments.GetValue(_dryRun), cancellationToken), cancellationToken);
        if (arguments.GetValue(_json))
            session.Terminal.WriteJson(report, CliJson.Readable.RelocateReport);
        else
            Show(session.Terminal, report);
        return ExitCode.Done;
    }

    private static void Show(Terminal terminal, RelocateReport report)
    {
        if (report.DryRun)
        {
            foreach (var file in report.Files)
                terminal.WriteLine($"{Sizes.Bytes(file.Bytes),10}  {file.From} → {file.To}");
            terminal.WriteLine($"{Sizes.Count(report.Files.Count, "file")}, {Sizes.Bytes(report.Bytes)}, would be copied.");
            return;
        }
        var skipped = report.Skipped > 0 ? $", {report.Skipped} were there already" : "";
        terminal.WriteLine($"{report.Destination}: {Sizes.Count(report.Copied, "file")} copied{skipped}, {Sizes.Bytes(report.Bytes)}, verified.");
    }
}
