using Cairn.Cli.Configuration;
using Cairn.Cli.Output;
using Cairn.FileSystems;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Cli;

/// <summary>One run of one command: what it writes to, what it is configured with, and the stores, which are opened when they are first needed.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly Lazy<ServiceProvider> _services;

    public Session(CliHost host, string? configurationFile, bool verbose)
    {
        Host = host;
        IsVerbose = verbose;
        Terminal = new Terminal(host);
        Configuration = new CliConfiguration(host, configurationFile);
        _services = new Lazy<ServiceProvider>(OpenStores);
    }

    public CliHost Host { get; }

    public bool IsVerbose { get; }

    public Terminal Terminal { get; }

    public CliConfiguration Configuration { get; }

    public TimeProvider Time => Host.Time;

    public FileSystemRegistry FileSystems => _services.Value.GetRequiredService<FileSystemRegistry>();

    /// <summary>What a person means: a URI, or a local path.</summary>
    /// <exception cref="UsageException">It is neither.</exception>
    public static StoragePath Parse(string text)
    {
        try
        {
            return StoragePath.ParseUriOrLocal(text);
        }
        catch (FileSystemException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    public IFileSystem FileSystemOf(StoragePath path) => FileSystems.Get(path);

    public async ValueTask DisposeAsync()
    {
        await Terminal.DisposeAsync();
        if (_services.IsValueCreated)
            await _services.Value.DisposeAsync();
    }

    private ServiceProvider OpenStores()
    {
        CloudRuntime.Register();
        var services = new ServiceCollection();
        services.AddSingleton(Host.Time);
        services.AddCairn(Configuration.Root).AddS3().AddAzureBlobs();
        return services.BuildServiceProvider();
    }
}
