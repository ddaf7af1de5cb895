using Amazon.Runtime;
using Amazon.S3;
using Azure.Storage.Blobs;
using Cairn.Emulators;
using Cairn.FileSystems;
using Cairn.Cli.Tests.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Cli.Tests.Stores;

/// <summary>A place of its own on a store: a directory that nobody else uses, how the tool is told to get there, and the same for a job in this process.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private static readonly Lazy<Task<StoragePath>> Bucket = new(MakeBucketAsync);
    private static readonly Lazy<Task<StoragePath>> Container = new(MakeContainerAsync);

    private readonly ServiceProvider _services;
    private readonly string? _folder;

    private TestStore(StoragePath root, IReadOnlyDictionary<string, string> environment, string? folder = null)
    {
        Root = root;
        Environment = environment;
        _folder = folder;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(environment.ToDictionary(v => v.Key.Replace("CAIRN__", "Cairn:", StringComparison.Ordinal).Replace("__", ":", StringComparison.Ordinal), string? (v) => v.Value))
            .Build();
        var services = new ServiceCollection();
        services.AddCairn(configuration).AddS3().AddAzureBlobs();
        _services = services.BuildServiceProvider();
    }

    public static TheoryData<string> Names { get; } = ["file", "s3", "azure"];

    public StoragePath Root { get; }

    /// <summary>What the tool's environment says about the store.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    public FileSystemRegistry FileSystems => _services.GetRequiredService<FileSystemRegistry>();

    public IFileSystem FileSystem => FileSystems.Get(Root);

    public static async Task<TestStore> OpenAsync(string name) => name switch
    {
        "file" => Local(),
        "s3" => await Emulator.OrSkipAsync(S3Async()),
        _ => await Emulator.OrSkipAsync(AzureAsync()),
    };

    /// <summary>All stores in one environment, for what goes from store to store.</summary>
    public static IReadOnlyDictionary<string, string> Together(params TestStore[] stores) =>
        stores.SelectMany(s => s.Environment).DistinctBy(v => v.Key).ToDictionary();

    public Task<ToolResult> RunAsync(params string[] args) => Tool.RunAsync(Environment, args);

    public Task WriteAsync(string name, string text) => WriteAsync(name, System.Text.Encoding.UTF8.GetBytes(text));

    public Task WriteAsync(string name, ReadOnlyMemory<byte> bytes) =>
        FileSystem.WriteAllBytesAsync(Root / name, bytes, WriteMode.Overwrite, TestContext.Current.CancellationToken);

    public Task<byte[]> ReadAsync(string name) => FileSystem.ReadAllBytesAsync(Root / name, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Every file below the root, as paths below it, in order.</summary>
    public async Task<List<string>> FilesAsync()
    {
        var files = new List<string>();
        await foreach (var entry in FileSystem.ListAsync(Root, new ListOptions { Recursive = true }, TestContext.Current.CancellationToken))
            files.Add(entry.Path.Key[(Root.Key.Length + 1)..]);
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    private static TestStore Local()
    {
        var folder = Directory.CreateTempSubdirectory("cairn-cli-").FullName;
        // What a test has no use for, a disk need not do: thousands of files are not synced one by one.
        return new TestStore(StoragePath.FromLocal(folder), new Dictionary<string, string> { ["CAIRN__FileSystems__file__Durable"] = "false" }, folder);
    }

    private static async Task<TestStore> S3Async()
    {
        var endpoint = await S3Endpoint.GetSharedAsync(TestContext.Current.CancellationToken);
        return new TestStore(await Bucket.Value / $"d-{Guid.NewGuid():n}", new Dictionary<string, string>
        {
            ["CAIRN__FileSystems__s3__ServiceUrl"] = endpoint.ServiceUrl.ToString(),
            ["CAIRN__FileSystems__s3__Region"] = endpoint.Region,
            ["CAIRN__FileSystems__s3__AccessKey"] = endpoint.AccessKey,
            ["CAIRN__FileSystems__s3__SecretKey"] = endpoint.SecretKey,
        });
    }

    private static async Task<TestStore> AzureAsync()
    {
        var endpoint = await AzureEndpoint.GetSharedAsync(TestContext.Current.CancellationToken);
        return new TestStore(await Container.Value / $"d-{Guid.NewGuid():n}", new Dictionary<string, string>
        {
            ["CAIRN__FileSystems__abfs__AccountKey"] = endpoint.AccountKey,
            ["CAIRN__FileSystems__abfs__Endpoint"] = endpoint.BlobEndpoint.ToString(),
        });
    }

    private static async Task<StoragePath> MakeBucketAsync()
    {
        var endpoint = await S3Endpoint.GetSharedAsync();
        AmazonS3Client Connect() => new(
            new BasicAWSCredentials(endpoint.AccessKey, endpoint.SecretKey),
            new AmazonS3Config { ServiceURL = endpoint.ServiceUrl.ToString(), AuthenticationRegion = endpoint.Region, ForcePathStyle = true });
        using var client = Connect();
        var name = $"cairn-cli-{Guid.NewGuid():n}";
        await client.PutBucketAsync(name);
        Belongings.AddBucket(endpoint, name, Connect);
        return StoragePath.Parse($"s3://{name}/");
    }

    private static async Task<StoragePath> MakeContainerAsync()
    {
        var endpoint = await AzureEndpoint.GetSharedAsync();
        var name = $"cairn-cli-{Guid.NewGuid():n}";
        await new BlobServiceClient(endpoint.ConnectionString).CreateBlobContainerAsync(name);
        Belongings.AddContainer(endpoint, name);
        return StoragePath.Parse($"abfss://{name}@{endpoint.AccountName}.dfs.core.windows.net/");
    }
}
