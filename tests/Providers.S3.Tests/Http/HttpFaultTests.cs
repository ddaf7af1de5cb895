using System.Net;
using Cairn.FileSystems;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.Tests.Http;

/// <summary>A real server behind a wire that loses answers and cuts bodies: what holds on every store that speaks HTTP.</summary>
public abstract class HttpFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_put_whose_answer_is_lost_is_found_by_its_write_id()
    {
        var wire = new HttpWire();
        await using var fileSystem = await OpenAsync(wire);
        var path = NewPath(fileSystem);
        wire.LoseAnswerOf(request => request.Method == HttpMethod.Put);
        var entry = await WriteAsync(fileSystem, path, Bytes(1000), WriteMode.Create);
        Assert.Equal(["PUT", "PUT", "HEAD"], wire.Requests);
        Assert.Equal(entry, await fileSystem.FindAsync(path, cancellationToken: Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_goes_on_after_the_last_byte_that_came(bool silently)
    {
        var wire = new HttpWire();
        await using var fileSystem = await OpenAsync(wire);
        var path = NewPath(fileSystem);
        await WriteAsync(fileSystem, path, Bytes(300_000), WriteMode.Create);
        wire.Clear();
        for (var after = 0; after < 3; after++)
            wire.CutBodyOf(request => request.Method == HttpMethod.Get, after * 50_001, silently);
        Assert.Equal(Bytes(300_000), await ReadAsync(fileSystem, path));
        Assert.Equal(4, wire.Requests.Count);
    }

    [Fact]
    public async Task A_read_that_resumes_into_another_version_says_so()
    {
        var wire = new HttpWire();
        await using var fileSystem = await OpenAsync(wire);
        var path = NewPath(fileSystem);
        await WriteAsync(fileSystem, path, Bytes(300_000), WriteMode.Create);
        wire.CutBodyOf(request => request.Method == HttpMethod.Get, 100_000);
        await using var stream = await fileSystem.OpenReadAsync(path, cancellationToken: Token);
        await WriteAsync(fileSystem, path, Bytes(300_001), WriteMode.Overwrite);
        await Assert.ThrowsAsync<FileChangedException>(() => stream.CopyToAsync(Stream.Null, Token));
    }

    [Fact]
    public async Task A_store_that_fails_for_long_is_unavailable_and_never_an_absent_file()
    {
        var wire = new HttpWire();
        await using var fileSystem = await OpenAsync(wire);
        for (var i = 0; i < 20; i++)
            wire.AnswerInstead(_ => true, HttpStatusCode.ServiceUnavailable);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(NewPath(fileSystem), cancellationToken: Token));
        Assert.Equal(FileSystemErrorCode.Unavailable, error.Code);
        Assert.True(error.IsTransient);
        Assert.Equal(6, wire.Requests.Count);
    }

    private protected abstract Task<IFileSystem> OpenAsync(HttpWire wire);

    private static StoragePath NewPath(IFileSystem fileSystem) => fileSystem.Root / $"d-{Guid.NewGuid():n}" / "file";
}
