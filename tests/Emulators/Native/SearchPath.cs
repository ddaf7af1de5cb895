namespace Cairn.Emulators.Native;

/// <summary>Where the system looks for programs.</summary>
internal static class SearchPath
{
    public static bool Has(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
