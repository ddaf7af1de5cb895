using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Cairn.Cli.Commands;

namespace Cairn.Cli.CommandLine;

/// <summary>The whole command line: parses, runs the command, and makes every failure one line and an exit code.</summary>
internal sealed class CairnCommandLine
{
    /// <summary>How long a stopped command may take to leave nothing half-visible behind.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(30);

    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    private readonly CliHost _host;
    private readonly RootCommand _root;
    private readonly Option<string> _config = new("--config")
    {
        Description = "A configuration file in place of cairn.json in this folder and in the home directory.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show the stack trace of an error.", Recursive = true };

    public CairnCommandLine(CliHost host)
    {
        _host = host;
        _root = new RootCommand("Looks inside checkpoints on any store, checks, moves and cleans them up: Flink's and Cairn's, on file:, s3: and abfss:.");
        _root.Options.Add(_config);
        _root.Options.Add(_verbose);
        foreach (var command in CommandList.Create())
        {
            command.SetAction((result, token) => RunAsync(command, result, token));
            _root.Subcommands.Add(command);
        }
        foreach (var help in _root.Options.OfType<HelpOption>())
            help.Action = new ExamplesHelp((HelpAction)help.Action!);
    }

    public RootCommand Root => _root;

    public async Task<int> InvokeAsync(string[] args, CancellationToken cancellationToken = default)
    {
        using var output = new StreamWriter(_host.Output, leaveOpen: true) { NewLine = "\n" };
        using var error = new StreamWriter(_host.Error, leaveOpen: true) { NewLine = "\n" };
        var parsed = _root.Parse(args is ["help", ..] ? [.. args[1..], "--help"] : args, Parsing);
        if (parsed.Action is null or { ClearsParseErrors: false } && Misuse(parsed) is { } problem)
        {
            await error.WriteLineAsync($"cairn: {problem} See '{CommandName(parsed)} --help'.");
            return ExitCode.Usage;
        }
        return await parsed.InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TerminationTimeout }, cancellationToken);
    }

    private async Task<int> RunAsync(CliCommand command, ParseResult arguments, CancellationToken cancellationToken)
    {
        var session = new Session(_host, arguments.GetValue(_config), arguments.GetValue(_verbose));
        await using (session)
        {
            try
            {
                return await command.RunAsync(arguments, session, cancellationToken);
            }
            catch (Exception e)
            {
                return await Failure.ReportAsync(session, e, cancellationToken);
            }
        }
    }

    /// <summary>What is wrong with the command line, in one sentence, or null.</summary>
    private static string? Misuse(ParseResult parsed)
    {
        // A mistyped option would otherwise pass for an argument.
        var mistyped = parsed.Tokens.TakeWhile(t => t.Type != TokenType.DoubleDash).FirstOrDefault(t => t is { Type: TokenType.Argument, Value: ['-', _, ..] });
        if (mistyped is not null)
            return $"There is no option '{mistyped.Value}'{Similar(parsed, mistyped.Value)}; what begins with '-' and is no option goes behind '--'.";
        if (parsed is { CommandResult.Command: RootCommand, UnmatchedTokens: [var unknown, ..] })
            return $"There is no command '{unknown}'{DidYouMean(parsed.RootCommandResult.Command.Subcommands.Select(c => c.Name), unknown)}.";
        if (parsed.Errors is [var first, ..])
            return Failure.OneLine(first.Message).TrimEnd('.') + ".";
        return null;
    }

    private static string Similar(ParseResult parsed, string option) =>
        DidYouMean(Ancestors(parsed.CommandResult).SelectMany(c => c.Command.Options).SelectMany(o => o.Aliases.Prepend(o.Name)), option);

    private static string DidYouMean(IEnumerable<string> known, string word)
    {
        var nearest = known.Select(name => (Name: name, Distance: Distance(name, word))).OrderBy(x => x.Distance).FirstOrDefault();
        return nearest.Name is not null && nearest.Distance <= Math.Max(1, word.Length / 3) ? $" (did you mean '{nearest.Name}'?)" : "";
    }

    private static IEnumerable<CommandResult> Ancestors(CommandResult? command)
    {
        for (; command is not null; command = command.Parent as CommandResult)
            yield return command;
    }

    /// <summary>How many characters have to be put in, taken out or changed.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }

    private static string CommandName(ParseResult parsed) => parsed.CommandResult.Command is CliCommand command ? $"cairn {command.Name}" : "cairn";
}
