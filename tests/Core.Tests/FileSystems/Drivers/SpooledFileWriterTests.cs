using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Tests.FileSystems.Drivers;

public sealed class SpooledFileWriterTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cairn-spool");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(300_000)]
    public async Task What_does_not_stay_in_memory_is_sent_whole_from_disk(int length)
    {
        await using var writer = new Writer(_directory.FullName, maxLength: 1 << 20);
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        for (var i = 0; i < length; i += 700)
            await writer.Stream.WriteAsync(bytes.AsMemory(i, Math.Min(700, length - i)), Token);
        await writer.CommitAsync(Token);
        Assert.Equal(bytes, writer.Published);
    }

    [Fact]
    public async Task A_killed_process_would_leave_nothing_behind()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "an open file keeps its name there until it is closed");
        await using var writer = new Writer(_directory.FullName, maxLength: 1 << 20);
        await writer.Stream.WriteAsync(new byte[10_000], Token);
        Assert.Empty(_directory.GetFiles());
    }

    [Fact]
    public async Task More_than_one_request_takes_is_refused_while_it_is_written()
    {
        await using var writer = new Writer(_directory.FullName, maxLength: 2000);
        await writer.Stream.WriteAsync(new byte[2000], Token);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => writer.Stream.WriteAsync(new byte[1], Token).AsTask());
        Assert.Equal(FileSystemErrorCode.NotSupported, error.Code);
    }

    private sealed class Writer(string directory, long maxLength) : SpooledFileWriter(StoragePath.Parse("test://store/file"), 1000, maxLength, directory)
    {
        public byte[]? Published { get; private set; }

        protected override async Task<FileEntry> PutAsync(UploadContent content, CancellationToken cancellationToken)
        {
            using var copy = new MemoryStream();
            await using (var first = content.OpenRead())
                await first.ReadExactlyAsync(new byte[content.Length / 2], cancellationToken);
            await using (var second = content.OpenRead())
                await second.CopyToAsync(copy, cancellationToken);
            Published = copy.ToArray();
            return new FileEntry { Path = Path, Length = content.Length };
        }
    }
}
