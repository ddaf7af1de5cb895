namespace Cairn.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Writes a report that is committed, <c>docs/reports/<paramref name="file"/></c>.</summary>
    public static Task WriteReportAsync(string file, string report) =>
        File.WriteAllTextAsync(Path.Combine(Root, "docs", "reports", file), report.ReplaceLineEndings("\n"));

    /// <summary>The lines of a report that is there already; none when it is not.</summary>
    public static async Task<string[]> ReadReportAsync(string file) =>
        Path.Combine(Root, "docs", "reports", file) is var path && File.Exists(path) ? await File.ReadAllLinesAsync(path) : [];

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Providers.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests were not built inside a checkout.");
        return folder.FullName;
    }
}
