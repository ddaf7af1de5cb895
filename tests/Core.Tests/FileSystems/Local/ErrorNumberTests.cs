using Cairn.FileSystems;
using Cairn.FileSystems.Local;
using Cairn.FileSystems.Local.Linux;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>What a disk's numbers mean, those that no test can make a disk answer too.</summary>
public sealed class ErrorNumberTests
{
    private static readonly StoragePath Path = StoragePath.Parse("file:///disk/file");

    [Theory]
    [InlineData(1, "EPERM", FileSystemErrorCode.PermissionDenied)]
    [InlineData(2, "ENOENT", FileSystemErrorCode.NotFound)]
    [InlineData(5, "EIO", FileSystemErrorCode.Unavailable)]
    [InlineData(13, "EACCES", FileSystemErrorCode.PermissionDenied)]
    [InlineData(17, "EEXIST", FileSystemErrorCode.AlreadyExists)]
    [InlineData(20, "ENOTDIR", FileSystemErrorCode.InvalidPath)]
    [InlineData(21, "EISDIR", FileSystemErrorCode.InvalidPath)]
    [InlineData(22, "EINVAL", FileSystemErrorCode.Unknown)]
    [InlineData(23, "ENFILE", FileSystemErrorCode.Throttled)]
    [InlineData(24, "EMFILE", FileSystemErrorCode.Throttled)]
    [InlineData(27, "EFBIG", FileSystemErrorCode.NoSpace)]
    [InlineData(28, "ENOSPC", FileSystemErrorCode.NoSpace)]
    [InlineData(30, "EROFS", FileSystemErrorCode.PermissionDenied)]
    [InlineData(36, "ENAMETOOLONG", FileSystemErrorCode.InvalidPath)]
    [InlineData(38, "ENOSYS", FileSystemErrorCode.NotSupported)]
    [InlineData(40, "ELOOP", FileSystemErrorCode.InvalidPath)]
    [InlineData(95, "EOPNOTSUPP", FileSystemErrorCode.NotSupported)]
    [InlineData(110, "ETIMEDOUT", FileSystemErrorCode.Unavailable)]
    [InlineData(112, "EHOSTDOWN", FileSystemErrorCode.Unavailable)]
    [InlineData(116, "ESTALE", FileSystemErrorCode.Unavailable)]
    [InlineData(122, "EDQUOT", FileSystemErrorCode.NoSpace)]
    public void Every_errno_of_a_disk_has_a_meaning(int errno, string name, FileSystemErrorCode meaning)
    {
        Assert.Equal(meaning, LinuxErrors.CodeOf(errno));
        var error = LinuxErrors.Of(errno, Path, "written");
        Assert.Equal((meaning, Path), (error.Code, error.Path));
        Assert.Contains($"'{Path}' could not be written", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.EndsWith($"errno {errno}).", StringComparison.Ordinal), $"{name}: {error.Message}");
    }

    [Theory]
    [InlineData(unchecked((int)0x80070070), FileSystemErrorCode.NoSpace)]
    [InlineData(unchecked((int)0x80070027), FileSystemErrorCode.NoSpace)]
    [InlineData(unchecked((int)0x80070050), FileSystemErrorCode.AlreadyExists)]
    [InlineData(unchecked((int)0x800700B7), FileSystemErrorCode.AlreadyExists)]
    public void What_Windows_answers_has_one_too(int hresult, FileSystemErrorCode meaning)
    {
        var cause = new IOException("the system's own words", hresult);
        var error = LocalErrors.Translate(cause, Path);
        Assert.Equal((meaning, Path, (Exception)cause), (error.Code, error.Path, error.InnerException));
    }

    [Theory]
    [InlineData(7, 1, true)]
    [InlineData(7, 2, false)]
    [InlineData(8, 1, false)]
    public void A_file_is_the_same_by_its_number_on_its_disk(ulong inode, ulong disk, bool same) =>
        Assert.Equal(same, new LinuxStat { Inode = inode, Device = disk }.IsSameFile(new LinuxStat { Inode = 7, Device = 1 }));

    [Fact]
    public void What_dotnet_has_exceptions_for_is_told_by_them()
    {
        Assert.Equal(FileSystemErrorCode.PermissionDenied, LocalErrors.Translate(new UnauthorizedAccessException(), Path).Code);
        Assert.Equal(FileSystemErrorCode.NotFound, LocalErrors.Translate(new FileNotFoundException(), Path).Code);
        Assert.Equal(FileSystemErrorCode.NotFound, LocalErrors.Translate(new DirectoryNotFoundException(), Path).Code);
        Assert.Equal(FileSystemErrorCode.InvalidPath, LocalErrors.Translate(new PathTooLongException(), Path).Code);
        Assert.True(LocalErrors.IsOfDisk(new IOException()));
        Assert.True(LocalErrors.IsOfDisk(new UnauthorizedAccessException()));
        Assert.False(LocalErrors.IsOfDisk(FileSystemException.NotFound(Path)));
        Assert.False(LocalErrors.IsOfDisk(new InvalidOperationException()));
    }
}
