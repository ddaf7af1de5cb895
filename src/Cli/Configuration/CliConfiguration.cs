using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Cairn.Cli.Configuration;

/// <summary>
/// What the tool is configured with, the strongest last: <c>cairn.json</c> of the home directory, <c>cairn.json</c> of this folder (or in place of both the
/// file that <c>--config</c> names), and the environment's <c>CAIRN__…</c>. The clouds' own variables are read by their SDKs and only listed here.
/// </summary>
internal sealed class CliConfiguration(CliHost host, string? file)
{
    public const string FileName = "cairn.json";

    private const string Prefix = "CAIRN__";

    /// <summary>Variables that the clouds' SDKs read by themselves.</summary>
    private static readonly string[] CloudPrefixes = ["AWS_", "AZURE_", "IDENTITY_", "MSI_"];

    private readonly Lazy<IReadOnlyList<ConfigurationSource>> _sources = new(() => [.. ReadSources(host, file)]);
    private readonly Dictionary<string, string?> _otherwise = new(StringComparer.OrdinalIgnoreCase);
    private IConfigurationRoot? _root;

    /// <summary>The places that say something, the weakest first.</summary>
    public IReadOnlyList<ConfigurationSource> Sources => _sources.Value;

    public IConfigurationRoot Root => _root ??= Build();

    /// <summary>What a command wants where nobody says otherwise; before the stores are opened.</summary>
    public void Prefer(string key, string value) => _otherwise[key] = value;

    /// <summary>Every setting that is in force, its secrets masked, by key; then the clouds' variables.</summary>
    public IEnumerable<Setting> InForce()
    {
        var settings = new SortedDictionary<string, Setting>(StringComparer.OrdinalIgnoreCase);
        foreach (var source in Sources)
        {
            foreach (var (key, value) in source.Settings.Where(s => s.Value is not null))
                settings[key] = new Setting(key, Secrets.Show(key, value!), source.Name);
        }
        var cloud = CloudVariables().Select(v => new Setting(v.Key, Secrets.Show(v.Key, v.Value), "environment"));
        return settings.Values.Concat(cloud);
    }

    /// <summary>Every text that must not be printed.</summary>
    public IEnumerable<string> SecretTexts()
    {
        var configured = Sources.SelectMany(source => source.Settings).Where(s => s.Value is not null).SelectMany(s => Secrets.Of(s.Key, s.Value!));
        return configured.Concat(CloudVariables().SelectMany(v => Secrets.Of(v.Key, v.Value))).Distinct(StringComparer.Ordinal);
    }

    private IConfigurationRoot Build()
    {
        var builder = new ConfigurationBuilder().Add(new MemoryConfigurationSource { InitialData = _otherwise });
        foreach (var source in Sources)
            builder.Add(new MemoryConfigurationSource { InitialData = source.Settings });
        return builder.Build();
    }

    private IEnumerable<KeyValuePair<string, string>> CloudVariables() => host.Environment
        .Where(v => v.Value.Length > 0 && CloudPrefixes.Any(prefix => v.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
        .OrderBy(v => v.Key, StringComparer.Ordinal);

    private static IEnumerable<ConfigurationSource> ReadSources(CliHost host, string? file)
    {
        if (file is not null)
        {
            yield return File.Exists(file) ? ReadFile(file) : throw new UsageException($"There is no configuration file '{file}' (--config).");
        }
        else
        {
            var home = host.Variable("HOME") ?? host.Variable("USERPROFILE");
            string?[] folders = [home, host.WorkingDirectory];
            foreach (var folder in folders.OfType<string>().Distinct(StringComparer.Ordinal))
            {
                if (Path.Combine(folder, FileName) is var path && File.Exists(path))
                    yield return ReadFile(path);
            }
        }
        // The Azure provider asks the configuration for its connection string; the SDKs ask the process for everything else.
        var variables = host.Environment
            .Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(v => "Cairn:" + v.Key[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal), string? (v) => v.Value, StringComparer.OrdinalIgnoreCase);
        if (host.Variable("AZURE_STORAGE_CONNECTION_STRING") is { } connection)
            variables["AZURE_STORAGE_CONNECTION_STRING"] = connection;
        if (variables.Count > 0)
            yield return new ConfigurationSource("environment", variables);
    }

    private static ConfigurationSource ReadFile(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var settings = new ConfigurationBuilder().AddJsonStream(stream).Build().AsEnumerable();
            return new ConfigurationSource(path, settings.Where(s => s.Value is not null).ToDictionary(StringComparer.OrdinalIgnoreCase));
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The configuration file '{path}' cannot be read: {(e.InnerException ?? e).Message}", e);
        }
    }
}
