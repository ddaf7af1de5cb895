using System.Collections;

namespace Cairn.Cli;

/// <summary>What the tool has around it: streams, environment, clock. A test gives it other ones.</summary>
internal sealed record CliHost
{
    /// <summary>Columns where nobody says how many there are.</summary>
    private const int UsualWidth = 100;

    public required Stream Input { get; init; }

    public required Stream Output { get; init; }

    public required Stream Error { get; init; }

    /// <summary>Whether a person looks at the output; false for pipes and files.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether a person looks at the errors, where progress is shown.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Columns of the terminal that errors go to.</summary>
    public int Width { get; init; } = UsualWidth;

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Where <c>cairn.json</c> is looked for.</summary>
    public required string WorkingDirectory { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>No colours where nobody sees them, where the user says so (https://no-color.org), and where the terminal has none.</summary>
    public bool UsesColors => OutputIsTerminal && Variable("NO_COLOR") is null && Variable("TERM") is not "dumb";

    public string? Variable(string name) => Environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    public static CliHost OfProcess() => new()
    {
        Input = Console.OpenStandardInput(),
        Output = Console.OpenStandardOutput(),
        Error = Console.OpenStandardError(),
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Width = Console.IsErrorRedirected ? UsualWidth : Math.Max(40, Console.WindowWidth),
        Environment = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "", StringComparer.Ordinal),
        WorkingDirectory = System.Environment.CurrentDirectory,
    };
}
