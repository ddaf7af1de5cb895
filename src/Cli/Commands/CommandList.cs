using Cairn.Cli.CommandLine;

namespace Cairn.Cli.Commands;

/// <summary>Every command, in the order of the help.</summary>
internal static class CommandList
{
    public static IReadOnlyList<CliCommand> Create() =>
    [
        new CheckpointsCommand(), new InspectCommand(), new FilesCommand(), new VerifyCommand(), new DiffCommand(),
        new ConvertCommand(), new RelocateCommand(), new OrphansCommand(),
        new ListCommand(), new CatCommand(), new PutCommand(), new CopyCommand(move: false), new CopyCommand(move: true), new RemoveCommand(), new UsageCommand(),
        new ConfigCommand(), new CompletionCommand(),
    ];
}
