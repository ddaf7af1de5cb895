using Cairn.Conformance.FileSystems;
using Cairn.Emulators;

namespace Cairn.Providers.S3.Tests;

public abstract class S3ConformanceTests(S3ServerKind server)
{
    private static readonly StoreFeature[] Lacking = [StoreFeature.RealDirectories];

    public static TheoryData<string> Cases { get; } = [.. FileSystemConformance.NamesFor(Lacking)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task S3_holds_the_contract(string name)
    {
        var store = await S3Store.OpenAsync(server);
        Assert.Null(await FileSystemConformance.RunAsync(name, () => new S3Harness(store), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_left_out_of_the_contract_does_not_apply()
    {
        var store = await S3Store.OpenAsync(server);
        await FileSystemConformance.CheckLeftOutAsync(() => new S3Harness(store), Lacking, TestContext.Current.CancellationToken);
    }

    public sealed class OnWeak() : S3ConformanceTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3ConformanceTests(S3ServerKind.Strict);
}
