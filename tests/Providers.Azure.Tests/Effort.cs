using System.Globalization;
using System.Runtime.InteropServices;

namespace Cairn.Providers.Azure.Tests;

/// <summary>How much a test tries: little by default, much in a full run (<c>CAIRN_FULL=1</c>), which writes a report.</summary>
internal static class Effort
{
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("CAIRN_FULL") == "1";

    public static int Of(int quick, int full) => IsFull ? full : quick;

    /// <summary>A seed by chance, or the one in <c>CAIRN_SEED</c>; printed either way.</summary>
    public static int Seed()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CAIRN_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"CAIRN_SEED={seed}");
        return seed;
    }

    /// <summary>Prints what a test saw; a full run also writes it to <c>docs/reports</c>.</summary>
    public static async Task ReportAsync(string file, string title, AzureStore store, string text)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(text);
        if (!IsFull)
            return;
        var test = TestContext.Current.TestMethod!;
        var report = $"""
            # {title}

            `CAIRN_FULL=1 dotnet run --project tests/Providers.Azure.Tests -c Release -- -method '*{test.TestClass.TestClassSimpleName}.{test.MethodName}'`, on {store.Endpoint.Description.Split(" at ", 2)[0]}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}.

            {text.Trim()}

            """;
        await File.WriteAllTextAsync(Path.Combine(Root, "docs", "reports", $"{file}.md"), report.ReplaceLineEndings("\n"));
    }

    /// <summary>The folder of the checkout.</summary>
    public static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Providers.sln")))
                folder = folder.Parent ?? throw new InvalidOperationException("The tests were not built inside a checkout.");
            return folder.FullName;
        }
    }
}
