using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Transfer;
using Cairn.FileSystems;
using Cairn.Providers.S3;

namespace Cairn.Bench;

/// <summary>One transfer of one large file, in a process whose heap is limited: what <c>s3-transfer</c> runs, and how it is started.</summary>
internal static class S3Transfer
{
    /// <summary>The names that a child knows them by, and those for reports.</summary>
    public static IReadOnlyList<(string Key, string Name)> Contenders { get; } =
        [("transfer", "TransferUtility"), ("cairn", "IFileSystem"), ("sdk", "SDK, tuned, ranged"), ("http", "HttpClient")];

    /// <summary>Runs one in a child; its seconds and what it allocated.</summary>
    public static async Task<(double Elapsed, double Allocated)> ChildAsync(S3BenchStore store, string contender, string direction, long length)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["s3-transfer", contender, direction, length.ToString(CultureInfo.InvariantCulture)]) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var (name, value) in store.ForChild())
            start.Environment[name] = value;
        SmallHeap.Limit(start);
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        if (child.ExitCode != 0)
            throw new InvalidOperationException($"{contender} {direction} ended with {child.ExitCode}: {output}");
        var numbers = output.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[1]);
    }

    /// <summary>What the child does.</summary>
    public static async Task RunAsync(string contender, string direction, long length)
    {
        var (url, bucket) = (Environment.GetEnvironmentVariable("BENCH_URL")!, Environment.GetEnvironmentVariable("BENCH_BUCKET")!);
        var file = Path.Combine(Path.GetTempPath(), $"cairn-bench-{Environment.ProcessId}");
        try
        {
            var run = (contender, direction) switch
            {
                ("cairn", "up") => CairnUpAsync(url, bucket, length),
                ("cairn", _) => CairnDownAsync(url, bucket, file),
                ("transfer", "up") => UtilityUpAsync(url, length, bucket),
                ("transfer", "down") => UtilityDownAsync(url, bucket, file),
                ("sdk", "down") => SdkDownAsync(url, bucket, file),
                ("http", "down") => HttpDownAsync(url, bucket, file),
                _ => throw new ArgumentException($"{contender} does not go {direction}."),
            };
            var seconds = await run;
            if (direction == "down" && new FileInfo(file).Length != length)
                throw new InvalidDataException($"{new FileInfo(file).Length} bytes arrived.");
            Console.Write(string.Create(CultureInfo.InvariantCulture, $"{seconds} {GC.GetTotalAllocatedBytes(precise: true)}"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<double> CairnUpAsync(string url, string bucket, long length)
    {
        await using var fileSystem = Cairn(url, bucket);
        return await TimeAsync(async () =>
        {
            await using var writer = await fileSystem.OpenWriteAsync(fileSystem.Root / "large", new() { Mode = WriteMode.Overwrite });
            await new Zeros(length).CopyToAsync(writer.Stream, 128 * 1024);
            await writer.CommitAsync();
        });
    }

    private static async Task<double> CairnDownAsync(string url, string bucket, string file)
    {
        await using var fileSystem = Cairn(url, bucket);
        return await TimeAsync(async () =>
        {
            await using var target = Target(file);
            await fileSystem.DownloadAsync(fileSystem.Root / "large", target);
        });
    }

    private static async Task<double> UtilityUpAsync(string url, long length, string bucket)
    {
        using var utility = new TransferUtility(Client(url));
        return await TimeAsync(() => utility.UploadAsync(new TransferUtilityUploadRequest { BucketName = bucket, Key = "large", InputStream = new Zeros(length) }));
    }

    private static async Task<double> UtilityDownAsync(string url, string bucket, string file)
    {
        using var utility = new TransferUtility(Client(url));
        return await TimeAsync(() => utility.DownloadAsync(file, bucket, "large"));
    }

    private static async Task<double> SdkDownAsync(string url, string bucket, string file)
    {
        using var client = Client(url, tuned: true);
        return await TimeAsync(async () =>
        {
            await using var target = Target(file);
            using var answer = await client.GetObjectAsync(new() { BucketName = bucket, Key = "large", ByteRange = new Amazon.S3.Model.ByteRange("bytes=0-") });
            await answer.ResponseStream.CopyToAsync(target, 128 * 1024);
        });
    }

    private static async Task<double> HttpDownAsync(string url, string bucket, string file)
    {
        using var client = Client(url, tuned: true);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var address = await client.GetPreSignedURLAsync(new() { BucketName = bucket, Key = "large", Protocol = Protocol.HTTP, Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1) });
        return await TimeAsync(async () =>
        {
            await using var target = Target(file);
            await using var stream = await http.GetStreamAsync(address);
            await stream.CopyToAsync(target, 128 * 1024);
        });
    }

    private static FileStream Target(string file) => new(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous });

    private static S3FileSystem Cairn(string url, string bucket) => new(StoragePath.Parse($"s3://{bucket}/"), new S3FileSystemOptions { ServiceUrl = new Uri(url) });

    private static AmazonS3Client Client(string url, bool tuned = false)
    {
        var config = new AmazonS3Config { ServiceURL = url, AuthenticationRegion = Environment.GetEnvironmentVariable("AWS_REGION"), ForcePathStyle = true };
        if (tuned)
            (config.RequestChecksumCalculation, config.ResponseChecksumValidation) = (RequestChecksumCalculation.WHEN_REQUIRED, ResponseChecksumValidation.WHEN_REQUIRED);
        return new AmazonS3Client(config);
    }

    private static async Task<double> TimeAsync(Func<Task> run)
    {
        var clock = Stopwatch.StartNew();
        await run();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Bytes whose number nobody knows before.</summary>
    private sealed class Zeros(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            count = (int)Math.Min(count, _left);
            _left -= count;
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(buffer.Length, _left);
            _left -= count;
            return new(count);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer, offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
