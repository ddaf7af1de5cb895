using System.Text;
using Cairn.FileSystems;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>Strange names are kept byte for byte, or refused; none ever is another file's.</summary>
public sealed class LocalNameTests
{
    public static TheoryData<string> Strange => new(
        "a b", " leading", "trailing dot.", "per%20cent%", "#hash", "who?", "a&b=c", "+", "~", "-rf", "new\nline", "quote'\"", "a:b", "*", "…", "日本語", "é", "e\u0301", "🐈", "\uFFFD",
        new string('x', 255), new string('é', 127), ".cairn-tmp", "..a", "a..", "...");

    [Theory]
    [MemberData(nameof(Strange))]
    public async Task A_strange_name_is_written_listed_found_read_copied_and_deleted(string name)
    {
        await using var folder = new LocalFolder();
        var path = StoragePath.FromKey(folder.Path, $"{folder.Path.Key}/{name}/{name}");
        await folder.Files.WriteAllBytesAsync(path, Encoding.UTF8.GetBytes(name), cancellationToken: LocalFolder.Token);

        Assert.Equal([name, $"{name}/{name}"], folder.Names);
        var listed = Assert.Single(await folder.ListAsync(recursive: true));
        Assert.Equal(path, listed.Path);
        Assert.Equal(listed, await folder.Files.FindAsync(listed.Path, cancellationToken: LocalFolder.Token));
        Assert.Equal(name, Encoding.UTF8.GetString(await folder.Files.ReadAllBytesAsync(listed.Path, cancellationToken: LocalFolder.Token)));
        await folder.Files.CopyAsync(path, folder.Path / "copy", cancellationToken: LocalFolder.Token);
        await folder.Files.DeleteAsync([path, path.Parent!], LocalFolder.Token);
        Assert.Equal(["copy"], folder.Names);
    }

    [Fact]
    public async Task A_key_of_1024_bytes_works_and_a_segment_of_256_is_refused()
    {
        await using var folder = new LocalFolder();
        var key = folder.Path.Key;
        while (key.Length < 1024)
            key += "/" + new string('k', Math.Min(200, 1024 - key.Length - 1));
        var path = StoragePath.FromKey(folder.Path, key);
        Assert.Equal(1024, Encoding.UTF8.GetByteCount(path.Key));

        await folder.Files.WriteAllBytesAsync(path, new byte[3], cancellationToken: LocalFolder.Token);
        Assert.Equal(path, Assert.Single(await folder.ListAsync(recursive: true)).Path);

        foreach (var name in new[] { new string('x', 256), new string('é', 128) })
            Assert.Equal(FileSystemErrorCode.InvalidPath, (await Assert.ThrowsAsync<FileSystemException>(() => folder.WriteAsync(name, "x"))).Code);
    }

    [Theory]
    [InlineData('\uD83D')]
    [InlineData('\uDC08')]
    public async Task Half_a_surrogate_pair_is_refused_before_it_becomes_another_name(int half)
    {
        var name = $"a{(char)half}b";
        await using var folder = new LocalFolder();
        Assert.Equal(FileSystemErrorCode.InvalidPath, (await Assert.ThrowsAsync<FileSystemException>(() => folder.WriteAsync(name, "x"))).Code);
        Assert.Empty(folder.Names);
        await folder.WriteAsync("a\uFFFDb", "kept");
        var raw = StoragePath.FromKey(folder.Path, $"{folder.Path.Key}/{name}");
        Assert.Equal(FileSystemErrorCode.InvalidPath, (await Assert.ThrowsAsync<FileSystemException>(() => folder.Files.DeleteAsync([raw], LocalFolder.Token))).Code);
        Assert.Equal("kept", await folder.ReadTextAsync("a\uFFFDb"));
    }

    [Fact]
    public async Task A_name_with_a_backslash_is_listed_as_not_addressable_and_deleted_as_it_is()
    {
        await using var folder = new LocalFolder();
        await folder.WriteAsync("a/b", "innocent");
        await File.WriteAllTextAsync(Path.Combine(folder.Native, @"a\b"), "odd", LocalFolder.Token);
        Directory.CreateDirectory(Path.Combine(folder.Native, @"c\d"));
        await File.WriteAllTextAsync(Path.Combine(folder.Native, @"c\d", "file"), "below", LocalFolder.Token);

        var odd = (await folder.ListAsync(recursive: true)).Where(entry => !entry.Path.IsAddressable).Select(entry => entry.Path).ToList();
        Assert.Equal(2, odd.Count);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => folder.Files.OpenReadAsync(odd[0], cancellationToken: LocalFolder.Token));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);

        Assert.All(await folder.Files.DeleteAsync(odd, LocalFolder.Token), result => Assert.Null(result.Error));
        Assert.Equal(["a", "a/b", @"c\d"], folder.Names);
        Assert.Equal("innocent", await folder.ReadTextAsync("a/b"));
    }

    [Fact]
    public async Task A_name_that_is_not_utf8_is_not_listed_and_does_not_stand_for_another()
    {
        await using var folder = new LocalFolder();
        Assert.SkipWhen(await Commands.TryRunAsync("sh", "-c", $"printf x > \"$(printf '{folder.Native}/bad-\\377')\"") is { } failure, "no such name can be made here");
        await folder.WriteAsync("bad-\uFFFD", "good");

        var entry = Assert.Single(await folder.ListAsync());
        Assert.Equal("bad-\uFFFD", entry.Path.Name);
        await folder.Files.DeleteAsync(entry.Path, LocalFolder.Token);
        Assert.Single(Directory.GetFiles(folder.Native));
        Assert.Null(await Commands.TryRunAsync("sh", "-c", $"rm {folder.Native}/*"));
    }

    [Fact]
    public async Task Names_that_only_another_store_could_have_are_gone_already()
    {
        await using var folder = new LocalFolder();
        await folder.WriteAsync("a/b", "x");
        StoragePath[] paths = [.. new[] { "a//b", "a/./b", "a/", "a/x/../b" }.Select(key => StoragePath.FromKey(folder.Path, $"{folder.Path.Key}/{key}")), folder.Path / "none"];

        var results = await folder.Files.DeleteAsync(paths, LocalFolder.Token);
        Assert.Equal(paths, results.Select(result => result.Path));
        Assert.All(results, result => Assert.Null(result.Error));
        Assert.Equal("x", await folder.ReadTextAsync("a/b"));
    }
}
