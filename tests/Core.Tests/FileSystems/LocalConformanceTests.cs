using Cairn.Conformance.FileSystems;
using Cairn.FileSystems;
using Cairn.FileSystems.Local;

namespace Cairn.Tests.FileSystems;

public sealed class LocalConformanceTests
{
    public static TheoryData<string> Cases { get; } = [.. FileSystemConformance.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Local_files_hold_the_contract(string name)
    {
        var skipped = await FileSystemConformance.RunAsync(name, () => new LocalHarness(), TestContext.Current.CancellationToken);
        Assert.SkipWhen(skipped is not null, skipped ?? "");
    }

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

    private sealed class LocalHarness : FileSystemHarness
    {
        private readonly string _native = System.IO.Directory.CreateTempSubdirectory("cairn-conformance-").FullName;

        public override IFileSystem FileSystem { get; } = new LocalFileSystem();

        public override StoragePath Directory => StoragePath.FromLocal(_native) / "case";

        public override IFileSystem OpenAnother() => new LocalFileSystem();

        /// <summary>A name with a backslash or a blank at its end is a file's name on Linux, and no path's.</summary>
        public override async Task<bool> TryPlantAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            if (OperatingSystem.IsWindows() || key.Split('/').Any(segment => segment is "" or "." or ".."))
                return false;
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName("/" + key)!);
            await File.WriteAllBytesAsync("/" + key, bytes, cancellationToken);
            return true;
        }

        public override async Task<bool> TryAbandonAsync(StoragePath path, CancellationToken cancellationToken)
        {
            System.IO.Directory.CreateDirectory(path.Parent!.Path);
            await File.WriteAllTextAsync($"{path.Parent}/.{Guid.NewGuid():N}.cairn-tmp"["file:".Length..], "half a file", cancellationToken);
            return true;
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            System.IO.Directory.Delete(_native, recursive: true);
        }
    }
}
