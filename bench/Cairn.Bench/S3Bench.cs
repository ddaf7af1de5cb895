using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Cairn.FileSystems;

namespace Cairn.Bench;

/// <summary>S3 through <see cref="IFileSystem"/> beside the SDK and beside bare HTTP, on one server in one run.</summary>
internal sealed class S3Bench(S3BenchStore store, int runs, Action<Case, IReadOnlyList<IReadOnlyList<Sample>>> report)
{
    private const int Large = 64 * 1024 * 1024;

    private readonly byte[] _small = new byte[1024];
    private readonly byte[] _buffer = new byte[128 * 1024];

    public List<Bar> Bars { get; } = [];

    public async Task SmallAsync()
    {
        var url = store.Presign("small", HttpVerb.PUT);
        var one = await RunAsync(new("write 1 KiB", 200,
        [
            new("SDK, tuned", () => PutAsync(store.Tuned, "small", tuned: true)),
            new("SDK, defaults", () => PutAsync(store.Defaults, "small", tuned: false)),
            new("TransferUtility", () => UploadAsync("small")),
            new("HttpClient", () => PutBareAsync(url)),
            new("IFileSystem", () => WriteAsync("small")),
        ]));
        AddAllocation("write 1 KiB: allocated", one[4], one[0], 1.15);
        var many = await RunAsync(new("1,000 writes of 1 KiB, 16 at once", 1,
        [
            new("SDK, tuned", () => ManyAsync(i => PutAsync(store.Tuned, $"many/{i}", tuned: true))),
            new("SDK, defaults", () => ManyAsync(i => PutAsync(store.Defaults, $"many/{i}", tuned: false))),
            new("TransferUtility", () => ManyAsync(i => UploadAsync($"many/{i}"))),
            new("HttpClient", () => ManyAsync(_ => PutBareAsync(url))),
            new("IFileSystem", () => ManyAsync(i => WriteAsync($"many/{i}"))),
        ]));
        AddRatio("1,000 writes of 1 KiB, 16 at once: time", many[4], many[0], 1.1, "the tuned SDK");
    }

    public async Task ReadAsync()
    {
        await using (var writer = await store.Cairn.OpenWriteAsync(store.Root / "large", new() { Mode = WriteMode.Overwrite, LengthHint = Large }))
        {
            for (var left = Large; left > 0; left -= _buffer.Length)
                await writer.Stream.WriteAsync(_buffer);
            await writer.CommitAsync();
        }
        using (var body = new MemoryStream(new byte[Large]))
            await store.Tuned.PutObjectAsync(new PutObjectRequest { BucketName = store.Bucket, Key = "large-put", InputStream = body, UseChunkEncoding = false });
        var (url, urlOfParts) = (store.Presign("large-put", HttpVerb.GET), store.Presign("large", HttpVerb.GET));
        var read = await RunAsync(new("read 64 MiB", 1,
        [
            new("HttpClient, one part", async () => await DrainAsync(await store.Http.GetStreamAsync(url))),
            new("HttpClient, eight parts", async () => await DrainAsync(await store.Http.GetStreamAsync(urlOfParts))),
            new("SDK, defaults", async () => await GetAsync(store.Defaults, null)),
            new("SDK, tuned, ranged", async () => await GetAsync(store.Tuned, new Amazon.S3.Model.ByteRange("bytes=0-"))),
            new("TransferUtility, OpenStreamAsync", OpenByUtilityAsync),
            new("IFileSystem, one part, CRC-32C compared", async () => await DrainAsync(await store.Cairn.OpenReadAsync(store.Root / "large-put"))),
            new("IFileSystem, eight parts, CRC-32C compared", async () => await DrainAsync(await store.Cairn.OpenReadAsync(store.Root / "large"))),
            new("IFileSystem, DownloadAsync, 4 at once", () => store.Cairn.DownloadAsync(store.Root / "large-put", Stream.Null)),
        ]));
        // A file of several parts takes the server longer, whoever asks.
        AddRatio("read 64 MiB of one part: time", read[5], read[0], 1.2, "bare HttpClient");
        var ours = read[6];
        AddRatio("read 64 MiB of eight parts: time", ours, read[1], 1.2, "bare HttpClient");
        var allocated = Estimate.Of([.. ours.Select(sample => sample.AllocatedBytes)]).Median;
        Bars.Add(new("read 64 MiB: allocated", "≤ 1 MiB", $"{allocated / 1024:F0} KiB", allocated <= 1 << 20));
    }

