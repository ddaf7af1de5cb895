using Cairn.FileSystems;
using CsCheck;

namespace Cairn.Tests.FileSystems.Paths;

/// <summary>What holds for every text, sampled; a failure prints the seed to run again.</summary>
public sealed class StoragePathPropertyTests
{
    private static readonly StoragePath Bucket = StoragePath.Parse("s3://bucket/");

    private static readonly string[] Special =
    [
        "/", "//", ".", "..", "./", "../", "\\", ":", "://", "?", "&", "=", "%", "%2F", "#", "@", "+", " ", "\t", "é", "世", "😀", "\uD83D", "\0", "s3", "file", "C",
    ];

    /// <summary>Text of what is special to a path, beside ordinary and odd characters.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Int[0, Special.Length - 1].Select(i => Special[i]),
        Gen.String[Gen.Char['a', 'c'], 1, 3]).List[0, 12].Select(string.Concat);

    [Fact]
    public void What_was_printed_parses_to_an_equal_path() => Text.Sample(
        text =>
        {
            if (!StoragePath.TryParse(text, out var path) || path.Path.Length == 0)
                return;
            var again = StoragePath.Parse(path.ToString());
            Assert.Equal(path, again);
            Assert.Equal(path.ToString(), again.ToString());
        },
        iter: 50_000);

    [Fact]
    public void The_normal_form_is_its_own_normal_form() => Text.Sample(
        text =>
        {
            if (!StoragePath.TryParse("s3://bucket/" + text, out var path))
                return;
            Assert.Equal(path.Path, StoragePath.Create("s3", "bucket", path.Path).Path);
            Assert.DoesNotContain("//", path.Path, StringComparison.Ordinal);
            Assert.DoesNotContain("/./", path.Path + "/", StringComparison.Ordinal);
            Assert.True(path.Path == "/" || !path.Path.EndsWith('/'));
        },
        iter: 50_000);

    [Fact]
    public void A_listed_key_is_kept_and_when_addressable_it_is_what_its_text_addresses() => Text.Sample(
        key =>
        {
            var path = StoragePath.FromKey(Bucket, key);
            Assert.Equal(key, path.Key);
            if (path.IsAddressable)
                Assert.Equal(key, StoragePath.Parse(path.ToString()).Key);
            else if (key.Length > 0 && StoragePath.TryParse("s3://bucket/" + key, out var parsed) && !parsed.Path.StartsWith("/..", StringComparison.Ordinal))
                Assert.NotEqual(key, parsed.Key);
        },
        iter: 50_000);

    [Fact]
    public void A_child_lies_within_its_parent_and_its_parent_is_that() => Gen.Select(Text, Text).Sample(
        (first, second) =>
        {
            if (!TryCombine(Bucket, first, out var directory) || !TryCombine(directory, second, out var child) || second.Contains("..", StringComparison.Ordinal))
                return;
            Assert.True(child.IsWithin(directory));
            Assert.True(child.Depth >= directory.Depth);
            if (child.Parent is not { } parent)
                return;
            Assert.Equal(child.Depth - 1, parent.Depth);
            Assert.Equal(child, StoragePath.FromKey(parent, child.Key));
            Assert.Equal(child.Name, child.Key[(parent.Key.Length == 0 ? 0 : parent.Key.Length + 1)..]);
        },
        iter: 50_000);

    private static bool TryCombine(StoragePath directory, string child, out StoragePath path)
    {
        path = directory;
        try
        {
            path = directory / child;
            return true;
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.InvalidPath)
        {
            return false;
        }
    }
}
