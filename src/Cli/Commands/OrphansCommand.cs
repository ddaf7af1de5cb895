using System.CommandLine;
using Cairn.Cli.Checkpoints.Orphans;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Output;

namespace Cairn.Cli.Commands;

internal sealed class OrphansCommand : CliCommand
{
    private readonly Argument<string> _root = Symbols.Uri("ROOT", "A checkpoint root, with the directories of jobs below it.");
    private readonly Option<string[]> _references = new("--references")
    {
        Description = "Further places whose checkpoints are read too: savepoints that lie elsewhere, roots of jobs that claimed a checkpoint from here. May be given several times.",
        HelpName = "URI",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<TimeSpan> _olderThan = Symbols.Time(
        "--older-than", "Only files of at least this age by the store's clock; longer than any checkpoint takes.", TimeSpan.FromDays(1));

    private readonly Option<bool> _delete = Symbols.Flag("--delete", "Delete them. Without it nothing is deleted.");
    private readonly Option<bool> _json = Symbols.Json();

    public OrphansCommand()
        : base("orphans", "Find files below a checkpoint root that no checkpoint needs: of aborted checkpoints, killed jobs, failed clean-ups.")
    {
        Add(_root);
        Add(_references);
        Add(_olderThan);
        Add(_delete);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
    [
        ("cairn orphans s3://acme/checkpoints --references s3://acme/savepoints", "a dry run: what would go?"),
        ("cairn orphans s3://acme/checkpoints --references s3://acme/savepoints --older-than 7d --delete", "delete what has been there for a week and nothing needs"),
    ];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new OrphanOptions(
            Session.Parse(arguments.GetRequiredValue(_root)),
            [.. (arguments.GetValue(_references) ?? []).Select(Session.Parse)],
            arguments.GetValue(_olderThan),
            arguments.GetValue(_delete));
        var report = await new OrphanScan(session.FileSystems, options, session.Time).StartAsync(cancellationToken);
        if (arguments.GetValue(_json))
            await session.Terminal.WriteJsonAsync(report, CliJson.Readable.OrphansReport, cancellationToken);
        else
            await ShowAsync(session.Terminal, report);
        return report.Failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task ShowAsync(Terminal terminal, OrphansReport report)
    {
        var count = 0L;
        await foreach (var orphan in report.Orphans)
        {
            terminal.WriteLine($"{Sizes.Bytes(orphan.Bytes),10}  {Sizes.Age(report.Now - orphan.Modified),8}  {orphan.Path}");
            count++;
        }
        foreach (var problem in report.Problems)
            await terminal.Error.WriteLineAsync($"{problem.Path}: {problem.Problem}");
        var read = $"{Sizes.Count(report.Checkpoints, "checkpoint")} read, {report.Needed:N0} of their files kept, {report.TooYoung:N0} too young to tell";
        terminal.WriteLine(report.DryRun
            ? $"{Sizes.Count(count, "orphan")}, {Sizes.Bytes(report.OrphanBytes)} ({read}). Nothing was deleted; --delete does."
            : $"{report.Deleted:N0} of {Sizes.Count(count, "orphan")} deleted, {Sizes.Bytes(report.OrphanBytes)} ({read}).");
        if (report.Clock == "local")
            terminal.WriteLine("Ages are by this machine's clock, because the store lets nothing be written here.");
    }
}
