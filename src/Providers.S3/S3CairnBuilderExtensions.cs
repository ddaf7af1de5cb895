using Cairn.FileSystems;
using Cairn.Hosting;
using Cairn.Providers.S3;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds S3 to Cairn in a host.</summary>
public static class S3CairnBuilderExtensions
{
    /// <summary>
    /// Adds <c>s3:</c> and its aliases, configured under <c>Cairn:FileSystems:s3</c>: <c>ServiceUrl</c>, <c>Region</c>, <c>AccessKey</c>, <c>SecretKey</c>, <c>SessionToken</c>.
    /// Where nothing is set, the SDK's own environment variables, profile and credentials chain decide.
    /// </summary>
    /// <param name="builder">What <c>AddCairn</c> returned.</param>
    /// <param name="options">Takes the place of the configuration.</param>
    public static CairnBuilder AddS3(this CairnBuilder builder, S3FileSystemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IFileSystemProvider>(_ => new S3FileSystemProvider(options ?? Read(builder.FileSystem("s3"))));
        return builder;
    }

    private static S3FileSystemOptions Read(IConfigurationSection section) => new()
    {
        ServiceUrl = section["ServiceUrl"] is not { Length: > 0 } text ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var url) ? url
            : throw new FileSystemException(FileSystemErrorCode.NotSupported, $"{section.Path}:ServiceUrl is '{text}'; it must be an address like http://localhost:9000."),
        Region = section["Region"],
        AccessKey = section["AccessKey"],
        SecretKey = section["SecretKey"],
        SessionToken = section["SessionToken"],
    };
}
