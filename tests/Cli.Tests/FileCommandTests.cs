using System.Text;
using System.Text.Json;
using Cairn.Cli.Tests.Running;
using Cairn.Cli.Tests.Stores;

namespace Cairn.Cli.Tests;

/// <summary>Files on every store, and from store to store.</summary>
public sealed class FileCommandTests
{
    public static TheoryData<string> Stores => TestStore.Names;

    public static TheoryData<string, string> Pairs { get; } =
        new() { { "file", "s3" }, { "s3", "file" }, { "file", "azure" }, { "azure", "s3" }, { "file", "file" }, { "s3", "s3" }, { "azure", "azure" } };

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task What_is_put_is_what_cat_prints(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);

        var put = await Tool.RunAsync(new Surroundings { Environment = store.Environment, Input = bytes }, "put", "-", $"{store.Root}/x y");
        var cat = (await store.RunAsync("cat", $"{store.Root}/x y")).Done();

        Assert.Equal($"{store.Root}/x y: 293.0 KiB.\n", put.Done().Out);
        Assert.Equal(bytes, cat.Bytes);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Put_if_absent_leaves_what_is_there(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        using var folder = new TestFolder();
        var file = folder.Write("mine", "first");
        (await store.RunAsync("put", file, $"{store.Root}/")).Done();
        folder.Write("mine", "second");

        Assert.Contains("exists already", (await store.RunAsync("put", file, $"{store.Root}/mine", "--if-absent")).Failed(), StringComparison.Ordinal);
        Assert.Equal("first", Encoding.UTF8.GetString(await store.ReadAsync("mine")));

        (await store.RunAsync("put", file, $"{store.Root}/mine")).Done();
        Assert.Equal("second", Encoding.UTF8.GetString(await store.ReadAsync("mine")));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_directory_is_listed_one_line_each(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        await store.WriteAsync("a", "12345");
        await store.WriteAsync("chk-1/b", "1");
        await store.WriteAsync("chk-10/c", "1");

        Assert.Equal([$"{store.Root}/a", $"{store.Root}/chk-1/", $"{store.Root}/chk-10/"], (await store.RunAsync("ls", $"{store.Root}")).Done().Lines.Order(StringComparer.Ordinal));
        Assert.Equal([$"{store.Root}/chk-1/b"], (await store.RunAsync("ls", "-r", $"{store.Root}/chk-1")).Done().Lines);
        Assert.Matches(@"^ +5 B  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  \S+/a$", Assert.Single((await store.RunAsync("ls", "-l", $"{store.Root}/a")).Done().Lines));

        using var json = JsonDocument.Parse((await store.RunAsync("ls", "-r", "--json", $"{store.Root}")).Done().Bytes);
        Assert.Equal(7, json.RootElement.GetProperty("entries").EnumerateArray().Sum(e => e.GetProperty("bytes").GetInt64()));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task What_is_not_there_is_an_error_of_one_line(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        foreach (var args in new[] { new[] { "ls" }, ["cat"], ["rm"], ["rm", "-r"], ["du"], ["checkpoints"], ["inspect"], ["verify"], ["files"] })
            (await store.RunAsync([.. args, $"{store.Root}/nothing"])).Failed();
        (await store.RunAsync("cp", $"{store.Root}/nothing", $"{store.Root}/x")).Failed();
        (await store.RunAsync("cp", "-r", $"{store.Root}/nothing", $"{store.Root}/x")).Failed();
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Sizes_are_added_up_by_directory(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        await store.WriteAsync("big/a", new byte[2048]);
        await store.WriteAsync("big/b/c", new byte[1024]);
        await store.WriteAsync("small/d", new byte[100]);
        await store.WriteAsync("e", new byte[1]);

        using var json = JsonDocument.Parse((await store.RunAsync("du", "--json", $"{store.Root}")).Done().Bytes);

        Assert.Equal((4, 3173), (json.RootElement.GetProperty("files").GetInt32(), json.RootElement.GetProperty("bytes").GetInt32()));
        Assert.Equal([("big", 2, 3072), ("small", 1, 100)], json.RootElement.GetProperty("directories").EnumerateArray()
            .Select(d => (d.GetProperty("path").GetString()![(store.Root.ToString().Length + 1)..], d.GetProperty("files").GetInt32(), d.GetProperty("bytes").GetInt32())));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_tree_is_deleted_only_when_asked_for_in_full(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        await store.WriteAsync("tree/a", "1");
        await store.WriteAsync("tree/b/c", "1");
        await store.WriteAsync("tree-2", "1");

        Assert.Contains("add -r", (await store.RunAsync("rm", $"{store.Root}/tree")).Failed(2), StringComparison.Ordinal);
        Assert.Contains("2 files (2 B) would be deleted", (await store.RunAsync("rm", "-r", "--dry-run", $"{store.Root}/tree")).Done().Out, StringComparison.Ordinal);
        Assert.Equal(3, (await store.FilesAsync()).Count);

        (await store.RunAsync("rm", "-r", $"{store.Root}/tree")).Done();
        Assert.Equal(["tree-2"], await store.FilesAsync());
        (await store.RunAsync("rm", $"{store.Root}/tree-2")).Done();
        Assert.Empty(await store.FilesAsync());
    }

    [Fact]
    public async Task The_root_of_a_store_is_not_deleted() => Assert.Contains("root of a store", (await Tool.RunAsync("rm", "-r", "/")).Failed(2), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_tree_is_copied_and_a_second_run_skips_what_is_there(string fromName, string toName)
    {
        await using var from = await TestStore.OpenAsync(fromName);
        await using var to = await TestStore.OpenAsync(toName);
        var environment = TestStore.Together(from, to);
        for (var i = 0; i < 40; i++)
            await from.WriteAsync($"src/d{i % 3}/f{i}", $"content {i}");
        await from.WriteAsync("src/empty", "");
        await from.WriteAsync("src/long", new byte[6 * 1024 * 1024]);
        string[] copy = ["cp", "-r", $"{from.Root}/src", $"{to.Root}/dst", "--json"];

        Assert.Equal((42, 0), await CopyAsync(environment, copy));
        Assert.Equal((await from.FilesAsync()).Select(f => f["src/".Length..]), (await to.FilesAsync()).Where(f => f.StartsWith("dst/", StringComparison.Ordinal)).Select(f => f["dst/".Length..]));
        Assert.Equal("content 7", Encoding.UTF8.GetString(await to.ReadAsync("dst/d1/f7")));
        Assert.Equal((0, 42), await CopyAsync(environment, copy));

        // The same size with other bytes is not the same file.
        await to.WriteAsync("dst/d1/f7", "c0ntent 7");
        Assert.Equal((1, 41), await CopyAsync(environment, copy));
        Assert.Equal("content 7", Encoding.UTF8.GetString(await to.ReadAsync("dst/d1/f7")));
    }

    [Theory]
    [InlineData("s3")]
    [InlineData("azure")]
    public async Task A_long_file_comes_over_several_connections_and_is_whole(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        using var folder = new TestFolder();
        var bytes = new byte[65 * 1024 * 1024 + 1];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync($"{folder.Path}/up", bytes, TestContext.Current.CancellationToken);

        (await store.RunAsync("cp", $"{folder.Path}/up", $"{store.Root}/long")).Done();
        (await store.RunAsync("cp", $"{store.Root}/long", $"{folder.Path}/down")).Done();

        Assert.Equal(bytes, await File.ReadAllBytesAsync($"{folder.Path}/down", TestContext.Current.CancellationToken));
        Assert.Contains("1 already there", (await store.RunAsync("cp", $"{store.Root}/long", $"{folder.Path}/down")).Done().Out, StringComparison.Ordinal);
    }

    /// <summary>A directory stands where a file is to go: that file cannot be copied, the others can.</summary>
    [Fact]
    public async Task A_file_that_cannot_be_copied_does_not_stop_the_others()
    {
        await using var store = await TestStore.OpenAsync("s3");
        using var folder = new TestFolder();
        await store.WriteAsync("src/a", "1");
        await store.WriteAsync("src/a/b", "1");
        await store.WriteAsync("src/c", "1");

        var result = await store.RunAsync("cp", "-r", "--parallel", "1", $"{store.Root}/src", $"{folder.Path}/dst");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("2 files copied (2 B), 1 failed", result.Out, StringComparison.Ordinal);
        Assert.Contains($"{store.Root}/src/a/b: ", result.Error, StringComparison.Ordinal);
        Assert.True(File.Exists($"{folder.Path}/dst/c"));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task What_is_moved_is_no_longer_where_it_was(string fromName, string toName)
    {
        await using var from = await TestStore.OpenAsync(fromName);
        await using var to = await TestStore.OpenAsync(toName);
        await from.WriteAsync("src/a", "a");
        await from.WriteAsync("src/d/b", "b");
        await from.WriteAsync("one", "1");

        (await Tool.RunAsync(TestStore.Together(from, to), "mv", "-r", $"{from.Root}/src", $"{to.Root}/dst")).Done();
        (await Tool.RunAsync(TestStore.Together(from, to), "mv", $"{from.Root}/one", $"{to.Root}/dst/")).Done();

        Assert.DoesNotContain(await from.FilesAsync(), f => f.StartsWith("src", StringComparison.Ordinal) || f == "one");
        Assert.Equal(["dst/a", "dst/d/b", "dst/one"], await to.FilesAsync());
    }

    [Fact]
    public async Task A_directory_is_not_copied_into_itself()
    {
        await using var store = await TestStore.OpenAsync("file");
        await store.WriteAsync("a/b", "1");

        Assert.Contains("into itself", (await store.RunAsync("cp", "-r", $"{store.Root}/a", $"{store.Root}/a/c")).Failed(2), StringComparison.Ordinal);
        Assert.Contains("add -r", (await store.RunAsync("cp", $"{store.Root}/a", $"{store.Root}/c")).Failed(2), StringComparison.Ordinal);
        Assert.Contains("to itself", (await store.RunAsync("cp", $"{store.Root}/a/b", $"{store.Root}/a/")).Failed(2), StringComparison.Ordinal);
    }

    private static async Task<(int Copied, int Skipped)> CopyAsync(IReadOnlyDictionary<string, string> environment, string[] copy)
    {
        using var json = JsonDocument.Parse((await Tool.RunAsync(environment, copy)).Done().Bytes);
        return (json.RootElement.GetProperty("copied").GetInt32(), json.RootElement.GetProperty("skipped").GetInt32());
    }
}
