using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Checkpoints;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Output;
using Cairn.FileSystems;
using Spectre.Console;

namespace Cairn.Cli.Commands;

internal sealed class CheckpointsCommand : CliCommand
{
    private readonly Argument<string> _uri = Symbols.Uri("URI", "A job's directory, a checkpoint root with several jobs, or a directory of savepoints.");
    private readonly Option<bool> _json = Symbols.Json();

    public CheckpointsCommand()
        : base("checkpoints", "List checkpoints and savepoints: completed or not, version, operators, sizes, age.")
    {
        Add(_uri);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
    [
        ("cairn checkpoints s3://acme/checkpoints", "of every job below a root"),
        ("cairn checkpoints abfss://state@acme.dfs.core.windows.net/savepoints --json", "for a script"),
    ];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var directory = Session.Parse(arguments.GetRequiredValue(_uri));
        var found = await new CheckpointCatalogue(session.FileSystems).FindAsync(directory, cancellationToken);
        if (found.Count == 0 && directory.Path is not ("" or "/"))
            _ = await session.FileSystemOf(directory).FindAsync(directory, new FindOptions { Directories = true }, cancellationToken) ?? throw FileSystemException.NotFound(directory);
        var report = new CheckpointsReport(directory.ToString(), [.. found.Select(CheckpointReport.Of)]);
        if (arguments.GetValue(_json))
            session.Terminal.WriteJson(report, CliJson.Readable.CheckpointsReport);
        else
            Show(session, report);
        return ExitCode.Done;
    }

    private static void Show(Session session, CheckpointsReport report)
    {
        if (report.Checkpoints.Count == 0)
        {
            session.Terminal.WriteLine($"There are no checkpoints below {report.Directory}.");
            return;
        }
        var table = new Table().Border(TableBorder.None).AddColumns(Right("id"), Left("kind"), Left("state"), Right("version"), Right("operators"), Right("own"), Right("shared"), Right("files"), Right("age"), Left("pointer").PadRight(0));
        foreach (var checkpoint in report.Checkpoints)
        {
            var age = checkpoint.Completed is { } completed ? Sizes.Age(session.Time.GetUtcNow() - completed) : "";
            table.AddRow(
                new Text(checkpoint.Id?.ToString(CultureInfo.InvariantCulture) ?? "?"),
                new Text(checkpoint.Kind),
                Markup.FromInterpolated($"[{Color(checkpoint.State)}]{checkpoint.State}[/]"),
                new Text(checkpoint.MetadataVersion?.ToString(CultureInfo.InvariantCulture) ?? ""),
                new Text(checkpoint.Operators?.ToString(CultureInfo.InvariantCulture) ?? ""),
                new Text(checkpoint.State == "completed" ? Sizes.Bytes(checkpoint.OwnBytes) : ""),
                new Text(checkpoint.State == "completed" ? Sizes.Bytes(checkpoint.SharedBytes) : ""),
                new Text(checkpoint.Files?.ToString(CultureInfo.InvariantCulture) ?? ""),
                new Text(age),
                new Text(checkpoint.Pointer));
        }
        session.Terminal.Console.Write(table);
        foreach (var problem in report.Checkpoints.Select(c => c.Problem).OfType<string>())
            session.Terminal.WriteLine(problem);
    }

    private static string Color(string state) => state switch { "completed" => "green", "incomplete" => "yellow", _ => "red" };

    private static TableColumn Left(string name) => new TableColumn($"[bold]{name}[/]").PadRight(3).NoWrap();

    private static TableColumn Right(string name) => Left(name).RightAligned();
}
