using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Cairn.Cli.CommandLine;

/// <summary>The help, with the command's examples below it.</summary>
internal sealed class ExamplesHelp(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is not CliCommand { Examples: { Count: > 0 } examples })
            return ExitCode.Done;
        output.WriteLine("Examples:");
        foreach (var (line, does) in examples)
        {
            output.WriteLine($"  {line}");
            output.WriteLine($"      {does}");
        }
        output.WriteLine();
        return ExitCode.Done;
    }
}
