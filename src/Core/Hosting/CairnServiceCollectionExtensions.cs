using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.FileSystems.Local;
using Cairn.FileSystems.Memory;
using Cairn.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Cairn to a host.</summary>
public static class CairnServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="JobCheckpoints"/> as <paramref name="configuration"/> describes them, with the file systems <c>file:</c> and <c>memory:</c>.
    /// The configuration is checked when the host starts: everything that is wrong is told at once, each with its key and the allowed values.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The whole configuration: the section <c>Cairn</c>, or Flink's keys (<c>state.checkpoints.dir</c> …).</param>
    /// <param name="configure">Has the last word on the options.</param>
    /// <returns>What provider packages extend: <c>.AddS3()</c>, <c>.AddAzureBlobs()</c>.</returns>
    public static CairnBuilder AddCairn(this IServiceCollection services, IConfiguration configuration, Action<CairnOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<CairnOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<CairnOptions>, CairnOptionsValidation>();
        services.AddSingleton<IConfigureOptions<CairnOptions>>(_ => new CairnOptionsReading(configuration, configure));
        services.AddSingleton<IFileSystemProvider>(p => new LocalFileSystemProvider(FileSystemSettings.Local(configuration), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IFileSystemProvider>(p => new MemoryFileSystemProvider(p.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(p => new FileSystemRegistry(p.GetServices<IFileSystemProvider>(), fileSystem => Decorate(fileSystem, configuration, p)));
        services.TryAddSingleton<JobCheckpoints>();
        return new CairnBuilder(services, configuration);
    }

    private static TelemetryLayer Decorate(IFileSystem fileSystem, IConfiguration configuration, IServiceProvider services)
    {
        var limits = FileSystemSettings.Limits(configuration, fileSystem.Root.Scheme!);
        if (limits is not null)
            fileSystem = new ConcurrencyLimitLayer(fileSystem, limits);
        return new TelemetryLayer(fileSystem, services.GetService<IOperationObserver>(), timeProvider: services.GetRequiredService<TimeProvider>());
    }
}
