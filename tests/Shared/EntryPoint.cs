using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Cairn.Tests;

/// <summary>
/// What xunit would generate, but that the platform which coverlet works with is a matter of an argument and not of a build: <c>eng/coverage.sh</c> watches
/// the programs that <c>./test.sh</c> runs.
/// </summary>
internal static class EntryPoint
{
    private static readonly string[] PlatformArguments = ["--coverlet", "--server", "--internal-msbuild-node"];

    public static Task<int> Main(string[] args) =>
        args.Intersect(PlatformArguments, StringComparer.Ordinal).Any()
            ? TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : ConsoleRunner.Run(args);
}