    public async Task ListAsync(int keys)
    {
        await FillAsync("list", keys);
        var list = await RunAsync(new($"list {keys:N0} keys", 1, [new("SDK, tuned", () => ListRawAsync("list/")), new("IFileSystem", () => CountAsync(store.Root / "list"))]));
        AddRatio($"list {keys:N0} keys: time", list[1], list[0], 1.1, "the raw SDK");
        var heap = new HeapWatch();
        await CountAsync(store.Root / "list", listed =>
        {
            if (listed % (keys / 10) == 0)
                heap.Look();
        });
        Bars.Add(heap.Bar($"list {keys:N0} keys: memory"));
    }

    public async Task DeleteAsync(int keys)
    {
        var samples = new List<Sample>[] { [], [] };
        var heap = new HeapWatch();
        for (var run = -1; run < runs; run++)
        {
            await FillAsync("delete-raw", keys);
            await FillAsync("delete-ours", keys);
            foreach (var ours in run % 2 == 0 ? new[] { false, true } : [true, false])
            {
                // The first run warms up, and is the one in which the heap is looked at.
                var once = new Case("", 1, [new("", ours ? () => DeleteAsync(keys, run < 0 ? heap.Look : () => { }) : () => DeleteRawAsync(keys))]);
                var sample = await Interleaved.OnceAsync(once);
                if (run >= 0)
                    samples[ours ? 1 : 0].Add(sample);
            }
        }
        report(new($"delete {keys:N0} keys", 1, [Named("SDK, tuned"), Named("IFileSystem")]), samples);
        AddRatio($"delete {keys:N0} keys: time", samples[1], samples[0], 1.1, "the raw SDK");
        Bars.Add(heap.Bar($"delete {keys:N0} keys: memory"));
    }

    /// <summary>Each transfer in a process of its own, whose heap may not grow over 96 MiB. Only the first two take a file of unknown length.</summary>
    public async Task LargeAsync(string direction, long length)
    {
        if (direction == "down")
            await S3Transfer.ChildAsync(store, "cairn", "up", length);
        var contenders = S3Transfer.Contenders.Take(direction == "down" ? S3Transfer.Contenders.Count : 2).ToArray();
        var samples = contenders.Select(_ => new List<Sample>()).ToArray();
        for (var run = -1; run < runs; run++)
        {
            foreach (var i in run % 2 == 0 ? Enumerable.Range(0, contenders.Length) : Enumerable.Range(0, contenders.Length).Reverse())
            {
                var seconds = await S3Transfer.ChildAsync(store, contenders[i].Key, direction, length);
                if (run >= 0)
                    samples[i].Add(new Sample(seconds.Elapsed * 1e6, seconds.Allocated));
            }
        }
        var name = $"{length >> 20:N0} MiB {direction}, heap of 96 MiB";
        report(new(name, 1, [.. contenders.Select(contender => Named(contender.Name))]), samples);
        var ratio = Estimate.Of([.. samples[1].Zip(samples[0], (ours, theirs) => ours.Microseconds / theirs.Microseconds)]);
        Bars.Add(new(name, "at least TransferUtility's throughput", $"{1 / ratio.Median:F2} × its throughput [{1 / ratio.High:F2} – {1 / ratio.Low:F2}]", ratio.Median <= 1));
    }

    private static Contender Named(string name) => new(name, () => Task.CompletedTask);

    private async Task<IReadOnlyList<IReadOnlyList<Sample>>> RunAsync(Case measured)
    {
        var samples = await Interleaved.RunAsync(measured, runs);
        report(measured, samples);
        return samples;
    }

