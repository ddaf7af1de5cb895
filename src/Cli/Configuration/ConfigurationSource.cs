namespace Cairn.Cli.Configuration;

/// <summary>One place that settings come from, with what it says.</summary>
/// <param name="Name">As a person knows it: a file's path, or <c>environment</c>.</param>
/// <param name="Settings">Key, as <c>Cairn:FileSystems:s3:Region</c>, and value.</param>
internal sealed record ConfigurationSource(string Name, IReadOnlyDictionary<string, string?> Settings);
