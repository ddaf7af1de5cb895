using Cairn.Conformance.FileSystems;
using Cairn.FileSystems.Layers;

namespace Cairn.Tests.FileSystems.Memory;

public sealed class MemoryConformanceTests
{
    public static TheoryData<string> Cases { get; } = [.. FileSystemConformance.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Memory_holds_the_contract(string name) =>
        SkipIf(await FileSystemConformance.RunAsync(name, () => new MemoryHarness(), TestContext.Current.CancellationToken));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Memory_behind_every_layer_holds_the_contract(string name)
    {
        var limits = new ConcurrencyLimits { Total = 24, Reading = 20, Writing = 20, WaitTimeout = TimeSpan.FromSeconds(30) };
        var layered = () => new MemoryHarness(fileSystem => new TelemetryLayer(new ConcurrencyLimitLayer(fileSystem, limits)));
        SkipIf(await FileSystemConformance.RunAsync(name, layered, TestContext.Current.CancellationToken));
    }

    private static void SkipIf(string? reason) => Assert.SkipWhen(reason is not null, reason ?? "");
}
