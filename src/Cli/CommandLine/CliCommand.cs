using System.CommandLine;

namespace Cairn.Cli.CommandLine;

/// <summary>One command: its arguments and options, and what it does with them.</summary>
internal abstract class CliCommand(string name, string description) : Command(name, description)
{
    /// <summary>Lines that <c>--help</c> shows, each a command and what it does.</summary>
    public abstract IReadOnlyList<(string Line, string Does)> Examples { get; }

    /// <summary>Does it and answers the exit code; what it throws becomes one line and <see cref="ExitCode.Failed"/>.</summary>
    public abstract Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken);
}
