using Cairn.Conformance.FileSystems;
using Cairn.FileSystems;
using Cairn.Tests.FileSystems.Local;

namespace Cairn.Tests.FileSystems;

public sealed class LocalConformanceTests
{
    private static readonly StoreFeature[] Lacking = [StoreFeature.Buckets, StoreFeature.Rights];

    public static TheoryData<string> Cases { get; } = [.. FileSystemConformance.NamesFor(Lacking)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Local_files_hold_the_contract(string name) =>
        Assert.Null(await FileSystemConformance.RunAsync(name, () => new LocalHarness(), TestContext.Current.CancellationToken));

    [Fact]
    public Task What_is_left_out_of_the_contract_does_not_apply() =>
        FileSystemConformance.CheckLeftOutAsync(() => new LocalHarness(), Lacking, TestContext.Current.CancellationToken);

    [Fact]
    public async Task Deleting_a_tree_takes_a_link_to_a_directory_and_nothing_behind_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Links need no rights on Linux.");
        await using var harness = new LocalHarness();
        var (tree, outside) = (harness.Directory.Path + "/tree", harness.Directory.Path + "/outside");
        Directory.CreateDirectory(tree + "/sub/deeper");
        Directory.CreateDirectory(outside + "/empty");
        await File.WriteAllTextAsync(outside + "/file", "stays", TestContext.Current.CancellationToken);
        Directory.CreateSymbolicLink(tree + "/sub/link", outside);

        var result = await harness.FileSystem.DeleteTreeAsync(harness.Directory / "tree", TestContext.Current.CancellationToken);

        result.ThrowIfFailed();
        Assert.False(Directory.Exists(tree));
        Assert.True(Directory.Exists(outside + "/empty"));
        Assert.True(File.Exists(outside + "/file"));
    }
}