    private void AddRatio(string name, IReadOnlyList<Sample> ours, IReadOnlyList<Sample> theirs, double most, string than)
    {
        var ratio = Estimate.Of([.. ours.Zip(theirs, (mine, other) => mine.Microseconds / other.Microseconds)]);
        Bars.Add(new(name, $"interval reaches down to ≤ {most} × {than}", $"{ratio.Median:F2} [{ratio.Low:F2} – {ratio.High:F2}]", ratio.Low <= most));
    }

    private void AddAllocation(string name, IReadOnlyList<Sample> ours, IReadOnlyList<Sample> theirs, double most)
    {
        var (mine, other) = (Estimate.Of([.. ours.Select(s => s.AllocatedBytes)]).Median, Estimate.Of([.. theirs.Select(s => s.AllocatedBytes)]).Median);
        Bars.Add(new(name, $"≤ {most} × the tuned SDK", $"{mine / other:F2} × ({mine / 1024:F1} KiB of {other / 1024:F1} KiB)", mine <= most * other));
    }

    private async Task PutAsync(AmazonS3Client client, string key, bool tuned)
    {
        using var body = new MemoryStream(_small);
        var request = new PutObjectRequest { BucketName = store.Bucket, Key = key, InputStream = body };
        if (tuned)
            request.UseChunkEncoding = false;
        await client.PutObjectAsync(request);
    }

    private async Task UploadAsync(string key)
    {
        using var utility = new TransferUtility(store.Defaults);
        using var body = new MemoryStream(_small);
        await utility.UploadAsync(body, store.Bucket, key);
    }

    private async Task PutBareAsync(string url)
    {
        using var content = new ByteArrayContent(_small);
        using var answer = await store.Http.PutAsync(url, content);
        answer.EnsureSuccessStatusCode();
    }

    private async Task WriteAsync(string key)
    {
        await using var writer = await store.Cairn.OpenWriteAsync(store.Root / key, new() { Mode = WriteMode.Overwrite });
        await writer.Stream.WriteAsync(_small);
        await writer.CommitAsync();
    }

    private static Task ManyAsync(Func<int, Task> run) =>
        Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await run(i));

    private async Task GetAsync(AmazonS3Client client, Amazon.S3.Model.ByteRange? range)
    {
        using var answer = await client.GetObjectAsync(new GetObjectRequest { BucketName = store.Bucket, Key = "large-put", ByteRange = range });
        await DrainAsync(answer.ResponseStream);
    }

    private async Task OpenByUtilityAsync()
    {
        using var utility = new TransferUtility(store.Defaults);
        await DrainAsync(await utility.OpenStreamAsync(store.Bucket, "large-put"));
    }

    private async Task DrainAsync(Stream stream)
    {
        await using (stream)
        {
            while (await stream.ReadAsync(_buffer) > 0)
            {
            }
        }
    }

    private Task FillAsync(string directory, int keys) => Parallel.ForAsync(
        0, keys, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await PutAsync(store.Tuned, $"{directory}/{i:D6}", tuned: true));

    private async Task CountAsync(StoragePath directory, Action<int>? look = null)
    {
        var listed = 0;
        await foreach (var _ in store.Cairn.ListAsync(directory, new() { Recursive = true }))
            look?.Invoke(++listed);
    }

    private async Task ListRawAsync(string prefix)
    {
        var request = new ListObjectsV2Request { BucketName = store.Bucket, Prefix = prefix };
        ListObjectsV2Response page;
        do
        {
            page = await store.Tuned.ListObjectsV2Async(request);
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    private async Task DeleteAsync(int keys, Action look)
    {
        foreach (var batch in Enumerable.Range(0, keys).Select(i => store.Root / $"delete-ours/{i:D6}").Chunk(1000))
        {
            await store.Cairn.DeleteAsync(batch);
            look();
        }
    }

    private async Task DeleteRawAsync(int keys)
    {
        foreach (var batch in Enumerable.Range(0, keys).Select(i => new KeyVersion { Key = $"delete-raw/{i:D6}" }).Chunk(1000))
            await store.Tuned.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = store.Bucket, Objects = [.. batch], Quiet = true });
    }
}
