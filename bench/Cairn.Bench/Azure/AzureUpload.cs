using System.Diagnostics;
using System.Globalization;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Cairn.Emulators;
using Cairn.FileSystems;
using Cairn.Providers.Azure;

namespace Cairn.Bench.Azure;

/// <summary>
/// 1 GiB of a length that nobody knows before its end, uploaded in blocks of 8 MiB, 4 at once, by a process of its own with a small heap.
/// The server keeps everything in memory, so it starts anew for each run. Azurite takes most of its time for the CRC64 that it answers with, in JavaScript,
/// so both clients wait for it; where a client sends an MD5, it checks that instead, which is fast: then the clients tell in the time.
/// Code is compiled once, before it is measured: by default the compiler in the background takes most of a client's processor time, from the server, too.
/// </summary>
internal static class AzureUpload
{
    private const long Length = 1L << 30;
    private const int Block = 8 * 1024 * 1024;
    private const int Parallelism = 4;
    private const long WarmUp = 2 * Block;

    /// <summary>What a reader of the report has to know about how it was measured.</summary>
    public const string Note = " Each upload is a process with a heap of 96 MiB at most and without tiered compilation, so that nothing is compiled while it is measured.";

    private static readonly string[] Contenders = ["BlobClient.UploadAsync(stream)", "IFileSystem"];

    /// <summary>
    /// Both contenders, <paramref name="runs"/> times in turn, the order reversed each time. It takes many minutes, so it may be done in pieces:
    /// <paramref name="samples"/> is a file that keeps each piece's samples and is read before the next.
    /// </summary>
    public static async Task<(Case Case, IReadOnlyList<IReadOnlyList<Sample>> Samples)> RunAsync(AzureEndpoint endpoint, StorageChecksumAlgorithm validation, int runs, string? samples)
    {
        var all = Contenders.Select((_, contender) => Load(samples, validation, contender)).ToArray();
        int[] order = [0, 1];
        for (var run = 0; run < runs; run++)
        {
            foreach (var contender in order)
            {
                await endpoint.RestartAsync();
                var sample = await RunChildAsync(endpoint, validation, contender);
                all[contender].Add(sample);
                if (samples is not null)
                    await File.AppendAllTextAsync(samples, string.Create(CultureInfo.InvariantCulture, $"{validation} {contender} {sample.Microseconds} {sample.AllocatedBytes}\n"));
            }
            Array.Reverse(order);
        }
        var name = validation == StorageChecksumAlgorithm.None ? "write 1 GiB" : $"write 1 GiB with an {validation} of each block";
        return (new Case(name, 1, [.. Contenders.Select(contender => new Contender(contender, () => Task.CompletedTask))]), all);
    }

    /// <summary>What the child does: uploads a little, so that its code is compiled and its connections are open, then all; prints the microseconds and the bytes allocated.</summary>
    public static async Task RunChildAsync(StorageChecksumAlgorithm validation, int contender, string connectionString)
    {
        var name = $"bench-{Guid.NewGuid():n}";
        var container = new BlobServiceClient(connectionString, Settings(validation)).GetBlobContainerClient(name);
        await container.CreateAsync();
        await using var fileSystem = new AzureBlobFileSystem(StoragePath.Parse($"az://{name}/"), new AzureBlobFileSystemOptions
        {
            ConnectionString = connectionString,
            Blocks = new() { PartSize = Block, Parallelism = Parallelism, MaxParts = 50_000 },
            TransferValidation = validation,
        });
        await UploadAsync(WarmUp);
        var (watch, allocated) = (Stopwatch.StartNew(), GC.GetTotalAllocatedBytes(precise: true));
        await UploadAsync(Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalMicroseconds} {GC.GetTotalAllocatedBytes(precise: true) - allocated}"));
        BlobProperties written = await container.GetBlobClient("file").GetPropertiesAsync();
        if (written.ContentLength != Length)
            throw new InvalidOperationException($"{written.ContentLength} bytes were written.");

        async Task UploadAsync(long length)
        {
            await using var source = new UnknownLengthStream(length);
            await (contender == 0 ? UploadBareAsync(container, source) : WriteAsync(fileSystem, source));
        }
    }

    private static BlobClientOptions Settings(StorageChecksumAlgorithm validation) => new()
    {
        Retry = { MaxRetries = 0 },
        TransferValidation = { Upload = { ChecksumAlgorithm = validation } },
    };

    private static async Task UploadBareAsync(BlobContainerClient container, Stream source) => await container.GetBlobClient("file").UploadAsync(source, new BlobUploadOptions
    {
        TransferOptions = new StorageTransferOptions { InitialTransferSize = Block, MaximumTransferSize = Block, MaximumConcurrency = Parallelism },
    });

    private static async Task WriteAsync(AzureBlobFileSystem fileSystem, Stream source)
    {
        await using var writer = await fileSystem.OpenWriteAsync(fileSystem.Root / "file", new WriteOptions { Mode = WriteMode.Overwrite });
        await source.CopyToAsync(writer.Stream);
        await writer.CommitAsync();
    }

    private static async Task<Sample> RunChildAsync(AzureEndpoint endpoint, StorageChecksumAlgorithm validation, int contender)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[] { "azure-child", $"{validation}", contender.ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(argument);
        SmallHeap.Limit(start);
        start.Environment["DOTNET_TieredCompilation"] = "0";
        start.Environment["AZURE_STORAGE_CONNECTION_STRING"] = endpoint.ConnectionString;
        using var child = Process.Start(start)!;
        var line = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        if (child.ExitCode != 0)
            throw new InvalidOperationException($"{Contenders[contender]} ended with exit code {child.ExitCode}.");
        var numbers = line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new Sample(numbers[0], numbers[1]);
    }

    private static List<Sample> Load(string? file, StorageChecksumAlgorithm validation, int contender) => file is null || !File.Exists(file) ? [] :
    [
        .. File.ReadLines(file).Select(line => line.Split(' ')).Where(fields => fields[0] == $"{validation}" && fields[1] == contender.ToString(CultureInfo.InvariantCulture))
            .Select(fields => new Sample(double.Parse(fields[2], CultureInfo.InvariantCulture), double.Parse(fields[3], CultureInfo.InvariantCulture))),
    ];
}
