using System.CommandLine;
using Cairn.Cli.Checkpoints;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Output;

namespace Cairn.Cli.Commands;

internal sealed class FilesCommand : CliCommand
{
    private readonly Argument<string> _pointer = Symbols.Pointer();
    private readonly Option<bool> _json = Symbols.Json();

    public FilesCommand()
        : base("files", "List every file that a checkpoint needs, and the directories, also of older checkpoints, that they lie in.")
    {
        Add(_pointer);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
    [
        ("cairn files s3://acme/checkpoints/6f0c…/chk-42", "may chk-40 be deleted? Not while it is listed here"),
        ("cairn files ./chk-42 --json | jq -r '.files[].path'", "only the paths"),
    ];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var checkpoint = await StoredCheckpoint.FindAsync(session.FileSystems, arguments.GetRequiredValue(_pointer), cancellationToken);
        var report = FilesReport.Of(checkpoint);
        if (arguments.GetValue(_json))
        {
            session.Terminal.WriteJson(report, CliJson.Readable.FilesReport);
            return ExitCode.Done;
        }
        foreach (var file in report.Files)
            session.Terminal.WriteLine($"{Sizes.Bytes(file.Bytes),10}  {file.Path}");
        session.Terminal.WriteLine("");
        session.Terminal.WriteLine($"{Sizes.Count(report.Files.Count, "file")}, {Sizes.Bytes(report.Bytes)}, in {Sizes.Count(report.Directories.Count, "directory").Replace("directorys", "directories", StringComparison.Ordinal)}:");
        foreach (var directory in report.Directories)
            session.Terminal.WriteLine($"{Sizes.Bytes(directory.Bytes),10}  {directory.Path}  ({Sizes.Count(directory.Files, "file")}{Whose(directory.Owner)})");
        return ExitCode.Done;
    }

    private static string Whose(string owner) => owner switch
    {
        "own" => ", its own",
        "shared" => ", shared",
        "taskowned" => ", owned by tasks",
        "otherCheckpoint" => ", of another checkpoint",
        _ => "",
    };
}
