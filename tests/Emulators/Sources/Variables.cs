namespace Cairn.Emulators.Sources;

/// <summary>Environment variables; one that is empty counts as not set, as CI systems leave them.</summary>
internal static class Variables
{
    public static string? Find(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // Half a configuration is a mistake to be told, not a reason to test something else.
    public static string Get(string name, string because) =>
        Find(name) ?? throw new EmulatorStartException($"{because} is set, but {name} is not");

    public static Uri ParseHttpAddress(string name, string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new EmulatorStartException($"{name} must be an http or https address, and is '{address}'");
}
