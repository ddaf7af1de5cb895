using Amazon.S3;
using Cairn.FileSystems;
using Cairn.Hosting;
using Cairn.Providers.S3;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds S3 to Cairn in a host.</summary>
public static class S3CairnBuilderExtensions
{
    /// <summary>
    /// Adds <c>s3:</c> and its aliases, configured under <c>Cairn:FileSystems:s3</c> with the names of <see cref="S3FileSystemOptions"/>, and under <c>Buckets:&lt;name&gt;</c> there for one bucket.
    /// An <see cref="IAmazonS3"/> in the container is used, and stays the container's, unless the configuration says where the store is or who asks.
    /// Where nothing is set, the SDK's own environment variables, profile and credentials chain decide. docs/s3.md lists every key.
    /// </summary>
    /// <param name="builder">What <c>AddCairn</c> returned.</param>
    /// <param name="options">Takes the place of the configuration.</param>
    public static CairnBuilder AddS3(this CairnBuilder builder, S3FileSystemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IFileSystemProvider>(services => options is not null
            ? new S3FileSystemProvider(options)
            : new S3Settings(services.GetService<TimeProvider>() ?? TimeProvider.System, services.GetService<IAmazonS3>()).Read(builder.FileSystem("s3")));
        return builder;
    }
}
