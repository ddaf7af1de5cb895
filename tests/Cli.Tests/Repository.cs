namespace Cairn.Cli.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Providers.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests were not built inside a checkout.");
        return folder.FullName;
    }
}
