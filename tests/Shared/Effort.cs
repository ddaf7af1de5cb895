using System.Globalization;
using System.Runtime.InteropServices;

namespace Cairn.Tests;

/// <summary>
/// How much a test tries: little by default, much in a full run (<c>CAIRN_FULL=1</c>), which writes a report. Where continuous integration runs a suite
/// again, for another server or for the coverage, and between two edits, a test tries a quarter of the little (<c>CAIRN_BRIEF=1</c>).
/// </summary>
internal static class Effort
{
    private static readonly SemaphoreSlim Reports = new(1);

    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("CAIRN_FULL") == "1";

    private static readonly int Share = Environment.GetEnvironmentVariable("CAIRN_BRIEF") == "1" ? 4 : 1;

    /// <summary>How many times.</summary>
    public static int Of(int quick, int full) => IsFull ? full : Math.Max(1, quick / Share);

    /// <summary>Of how many one is tried; in a full run each.</summary>
    public static int OneOf(int quick) => IsFull ? 1 : quick * Share;

    /// <summary>A seed by chance, or the one in <c>CAIRN_SEED</c>; printed either way.</summary>
    public static int Seed()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CAIRN_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"CAIRN_SEED={seed}");
        return seed;
    }

    /// <summary>Prints what the current test saw; a full run also writes it to <c>docs/reports</c>.</summary>
    /// <param name="file">The report's name, with its ending.</param>
    /// <param name="title">Its first line.</param>
    /// <param name="server">What the test ran against.</param>
    /// <param name="text">What it saw.</param>
    public static async Task ReportAsync(string file, string title, string server, string text)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(text);
        if (!IsFull)
            return;
        var test = TestContext.Current.TestMethod!;
        var project = typeof(Effort).Assembly.GetName().Name!["Cairn.".Length..];
        await Repository.WriteReportAsync(file, $"""
            # {title}

            `CAIRN_FULL=1 dotnet run --project tests/{project} -c Release -- -method '*{test.TestClass.TestClassSimpleName}.{test.MethodName}'`, on {server}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}.

            {text.Trim()}

            """);
    }

    /// <summary>As <see cref="ReportAsync"/>, for a test of several cases that each add their line, <c>case: what was seen</c>; the other cases' lines stay.</summary>
    public static async Task ReportCaseAsync(string file, string title, string server, string text, string name, string seen)
    {
        await Reports.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            var others = IsFull ? (await Repository.ReadReportAsync(file))
                .Where(line => line.StartsWith("* ", StringComparison.Ordinal) && !line.StartsWith($"* {name}: ", StringComparison.Ordinal)) : [];
            await ReportAsync(file, title, server, $"{text}\n\n{string.Join('\n', others.Append($"* {name}: {seen}").Order(StringComparer.Ordinal))}");
        }
        finally
        {
            Reports.Release();
        }
    }
}
