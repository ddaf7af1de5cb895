using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Hosting;

/// <summary>What <c>AddCairn</c> returns and provider packages extend: <c>services.AddCairn(configuration).AddS3().AddAzureBlobs()</c>.</summary>
/// <param name="Services">Where the providers register themselves, as <see cref="FileSystems.IFileSystemProvider"/>.</param>
/// <param name="Configuration">The whole configuration.</param>
public sealed record CairnBuilder(IServiceCollection Services, IConfiguration Configuration)
{
    /// <summary>The section of one scheme's file system: <c>Cairn:FileSystems:&lt;scheme&gt;</c>.</summary>
    public IConfigurationSection FileSystem(string scheme) => FileSystemSettings.Section(Configuration, scheme);
}
