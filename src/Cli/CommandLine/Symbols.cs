using System.CommandLine;
using Cairn.Hosting;

namespace Cairn.Cli.CommandLine;

/// <summary>Arguments and options that several commands have, in the same words.</summary>
internal static class Symbols
{
    public static Argument<string> Uri(string name, string description) => new(name) { Description = description };

    public static Argument<string> Pointer(string name = "POINTER") =>
        Uri(name, "A checkpoint or savepoint: its directory or its _metadata, a URI or a local path.");

    public static Option<bool> Flag(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };

    public static Option<bool> Json() => Flag("--json", "Print one JSON document; its schema is in docs/cli/schemas.");

    public static Option<bool> Recursive(string description) => Flag("--recursive", description, "-r");

    public static Option<TimeSpan> Time(string name, string description, TimeSpan otherwise) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            if (SettingParsers.Time(result.Tokens[0].Value) is { } time && time >= TimeSpan.Zero)
                return time;
            result.AddError($"{name} is '{result.Tokens[0].Value}'; it must be a time like 12h, 30 min or 1d.");
            return default;
        },
    };

    public static Option<int> Number(string name, string description, int otherwise, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            if (SettingParsers.Number(result.Tokens[0].Value) is { } number && number >= least && number <= most)
                return number;
            result.AddError($"{name} is '{result.Tokens[0].Value}'; it must be a whole number from {least} to {most}.");
            return default;
        },
    };
}
