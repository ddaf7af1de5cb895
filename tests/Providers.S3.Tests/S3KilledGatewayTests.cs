using System.Collections.Concurrent;
using Cairn.Emulators;
using Cairn.FileSystems;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.S3.Tests;

/// <summary>The gateway is killed with SIGKILL in the middle of writes, and started again.</summary>
public abstract class S3KilledGatewayTests(S3ServerKind server)
{
    private const int Part = 5 * 1024 * 1024;
    private const int Writers = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_commit_that_returned_is_there_and_nothing_uncommitted_is()
    {
        await using var endpoint = await StartAsync();
        var store = await S3Store.OnAsync(endpoint, Token);
        var (kills, random) = (Effort.Of(quick: 3, full: 40), new Random(Effort.Seed()));
        using var diary = new Diary();
        await using var fileSystem = store.Open(diary);
        var directory = store.NewDirectory();
        var ends = new ConcurrentDictionary<StoragePath, (byte[] Content, FileSystemException? Error)>();
        using var stop = new CancellationTokenSource();
        var writing = Enumerable.Range(0, Writers).Select(number => WriteUntilAsync(fileSystem, directory, number, ends, stop.Token)).ToArray();
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(random.Next(100, 900), Token);
            await endpoint.KillAsync();
            await Task.Delay(random.Next(50), Token);
            await endpoint.RestartAsync(Token);
        }
        await Task.Delay(300, Token);
        await stop.CancelAsync();
        await Task.WhenAll(writing);
        await CheckAsync(fileSystem, directory, ends, diary);
        await store.ReportAsync("s3-killed-gateway", $"The gateway killed {kills} times in the middle of writes", $"""
            {ends.Count:N0} files of 1 byte to two parts, written by {Writers} writers with `Create` and `Overwrite`. {Count(ends, null):N0} commits returned, and each of these files is there with its bytes;
            {Count(ends, FileSystemErrorCode.OutcomeUnknown):N0} ended as `OutcomeUnknown`, and their files are whole or absent; {ends.Count - Count(ends, null) - Count(ends, FileSystemErrorCode.OutcomeUnknown):N0} failed otherwise, and no such file is there.
            """);
    }

    private static int Count(ConcurrentDictionary<StoragePath, (byte[] Content, FileSystemException? Error)> ends, FileSystemErrorCode? code) => ends.Values.Count(end => end.Error?.Code == code);

    private static async Task WriteUntilAsync(
        IFileSystem fileSystem, StoragePath directory, int number, ConcurrentDictionary<StoragePath, (byte[] Content, FileSystemException? Error)> ends, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var path = directory / $"{number}-{i}";
            var content = Bytes(i % 4 == 3 ? Part + i + 1 : 1 + (i * 1000));
            try
            {
                await WriteAsync(fileSystem, path, content, number % 2 == 0 ? WriteMode.Create : WriteMode.Overwrite);
                ends[path] = (content, null);
            }
            catch (FileSystemException e)
            {
                Assert.True(e.IsTransient || e.Code == FileSystemErrorCode.OutcomeUnknown, e.ToString());
                ends[path] = (content, e);
            }
        }
    }

    private static async Task CheckAsync(S3FileSystem fileSystem, StoragePath directory, ConcurrentDictionary<StoragePath, (byte[] Content, FileSystemException? Error)> ends, Diary diary)
    {
        var listed = new HashSet<StoragePath>();
        await foreach (var entry in fileSystem.ListAsync(directory, new() { Recursive = true }, Token))
            listed.Add(entry.Path);
        Assert.Empty(listed.Except(ends.Keys));
        foreach (var (path, (content, error)) in ends)
        {
            var isThere = listed.Contains(path);
            Assert.True(error?.Code == FileSystemErrorCode.OutcomeUnknown || isThere == error is null, $"'{path}' is {(isThere ? "" : "not ")}there, of {content.Length} bytes, and its commit ended with {error?.Code}: {string.Join("; ", diary.Of(path))}");
            if (isThere)
                Assert.Equal(content, await ReadAsync(fileSystem, path));
        }
    }

    private async Task<S3Endpoint> StartAsync()
    {
        var endpoint = await Emulator.S3Async(server);
        Assert.SkipUnless(endpoint.CanBeControlled && endpoint.KeepsDataWhenKilled, "this server may not be killed");
        return endpoint;
    }

    /// <summary>What came of each request, for the message of a failure.</summary>
    private sealed class Diary() : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly ConcurrentQueue<(string Path, string Line)> _lines = new();

        public IEnumerable<string> Of(StoragePath path) => _lines.Where(line => line.Path.EndsWith(path.Key, StringComparison.Ordinal)).Select(line => line.Line);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var what = $"{request.Method} {request.RequestUri!.Query}";
            try
            {
                var answer = await base.SendAsync(request, cancellationToken);
                _lines.Enqueue((request.RequestUri.AbsolutePath, $"{what} {(int)answer.StatusCode}"));
                return answer;
            }
            catch (Exception e)
            {
                _lines.Enqueue((request.RequestUri.AbsolutePath, $"{what} {e.GetType().Name} {(e as HttpRequestException)?.HttpRequestError} {e.InnerException?.Message}"));
                throw;
            }
        }
    }

    public sealed class OnWeak() : S3KilledGatewayTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3KilledGatewayTests(S3ServerKind.Strict);
}
