using System.CommandLine;
using Cairn.Checkpoints;
using Microsoft.Extensions.Options;

namespace Cairn.Samples.WordCount;

/// <summary>The command line: every option is a setting that may as well stand in appsettings.json or in the environment.</summary>
internal static class CommandLine
{
    private const int Failed = 1;
    private const int Misused = 2;

    /// <summary>Stopped before the end, as by SIGTERM: an orchestrator starts it again.</summary>
    private const int Stopped = 143;

    private static readonly List<(Option<string> Option, string Key, string? Otherwise)> Options =
    [
        Setting("--input", "WordCount:Input", "a file, a folder or a URI; the reference documentation of the .NET SDK unless given"),
        Setting("--tasks", "WordCount:Tasks", "how many tasks count in parallel"),
        Setting("--pace", "WordCount:Pace", "how many seconds the whole text takes; 0 is flat out"),
        Setting("--checkpoints", "Cairn:Checkpoints:Directory", "the checkpoint directory, a URI or a local folder"),
        Setting("--backend", "Cairn:Checkpoints:Backend", "memory or filesystem"),
        Setting("--interval", "Cairn:Checkpoints:Interval", "the time from checkpoint to checkpoint, like 2s"),
        Setting("--from", "Cairn:Checkpoints:RestoreFrom", "a checkpoint or savepoint to start from in place of the job's latest"),
        Setting("--savepoint", "WordCount:Savepoint", "make a savepoint at the end, or when stopped; in this directory or in ./savepoints", otherwise: "savepoints"),
        Setting("--kill-after", "WordCount:KillAfter", "kill the process, as kill -9 does, after so many records"),
        Setting("--json", "WordCount:Json", "print a line of JSON for the start and for each checkpoint, and a last one with the result", otherwise: "true"),
    ];

    /// <summary>Gives <paramref name="run"/> what <paramref name="args"/> set, and answers the exit code: 0 when it ran to the end.</summary>
    public static async Task<int> InvokeAsync(string[] args, Func<Dictionary<string, string?>, Task<bool>> run)
    {
        var root = new RootCommand("Counts the words of a text on parallel tasks; killed at any moment and started again, it goes on where its last checkpoint was.");
        Options.ForEach(o => root.Add(o.Option));
        root.SetAction(async (result, _) =>
        {
            var settings = Options.Where(o => result.GetResult(o.Option) is not null).ToDictionary(o => o.Key, o => result.GetValue(o.Option) ?? o.Otherwise);
            return await run(settings) ? 0 : Stopped;
        });
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors is [var error, ..])
            return await ExplainAsync($"{error.Message} --help shows the options.", Misused);
        try
        {
            // The host takes care of SIGTERM and Ctrl-C, and the job of how long a last checkpoint may take.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is OptionsValidationException))
        {
            return await ExplainAsync(string.Join(' ', e.InnerExceptions.Select(inner => inner.Message)), Misused);
        }
        catch (Exception e) when (e is OptionsValidationException or InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" })
        {
            return await ExplainAsync(e.Message, Misused);
        }
        catch (Exception e) when (e is IOException or CheckpointException or InvalidDataException)
        {
            return await ExplainAsync(e.Message, Failed);
        }
        catch (OperationCanceledException)
        {
            return await ExplainAsync("Stopped without a last checkpoint; the next start goes on from the one before.", Stopped);
        }
    }

    /// <param name="name">How the command line calls it.</param>
    /// <param name="key">How the configuration calls it.</param>
    /// <param name="description">What it is.</param>
    /// <param name="otherwise">What the option means when no value follows it; null where one must.</param>
    private static (Option<string> Option, string Key, string? Otherwise) Setting(string name, string key, string description, string? otherwise = null)
    {
        var option = new Option<string>(name) { Description = description, Arity = otherwise is null ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne };
        option.Validators.Add(result =>
        {
            // What is no option would pass for the value of the one before it.
            if (result.Tokens is [{ Value: ['-', '-', ..] mistyped }, ..])
                result.AddError($"There is no option '{mistyped}'.");
        });
        return (option, key, otherwise);
    }

    private static async Task<int> ExplainAsync(string problem, int exitCode)
    {
        await Console.Error.WriteLineAsync(problem);
        return exitCode;
    }
}
