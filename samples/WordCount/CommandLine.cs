using System.CommandLine;
using Cairn.FileSystems;

namespace Cairn.Samples.WordCount;

/// <summary>The command line: every option is a setting that may as well stand in appsettings.json or in the environment.</summary>
internal static class CommandLine
{
    public const int Failed = 1;

    /// <summary>Stopped before the end, as by SIGTERM: an orchestrator starts it again.</summary>
    public const int Stopped = 143;

    public static Task<int> InvokeAsync(string[] args, Func<Dictionary<string, string?>, CancellationToken, Task<int>> run)
    {
        var root = new RootCommand("Counts the words of a text on parallel tasks; killed at any moment and started again, it goes on where its last checkpoint was.");
        var options = new List<(Option Option, string Key, Func<ParseResult, string?> Value)>();
        Add("--input", "WordCount:Input", "a file, a folder or a URI; the reference documentation of the .NET SDK unless given");
        Add("--tasks", "WordCount:Tasks", "how many tasks count in parallel");
        Add("--pace", "WordCount:Pace", "how many seconds the whole text takes; 0 is flat out", seconds => $"{TimeSpan.FromSeconds(double.Parse(seconds))}");
        Add("--checkpoints", "Cairn:Checkpoints:Directory", "the checkpoint directory, a URI or a local folder", text => StoragePath.ParseUriOrLocal(text).ToString());
        Add("--backend", "Cairn:Checkpoints:Backend", "memory or filesystem");
        Add("--interval", "Cairn:Checkpoints:Interval", "the time from checkpoint to checkpoint, like 2s");
        Add("--from", "Cairn:Checkpoints:RestoreFrom", "a checkpoint or savepoint to start from in place of the job's latest");
        Add("--savepoint", "WordCount:Savepoint", "make a savepoint at the end, or when stopped; in this directory or in ./savepoints",
            text => StoragePath.ParseUriOrLocal(text.Length == 0 ? "savepoints" : text).ToString(), isOptional: true);
        Add("--kill-after", "WordCount:KillAfter", "kill the process, as kill -9 does, after so many records");
        var json = new Option<bool>("--json") { Description = "print a line of JSON for each checkpoint, and a last one with the result" };
        root.Add(json);
        root.SetAction((result, cancellationToken) =>
        {
            var settings = options.Where(o => result.GetResult(o.Option) is not null).ToDictionary(o => o.Key, o => o.Value(result));
            if (result.GetValue(json))
                settings["WordCount:Json"] = "true";
            return run(settings, cancellationToken);
        });
        return root.Parse(args).InvokeAsync();

        void Add(string name, string key, string description, Func<string, string>? convert = null, bool isOptional = false)
        {
            var option = new Option<string>(name) { Description = description, Arity = isOptional ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne };
            options.Add((option, key, result => (convert ?? (text => text))(result.GetValue(option) ?? "")));
            root.Add(option);
        }
    }
}
