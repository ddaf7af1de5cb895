using System.Reflection;
using Cairn.Conformance.FileSystems.Cases;

namespace Cairn.Conformance.FileSystems;

/// <summary>
/// The contract of <see cref="Cairn.FileSystems.IFileSystem"/>, once, as named cases. A provider's tests run each of <see cref="Names"/>
/// with <see cref="RunAsync"/> on a harness of their own, in one theory.
/// </summary>
public static class FileSystemConformance
{
    private static readonly Type[] Groups =
    [
        typeof(FindCases), typeof(ReadCases), typeof(WriteCases), typeof(CommitCases), typeof(WriterStateCases), typeof(CancellationCases), typeof(RaceCases),
        typeof(ListCases), typeof(NameCases), typeof(UnaddressableKeyCases), typeof(DeleteCases), typeof(CopyCases), typeof(DirectoryCases), typeof(SweepCases),
        typeof(RefusalCases), typeof(DisposalCases), typeof(ConvenienceCases),
    ];

    private static readonly Dictionary<string, Func<FileSystemHarness, CancellationToken, Task>> Cases = Groups.SelectMany(CasesOf).ToDictionary();

    /// <summary>The names of all cases, as <c>Group.What_holds</c>.</summary>
    public static IReadOnlyCollection<string> Names => Cases.Keys;

    /// <summary>Runs one case on a fresh harness, and disposes that.</summary>
    /// <returns>Null when the contract holds; the reason when the case does not apply to this store.</returns>
    /// <exception cref="ConformanceException">The contract does not hold.</exception>
    public static async Task<string?> RunAsync(string name, Func<FileSystemHarness> open, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        await using var harness = open();
        try
        {
            await Cases[name](harness, cancellationToken);
            return null;
        }
        catch (NotApplicableException reason)
        {
            return reason.Message;
        }
    }

    private static IEnumerable<KeyValuePair<string, Func<FileSystemHarness, CancellationToken, Task>>> CasesOf(Type cases) =>
        from method in cases.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        let name = $"{cases.Name.Replace("Cases", "", StringComparison.Ordinal)}.{method.Name}"
        select KeyValuePair.Create(name, method.CreateDelegate<Func<FileSystemHarness, CancellationToken, Task>>());
}
