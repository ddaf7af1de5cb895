using Cairn.Conformance.FileSystems;
using Cairn.FileSystems.Layers;

namespace Cairn.Tests.FileSystems.Memory;

public sealed class MemoryConformanceTests
{
    private static readonly StoreFeature[] Lacking = [StoreFeature.RealDirectories, StoreFeature.AbandonedWrites, StoreFeature.Buckets, StoreFeature.Rights];

    public static TheoryData<string> Cases { get; } = [.. FileSystemConformance.NamesFor(Lacking)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Memory_holds_the_contract(string name) =>
        Assert.Null(await FileSystemConformance.RunAsync(name, () => new MemoryHarness(), TestContext.Current.CancellationToken));

    [Fact]
    public Task What_is_left_out_of_the_contract_does_not_apply() =>
        FileSystemConformance.CheckLeftOutAsync(() => new MemoryHarness(), Lacking, TestContext.Current.CancellationToken);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Memory_behind_every_layer_holds_the_contract(string name)
    {
        var limits = new ConcurrencyLimits { Total = 24, Reading = 20, Writing = 20, WaitTimeout = TimeSpan.FromSeconds(30) };
        var layered = () => new MemoryHarness(fileSystem => new TelemetryLayer(new ConcurrencyLimitLayer(fileSystem, limits)));
        Assert.Null(await FileSystemConformance.RunAsync(name, layered, TestContext.Current.CancellationToken));
    }
}
