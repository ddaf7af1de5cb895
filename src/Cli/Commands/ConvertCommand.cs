using System.CommandLine;
using Cairn.Checkpoints;
using Cairn.Cli.Checkpoints;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Output;
using Cairn.FileSystems;
using Cairn.Hosting;

namespace Cairn.Cli.Commands;

internal sealed class ConvertCommand : CliCommand
{
    private readonly Argument<string> _source = Symbols.Pointer("SRC");
    private readonly Argument<string> _destination = Symbols.Uri("DST", "The file to write, or a directory (with a slash at its end) to write _metadata into.");
    private readonly Option<int?> _version = new("--metadata-version")
    {
        Description = "The version to write: 1 (Flink 1.2) to 6 (Flink 2.1). Without it the bytes stay as they are.",
        HelpName = "N",
        CustomParser = result =>
        {
            if (SettingParsers.Number(result.Tokens[0].Value) is { } version and >= 0 and <= 7)
                return version;
            result.AddError($"--metadata-version is '{result.Tokens[0].Value}'; it must be a whole number from 0 to 7.");
            return null;
        },
    };

    private readonly Option<bool> _allowLoss = Symbols.Flag("--allow-loss", "Leave out what the version has no place for, and say what that is.");
    private readonly Option<bool> _json = Symbols.Json();

    public ConvertCommand()
        : base("convert", "Write a _metadata in another version of Flink's format, or byte for byte as it is.")
    {
        Add(_source);
        Add(_destination);
        Add(_version);
        Add(_allowLoss);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
        [("cairn convert s3://acme/checkpoints/6f0c…/chk-42 s3://acme/checkpoints/6f0c…/chk-42/_metadata.v3 --metadata-version 3", "for a Flink of 1.11 to 1.14")];

    public override async Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var source = await StoredCheckpoint.FindAsync(session.FileSystems, arguments.GetRequiredValue(_source), cancellationToken);
        var destination = await DestinationAsync(session, arguments.GetRequiredValue(_destination), cancellationToken);
        var report = await Conversion.RunAsync(session.FileSystems, source, destination, arguments.GetValue(_version), arguments.GetValue(_allowLoss), cancellationToken);
        if (arguments.GetValue(_json))
            session.Terminal.WriteJson(report, CliJson.Readable.ConvertReport);
        else
            session.Terminal.WriteLine($"{report.Destination}: version {report.ToVersion}, {Sizes.Bytes(report.Bytes)}{(report.FromVersion == report.ToVersion ? "" : $", from version {report.FromVersion}")}.");
        foreach (var lost in report.Lost)
            await session.Terminal.Error.WriteLineAsync($"left out: {lost}");
        if (report.LeftBehind > 0)
            await session.Terminal.Error.WriteLineAsync($"{Sizes.Count(report.LeftBehind, "file")} beside {report.Source} are named relative to it: copy them too, or use 'cairn relocate'.");
        return ExitCode.Done;
    }

    private static async Task<StoragePath> DestinationAsync(Session session, string text, CancellationToken cancellationToken)
    {
        var path = Session.Parse(text);
        var isDirectory = text.EndsWith('/') || path.Path is "" or "/"
            || await session.FileSystemOf(path).FindAsync(path, new FindOptions { Directories = true }, cancellationToken) is { Kind: EntryKind.Directory };
        return isDirectory ? path / CheckpointDirectories.MetadataFileName : path;
    }
}
