using System.CommandLine;
using Cairn.Cli.Checkpoints;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Output;

namespace Cairn.Cli.Commands;

internal sealed class DiffCommand : CliCommand
{
    private readonly Argument<string> _first = Symbols.Pointer("FIRST");
    private readonly Argument<string> _second = Symbols.Pointer("SECOND");
    private readonly Option<bool> _json = Symbols.Json();

    public DiffCommand()
        : base("diff", "Show what changed from one checkpoint to another: operators, sizes, files added and dropped.")
    {
        Add(_first);
        Add(_second);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
        [("cairn diff s3://acme/checkpoints/6f0c…/chk-41 s3://acme/checkpoints/6f0c…/chk-42", "what the last checkpoint uploaded, and what it no longer needs")];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var first = await StoredCheckpoint.FindAsync(session.FileSystems, arguments.GetRequiredValue(_first), cancellationToken);
        var second = await StoredCheckpoint.FindAsync(session.FileSystems, arguments.GetRequiredValue(_second), cancellationToken);
        var report = CheckpointDiff.Of(first, second);
        if (arguments.GetValue(_json))
            session.Terminal.WriteJson(report, CliJson.Readable.DiffReport);
        else
            Show(session.Terminal, report);
        return ExitCode.Done;
    }

    private static void Show(Terminal terminal, DiffReport report)
    {
        foreach (var side in new[] { report.First, report.Second })
            terminal.WriteLine($"checkpoint {side.CheckpointId}, version {side.MetadataVersion}, {Sizes.Count(side.Operators, "operator")}, {Sizes.Bytes(side.TotalBytes)}, {Sizes.Count(side.Files, "file")}: {side.Pointer}");
        terminal.WriteLine("");
        foreach (var change in report.Operators.Where(o => o.Change != "same"))
            terminal.WriteLine($"{Mark(change.Change)} operator {change.Name ?? change.Id}: {Change(change)}");
        foreach (var file in report.FilesAdded)
            terminal.WriteLine($"+ {Sizes.Bytes(file.Bytes),10}  {file.Path}");
        foreach (var file in report.FilesDropped)
            terminal.WriteLine($"- {Sizes.Bytes(file.Bytes),10}  {file.Path}");
        terminal.WriteLine(report.IsSame
            ? $"The same state: {Sizes.Count(report.Operators.Count, "operator")}, {Sizes.Count(report.FilesKept, "file")}."
            : $"{Sizes.Count(report.FilesAdded.Count, "file")} added ({Sizes.Bytes(report.FilesAdded.Sum(f => f.Bytes))}), {Sizes.Count(report.FilesDropped.Count, "file")} dropped ({Sizes.Bytes(report.FilesDropped.Sum(f => f.Bytes))}), {report.FilesKept} kept.");
    }

    private static string Change(OperatorDiff change)
    {
        var parallelism = change.FirstParallelism is { } before && change.SecondParallelism is { } after && before != after ? $", parallelism {before} → {after}" : "";
        return change.Change switch
        {
            "added" => Sizes.Bytes(change.SecondBytes),
            "removed" => Sizes.Bytes(change.FirstBytes),
            _ => $"{Sizes.Bytes(change.FirstBytes)} → {Sizes.Bytes(change.SecondBytes)}{parallelism}",
        };
    }

    private static char Mark(string change) => change switch { "added" => '+', "removed" => '-', _ => '~' };
}
