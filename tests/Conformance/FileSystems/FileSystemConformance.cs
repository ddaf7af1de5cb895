using System.Reflection;
using Cairn.Conformance.FileSystems.Cases;

namespace Cairn.Conformance.FileSystems;

/// <summary>
/// The contract of <see cref="Cairn.FileSystems.IFileSystem"/>, once, as named cases. A provider's tests run each of <see cref="NamesFor"/>
/// with <see cref="RunAsync"/> on a harness of their own, in one theory; and those that are left out with
/// <see cref="CheckLeftOutAsync"/>, in one fact.
/// </summary>
public static class FileSystemConformance
{
    private static readonly Type[] Groups =
    [
        typeof(FindCases), typeof(ReadCases), typeof(WriteCases), typeof(CommitCases), typeof(WriterStateCases), typeof(CancellationCases), typeof(RaceCases),
        typeof(ListCases), typeof(NameCases), typeof(UnaddressableKeyCases), typeof(DeleteCases), typeof(CopyCases), typeof(DirectoryCases), typeof(SweepCases),
        typeof(RefusalCases), typeof(DisposalCases), typeof(ConvenienceCases),
    ];

    private static readonly Dictionary<string, MethodInfo> Cases = Groups.SelectMany(CasesOf).ToDictionary();

    /// <summary>The names of all cases, as <c>Group.What_holds</c>.</summary>
    public static IReadOnlyCollection<string> Names => Cases.Keys;

    /// <summary>The names of the cases that apply to a store, without looking at one: tests are listed before any server runs.</summary>
    /// <param name="lacking">What the store lacks; nothing, for one that has everything.</param>
    public static IEnumerable<string> NamesFor(params StoreFeature[] lacking) => Cases.Where(entry => Applies(entry.Value, lacking)).Select(entry => entry.Key);

    /// <summary>Fails when a case that <see cref="NamesFor"/> leaves out applies all the same, so that no store says it lacks what it has.</summary>
    /// <exception cref="ConformanceException">One applies.</exception>
    public static async Task CheckLeftOutAsync(Func<FileSystemHarness> open, StoreFeature[] lacking, CancellationToken cancellationToken = default)
    {
        foreach (var name in Names.Except(NamesFor(lacking), StringComparer.Ordinal))
            Expect.True(await RunAsync(name, open, cancellationToken) is not null, $"'{name}', which is left out, not to apply");
    }

    /// <summary>Runs one case on a fresh harness, and disposes that.</summary>
    /// <returns>Null when the contract holds; the reason when the case does not apply to this store.</returns>
    /// <exception cref="ConformanceException">The contract does not hold.</exception>
    public static async Task<string?> RunAsync(string name, Func<FileSystemHarness> open, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        await using var harness = open();
        try
        {
            await Cases[name].CreateDelegate<Func<FileSystemHarness, CancellationToken, Task>>()(harness, cancellationToken);
            return null;
        }
        catch (NotApplicableException reason)
        {
            return reason.Message;
        }
    }

    private static bool Applies(MethodInfo method, StoreFeature[] lacking) =>
        method.GetCustomAttribute<NeedsAttribute>() is not { } needs || needs.Features.All(feature => lacking.Contains(feature) == needs.Absent);

    private static IEnumerable<KeyValuePair<string, MethodInfo>> CasesOf(Type cases) =>
        from method in cases.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        let name = $"{cases.Name.Replace("Cases", "", StringComparison.Ordinal)}.{method.Name}"
        select KeyValuePair.Create(name, method);
}
