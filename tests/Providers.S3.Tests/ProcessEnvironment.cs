namespace Cairn.Providers.S3.Tests;

/// <summary>Tests that look at, or change, the variables of this process; they run one after the other, and nothing runs beside them.</summary>
[CollectionDefinition(nameof(ProcessEnvironment), DisableParallelization = true)]
public sealed class ProcessEnvironment
{
    /// <summary>Sets variables until it is disposed.</summary>
    public static IDisposable Set(params (string Name, string Value)[] variables) => new Scope(variables);

    private sealed class Scope : IDisposable
    {
        private readonly List<(string Name, string? Before)> _before = [];

        public Scope((string Name, string Value)[] variables)
        {
            foreach (var (name, value) in variables)
            {
                _before.Add((name, Environment.GetEnvironmentVariable(name)));
                Environment.SetEnvironmentVariable(name, value);
            }
        }

        public void Dispose()
        {
            foreach (var (name, before) in _before)
                Environment.SetEnvironmentVariable(name, before);
        }
    }
}
