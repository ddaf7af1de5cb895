using System.Text;
using Cairn.FileSystems;

namespace Cairn.Tests.FileSystems.Paths;

public sealed class StoragePathTests
{
    private static readonly StoragePath Bucket = StoragePath.Parse("s3://bucket/");

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("file:")]
    [InlineData("file:a")]
    [InlineData("://a")]
    [InlineData("1s://b/a")]
    [InlineData("s_3://b/a")]
    [InlineData("C:/a")]
    [InlineData("C:\\a")]
    [InlineData("c:")]
    [InlineData("s3://b/a\0b")]
    [InlineData("s3://b\\c/a")]
    [InlineData("s3://b/a /")]
    [InlineData("./a:b")]
    public void What_is_no_path_is_refused(string text)
    {
        Assert.Equal(FileSystemErrorCode.InvalidPath, Assert.Throws<FileSystemException>(() => StoragePath.Parse(text)).Code);
        Assert.False(StoragePath.TryParse(text, out _));
    }

    [Theory]
    [InlineData("s3://user:hunter2@bucket/a")]
    [InlineData("wasbs://container:hunter2@account/a")]
    [InlineData("https://account.blob.core.windows.net/c/b?sv=2022&sig=hunter2")]
    [InlineData("s3://b/a?X-Amz-Signature=hunter2")]
    [InlineData("s3://b/a?x=1&x-amz-credential=hunter2")]
    [InlineData("/a?AccountKey=hunter2")]
    public void A_secret_is_refused_and_not_repeated(string text)
    {
        var error = Assert.Throws<FileSystemException>(() => StoragePath.Parse(text));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_and_a_whole_one_is_a_character()
    {
        foreach (var half in new[] { "\uD83D", "\uDE00", "a\uD83Db", "\uDE00\uD83D", "😀\uD83D" })
        {
            Assert.Throws<FileSystemException>(() => StoragePath.Parse("s3://b/" + half));
            Assert.Throws<FileSystemException>(() => Bucket / half);
            Assert.False(StoragePath.FromKey(Bucket, half).IsAddressable);
        }
        Assert.Equal("😀", (Bucket / "😀").Name);
    }

    [Fact]
    public void A_secret_is_refused_however_it_gets_in()
    {
        const string Secret = "a?sig=hunter2";
        Func<object>[] ways =
        [
            () => Bucket / Secret, () => StoragePath.Create("s3", "b", "/" + Secret), () => (Bucket / "a?sig").WithSuffix("=hunter2"), () => Bucket / "a" / ("b&" + Secret[2..]),
        ];
        foreach (var way in ways)
            Assert.DoesNotContain("hunter2", Assert.Throws<FileSystemException>(way).ToString(), StringComparison.Ordinal);
        Assert.False(StoragePath.FromKey(Bucket, Secret).IsAddressable);
    }

    [Fact]
    public void Scheme_and_authority_compare_without_case_and_the_path_with_case()
    {
        var path = StoragePath.Parse("s3://Bucket/Key");
        Assert.Equal(StoragePath.Parse("S3://bucket/Key"), path);
        Assert.Equal(StoragePath.Parse("S3://bucket/Key").GetHashCode(), path.GetHashCode());
        Assert.NotEqual(StoragePath.Parse("s3://Bucket/key"), path);
        Assert.NotEqual(StoragePath.Parse("s3:/Key"), path);
        Assert.True(path == StoragePath.Parse("s3://BUCKET/Key"));
        Assert.True(path != null!);
        StoragePath? none = null;
        Assert.False(none == path);
        Assert.True(none == null);
    }

    [Theory]
    [InlineData("/a", "/a//", true)]
    [InlineData("a", "./a", true)]
    [InlineData("file:/a", "FILE:///a", true)]
    [InlineData("//Host/a", "//host/a", true)]
    [InlineData("/a", "file:/a", false)]
    [InlineData("/a", "//host/a", false)]
    [InlineData("a", "/a", false)]
    public void Paths_without_scheme_or_authority_compare_as_well(string left, string right, bool same)
    {
        var (one, other) = (StoragePath.Parse(left), StoragePath.Parse(right));
        Assert.Equal(same, one == other);
        Assert.Equal(same, new HashSet<StoragePath> { one }.Contains(other));
    }

    [Fact]
    public void A_path_within_a_directory_lies_behind_a_slash_of_it()
    {
        var directory = Bucket / "job" / "chk-1";
        Assert.True((directory / "_metadata").IsWithin(directory));
        Assert.True(directory.IsWithin(directory));
        Assert.True(directory.IsWithin(Bucket));
        Assert.True(directory.IsWithin(StoragePath.Parse("s3://bucket")));
        Assert.False((Bucket / "job" / "chk-10").IsWithin(directory));
        Assert.False(StoragePath.Parse("s3://other/job/chk-1/_metadata").IsWithin(directory));
    }

    [Fact]
    public void A_child_cannot_leave_the_bucket()
    {
        Assert.Equal("s3://bucket/../other/x", (Bucket / "../other/x").ToString());
        Assert.Equal("s3://bucket/other/x", (Bucket / "//other/x").ToString());
        Assert.Throws<FileSystemException>(() => Bucket / "s3://other/x");
        Assert.Throws<FileSystemException>(() => Bucket / "");
        Assert.Throws<FileSystemException>(() => Bucket / "/");
    }

    [Theory]
    [InlineData("/a", "file", null, "file:/a")]
    [InlineData("/a", "s3", "b", "s3://b/a")]
    [InlineData("//own/a", "s3", "b", "s3://own/a")]
    [InlineData("//own", "s3", "b", "s3://own/")]
    [InlineData("s3://bucket/", "file", null, "s3://bucket/")]
    public void A_path_without_a_scheme_is_qualified_and_another_stays(string text, string scheme, string? authority, string expected) =>
        Assert.Equal(expected, StoragePath.Parse(text).Qualify(scheme, authority).ToString());

    [Theory]
    [InlineData("s3://bucket/a/b", "s3://bucket/a")]
    [InlineData("s3://bucket/a", "s3://bucket/")]
    [InlineData("s3://bucket/", null)]
    [InlineData("s3://bucket", null)]
    [InlineData("a", "")]
    public void The_parent_is_the_directory_above_and_a_root_has_none(string text, string? expected)
    {
        var path = StoragePath.Parse(text);
        Assert.Equal(expected, path.Parent?.ToString());
        if (path.Parent is { } parent)
            Assert.Equal(path, parent / path.Name);
    }

    [Theory]
    [InlineData("s3", "", "/a", "an authority is not empty")]
    [InlineData("s3", "b/c", "/a", "holds no slash")]
    [InlineData("s3", "b", "", "it is empty")]
    [InlineData("", "b", "/a", "a scheme is a letter")]
    [InlineData("s3", "b", "a", "begins with a slash")]
    public void A_part_that_is_malformed_is_told(string scheme, string authority, string path, string reason)
    {
        var error = Assert.Throws<FileSystemException>(() => StoragePath.Create(scheme, authority, path));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_no_path_is_repeated_up_to_a_length()
    {
        var error = Assert.Throws<FileSystemException>(() => StoragePath.Parse("file:" + new string('a', 5_000)));
        Assert.Contains("file:aaa", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 200, 400);
    }

    [Theory]
    [InlineData("s3://b/a", "s3://b/a")]
    [InlineData("file:///a", "file:/a")]
    public void A_uri_is_meant_where_there_is_a_scheme(string text, string expected) =>
        Assert.Equal(expected, StoragePath.ParseUriOrLocal(text).ToString());

    [Theory]
    [InlineData("/a/b")]
    [InlineData("a/b")]
    [InlineData("a")]
    [InlineData("C:\\dir\\a")]
    [InlineData("c:/dir")]
    public void A_file_of_this_machine_is_meant_elsewhere(string text) => Assert.Equal(StoragePath.FromLocal(text), StoragePath.ParseUriOrLocal(text));

    [Theory]
    [InlineData("1:/a")]
    [InlineData("é:/a")]
    [InlineData("")]
    public void Neither_a_uri_nor_a_file_is_refused(string text) =>
        Assert.Equal(FileSystemErrorCode.InvalidPath, Assert.Throws<FileSystemException>(() => StoragePath.ParseUriOrLocal(text)).Code);

    [Fact]
    public void White_space_at_the_end_is_refused_where_dropping_it_would_name_another_file()
    {
        Assert.Throws<FileSystemException>(() => Bucket / "a ");
        Assert.Throws<FileSystemException>(() => Bucket / "a\t/");
        Assert.Throws<FileSystemException>(() => StoragePath.Create("s3", "b", "/a "));
        Assert.Throws<FileSystemException>(() => StoragePath.FromLocal("/tmp/a "));
        Assert.Equal(" a", (Bucket / " a").Name);
        Assert.Equal("a", StoragePath.Parse(" s3://b/a ").Name);
    }

    [Fact]
    public void A_local_path_becomes_absolute()
    {
        Assert.Equal("file:/tmp/a b", StoragePath.FromLocal("/tmp/x/../a b").ToString());
        Assert.Equal(StoragePath.Create("file", null, Directory.GetCurrentDirectory()) / "a", StoragePath.FromLocal("a"));
    }

    [Theory]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("/a")]
    [InlineData("a/./b")]
    [InlineData("a/../b")]
    [InlineData("../a")]
    [InlineData("a\\b")]
    [InlineData("a ")]
    [InlineData("a\0")]
    [InlineData("")]
    public void A_key_that_is_not_its_own_normal_form_is_kept_and_not_addressable(string key)
    {
        var path = StoragePath.FromKey(Bucket, key);
        Assert.False(path.IsAddressable);
        Assert.Equal(key, path.Key);
    }

    [Fact]
    public void A_prefix_that_is_not_addressable_is_never_the_path_of_an_object_beside_it()
    {
        Assert.Equal(Bucket / "a" / "b", StoragePath.FromPrefix(Bucket, "a/b/"));
        Assert.NotEqual(StoragePath.FromKey(Bucket, "a/"), StoragePath.FromPrefix(Bucket, "a//"));
        Assert.Equal("a//", StoragePath.FromPrefix(Bucket, "a//").Key);
        Assert.False(StoragePath.FromPrefix(Bucket, "a//").IsAddressable);
    }

    [Fact]
    public void Null_is_an_argument_error()
    {
        Assert.Throws<ArgumentNullException>(() => StoragePath.Parse(null!));
        Assert.Throws<ArgumentNullException>(() => StoragePath.Create("s3", "b", null!));
        Assert.Throws<ArgumentNullException>(() => Bucket / null!);
        Assert.Throws<ArgumentNullException>(() => StoragePath.FromKey(Bucket, null!));
        Assert.Throws<ArgumentNullException>(() => StoragePath.FromKey(null!, "a"));
        Assert.Throws<ArgumentNullException>(() => Bucket.IsWithin(null!));
        Assert.Throws<ArgumentNullException>(() => Bucket.WithSuffix(null!));
        Assert.False(StoragePath.TryParse(null, out _));
    }

    [Fact]
    public void A_key_of_1024_bytes_keeps_every_one_of_them()
    {
        var key = string.Concat(Enumerable.Repeat("😀", 256));
        Assert.Equal(1024, Encoding.UTF8.GetByteCount(StoragePath.Parse("s3://bucket/" + key).Key));
    }
}
