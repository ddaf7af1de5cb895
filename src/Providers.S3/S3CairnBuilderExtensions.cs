using Cairn.FileSystems;
using Cairn.Hosting;
using Cairn.Providers.S3;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds S3 to Cairn.</summary>
public static class S3CairnBuilderExtensions
{
    /// <summary>
    /// Adds the schemes <c>s3:</c>, <c>s3a:</c>, <c>s3p:</c> and <c>s3n:</c>, configured under <c>Cairn:FileSystems:s3</c>: <c>ServiceUrl</c>, <c>Region</c>, <c>PathStyle</c>,
    /// <c>AccessKey</c>, <c>SecretKey</c>, <c>SessionToken</c>, <c>ConditionalCompletion</c>. What is not set there is the SDK's default: its variables, profiles and roles.
    /// </summary>
    /// <param name="builder">What <c>AddCairn</c> returned.</param>
    /// <param name="options">Takes the place of the configuration.</param>
    public static CairnBuilder AddS3(this CairnBuilder builder, S3FileSystemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IFileSystemProvider>(services => new S3FileSystemProvider(options ?? Read(builder, services.GetRequiredService<TimeProvider>())));
        return builder;
    }

    private static S3FileSystemOptions Read(CairnBuilder builder, TimeProvider time)
    {
        var section = builder.FileSystem("s3");
        return new S3FileSystemOptions
        {
            ServiceUrl = Address(section, "ServiceUrl") ?? Address(builder.Configuration, "AWS_ENDPOINT_URL_S3"),
            Region = section["Region"],
            PathStyle = section["PathStyle"] is { Length: > 0 } style ? bool.TryParse(style, out var value) ? value : throw Wrong(section, "PathStyle", style, "true or false") : null,
            AccessKey = section["AccessKey"],
            SecretKey = section["SecretKey"],
            SessionToken = section["SessionToken"],
            ConditionalCompletion = section["ConditionalCompletion"] is { Length: > 0 } text
                ? Enum.TryParse<ConditionalCompletion>(text, ignoreCase: true, out var conditional) ? conditional : throw Wrong(section, "ConditionalCompletion", text, "Auto, Yes or No")
                : ConditionalCompletion.Auto,
            TimeProvider = time,
        };
    }

    private static Uri? Address(IConfiguration configuration, string name)
    {
        if (configuration[name] is not { Length: > 0 } text)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : throw Wrong(configuration, name, text, "an address like http://localhost:9000");
    }

    private static FileSystemException Wrong(IConfiguration configuration, string name, string value, string allowed) =>
        new(FileSystemErrorCode.NotSupported, $"{(configuration is IConfigurationSection section ? section.Path + ":" : "")}{name} is '{value}'; it must be {allowed}.");
}
