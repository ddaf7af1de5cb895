using Cairn.FileSystems;
using Cairn.Hosting;
using Cairn.Providers.S3;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds S3 to Cairn in a host.</summary>
public static class S3CairnBuilderExtensions
{
    /// <summary>Adds <c>s3:</c> and its aliases.</summary>
    /// <param name="builder">What <c>AddCairn</c> returned.</param>
    /// <param name="options">Where the store is; without them the SDK's own environment variables, profile and credentials chain decide.</param>
    public static CairnBuilder AddS3(this CairnBuilder builder, S3FileSystemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IFileSystemProvider>(new S3FileSystemProvider(options));
        return builder;
    }
}
