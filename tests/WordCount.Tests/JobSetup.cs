namespace Cairn.WordCount.Tests;

/// <summary>What one start of the sample is given.</summary>
internal sealed record JobSetup(string Folder)
{
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public JobSetup With(params string[] arguments) => this with { Arguments = [.. Arguments, .. arguments] };

    public JobSetup WithEnvironment(string name, string value) => this with { Environment = new Dictionary<string, string>(Environment) { [name] = value } };
}
