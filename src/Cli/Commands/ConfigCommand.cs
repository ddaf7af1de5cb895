using System.CommandLine;
using Cairn.Cli.CommandLine;
using Cairn.Cli.Configuration;
using Cairn.Cli.Output;
using Cairn.FileSystems;

namespace Cairn.Cli.Commands;

/// <summary>The JSON of <c>config</c>.</summary>
/// <param name="Sources">The files and the environment, the weakest first.</param>
/// <param name="Settings">What is in force, secrets masked.</param>
/// <param name="Schemes">The schemes that can be used; none when something is wrong.</param>
/// <param name="Problem">What is wrong with the settings, or null.</param>
internal sealed record ConfigReport(IReadOnlyList<string> Sources, IReadOnlyList<Setting> Settings, IReadOnlyList<string> Schemes, string? Problem);

internal sealed class ConfigCommand : CliCommand
{
    private readonly Option<bool> _json = Symbols.Json();

    public ConfigCommand()
        : base("config", "Show the configuration that is in force and where each setting comes from, secrets masked.") => Add(_json);

    public override IReadOnlyList<(string Line, string Does)> Examples { get; } =
    [
        ("cairn config", "which endpoint, which credentials, from which file or variable"),
        ("CAIRN__FileSystems__s3__ServiceUrl=http://localhost:9000 cairn config", "a variable is stronger than cairn.json"),
    ];

    public override Task<int> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var (schemes, problem) = Stores(session);
        var report = new ConfigReport([.. session.Configuration.Sources.Select(s => s.Name)], [.. session.Configuration.InForce()], schemes, problem);
        if (arguments.GetValue(_json))
            session.Terminal.WriteJson(report, CliJson.Readable.ConfigReport);
        else
            Show(session.Terminal, report);
        return Task.FromResult(problem is null ? ExitCode.Done : ExitCode.Usage);
    }

    private static (IReadOnlyList<string> Schemes, string? Problem) Stores(Session session)
    {
        try
        {
            return ([.. session.FileSystems.Schemes.Order(StringComparer.Ordinal)], null);
        }
        catch (FileSystemException e)
        {
            return ([], e.Message);
        }
    }

    private static void Show(Terminal terminal, ConfigReport report)
    {
        foreach (var setting in report.Settings)
            terminal.WriteLine($"{setting.Key} = {setting.Value}  ({setting.Source})");
        if (report.Settings.Count == 0)
            terminal.WriteLine($"Nothing is configured: there is no {CliConfiguration.FileName} here or in the home directory, and no CAIRN__… in the environment.");
        terminal.WriteLine(report.Problem ?? $"schemes: {string.Join(", ", report.Schemes)}");
    }
}
