using System.Net;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;
using Cairn.Hosting;
using Cairn.Providers.Tests.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cairn.Providers.S3.Tests;

/// <summary>What stands in the configuration and in the environment.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class S3SettingsTests
{
    private static readonly StoragePath File = StoragePath.Parse("s3://bucket/file");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_key_is_read()
    {
        var options = Read(
            ("ServiceUrl", "https://s3.example.org"), ("Region", "eu-1"), ("PathStyle", "false"), ("AccessKey", "id"), ("SecretKey", "secret"), ("SessionToken", "token"),
            ("AssumeRole:RoleArn", "arn:aws:iam::1:role/r"), ("AssumeRole:SessionName", "job"), ("AssumeRole:ExternalId", "x"), ("MaxConnections", "7"), ("ConnectTimeout", "2s"),
            ("StorageClass", "GLACIER_IR"), ("Encryption", "kms"), ("KmsKeyId", "k"), ("Checksums", "required"), ("ConditionalCompletion", "yes"), ("ConditionalCopy", "No"),
            ("PartSize", "16 MiB"), ("Parallelism", "2"), ("GrowParts", "false"), ("SpoolDirectory", Path.GetTempPath()), ("Retry:Attempts", "3"), ("Retry:FirstDelay", "1s"),
            ("Retry:LongestDelay", "2s"), ("Retry:Budget", "9s"), ("Retry:AttemptTimeout", "4s"), ("Retry:CommitGrace", "3s"), ("Limits:Total", "5")).For("any");
        Assert.Equal(("https://s3.example.org/", "eu-1", false), (options.ServiceUrl!.ToString(), options.Region, options.PathStyle));
        Assert.Equal(("id", "secret", "token"), (options.AccessKey, options.SecretKey, options.SessionToken));
        Assert.Equal(("arn:aws:iam::1:role/r", "job", "x"), (options.AssumeRole!.RoleArn, options.AssumeRole.SessionName, options.AssumeRole.ExternalId));
        Assert.Equal((7, TimeSpan.FromSeconds(2), "GLACIER_IR"), (options.MaxConnections, options.ConnectTimeout, options.StorageClass));
        Assert.Equal((S3Encryption.Kms, "k", S3Checksums.Required), (options.Encryption, options.KmsKeyId, options.Checksums));
        Assert.Equal((ServerSupport.Yes, ServerSupport.No, Path.GetTempPath()), (options.ConditionalCompletion, options.ConditionalCopy, options.SpoolDirectory));
        Assert.Equal(new PartedWriteOptions { PartSize = 16 << 20, Parallelism = 2, GrowParts = false }, options.Parts);
        Assert.Equal(
            new RetryOptions
            {
                Attempts = 3,
                FirstDelay = TimeSpan.FromSeconds(1),
                LongestDelay = TimeSpan.FromSeconds(2),
                Budget = TimeSpan.FromSeconds(9),
                AttemptTimeout = TimeSpan.FromSeconds(4),
                CommitGrace = TimeSpan.FromSeconds(3),
            },
            options.Retry);
    }

    [Fact]
    public void A_role_has_a_name_for_its_sessions_when_none_is_set()
    {
        var role = Read(("AssumeRole:RoleArn", "arn:aws:iam::1:role/r")).For("any").AssumeRole!;
        Assert.Equal(("arn:aws:iam::1:role/r", new S3AssumeRole { RoleArn = "any" }.SessionName, null), (role.RoleArn, role.SessionName, role.ExternalId));
    }

    [Fact]
    public void A_bucket_has_its_own_values_and_the_common_ones_and_credentials_are_never_mixed()
    {
        var provider = Read(
            ("Region", "a"), ("AccessKey", "common"), ("SecretKey", "s"), ("SessionToken", "t"), ("PartSize", "6 MiB"), ("Buckets:own:PartSize", "7 MiB"), ("Buckets:own:AccessKey", "own"), ("Buckets:own:SecretKey", "x"));
        Assert.Equal(("a", "own", "x", null), (provider.For("own").Region, provider.For("own").AccessKey, provider.For("own").SecretKey, provider.For("own").SessionToken));
        Assert.Equal(("common", "t", 6 << 20, 7 << 20), (provider.For("other").AccessKey, provider.For("other").SessionToken, provider.For("other").Parts.PartSize, provider.For("own").Parts.PartSize));
    }

    [Theory]
    [InlineData("Regoin", "x", "Cairn:FileSystems:s3:Regoin is no setting; is it Region?")]
    [InlineData("Buckets:logs:SecretKye", "x", "Cairn:FileSystems:s3:Buckets:logs:SecretKye is no setting; is it SecretKey?")]
    [InlineData("PartSize", "1 MiB", "PartSize is '1 MiB'; it must be a number of bytes from 5242880")]
    [InlineData("Checksums", "md5", "must be Auto or Required or Off")]
    [InlineData("ServiceUrl", "localhost", "ServiceUrl must be an address")]
    [InlineData("AccessKey", "x", "AccessKey and SecretKey are set together")]
    [InlineData("Buckets:logs:SessionToken", "x", "SessionToken goes with AccessKey")]
    [InlineData("SecretKey", "x", "AccessKey and SecretKey are set together")]
    [InlineData("AssumeRole:SessionName", "x", "RoleArn is missing")]
    [InlineData("KmsKeyId", "x", "KmsKeyId goes with Encryption Kms")]
    [InlineData("AssumeRole:ExternalId", "x", "RoleArn is missing")]
    [InlineData("SpoolDirectory", "/there/is/none", "there is no such directory")]
    public void What_is_wrong_is_told(string key, string value, string expected)
    {
        var error = Assert.Throws<FileSystemException>(() => Read((key, value)));
        Assert.Equal(FileSystemErrorCode.NotSupported, error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_and_a_profile_are_not_set_together()
    {
        var error = Assert.Throws<FileSystemException>(() => Read(("AccessKey", "x"), ("SecretKey", "y"), ("Profile", "z")));
        Assert.Contains("AccessKey and Profile are not set together", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_does_not_start_with_a_wrong_configuration()
    {
        using var services = Services(null, ("Cairn:JobName", "job"), ("Cairn:Checkpoints:Directory", "s3://bucket/dir"), ("Cairn:FileSystems:s3:Regoin", "x"));
        var error = Assert.ThrowsAny<Exception>(() => services.GetRequiredService<IOptions<CairnOptions>>().Value);
        Assert.Contains("is it Region?", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_not_in_the_errors_about_them()
    {
        var error = Assert.Throws<FileSystemException>(() => Read(
            ("SecretKey", "the-secret"), ("SessionToken", "the-token"), ("ServiceUrl", "http://me:the-password@host"), ("SecretKye", "the-typo"), ("Regoin", "the-typo")));
        Assert.DoesNotContain("the-", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_in_the_container_is_used_and_stays_its_own()
    {
        var wire = new HttpWire();
        using var client = new Amazon.S3.AmazonS3Client("injected", "secret", new Amazon.S3.AmazonS3Config { ServiceURL = "http://localhost:1", HttpClientFactory = new S3Store.WireFactory(wire), MaxErrorRetry = 0 });
        await using (var services = Services(client))
            Assert.Equal("injected", await WhoAsksAsync(services.GetRequiredService<FileSystemRegistry>().Get(File), wire));
        Assert.Equal(HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<Amazon.S3.AmazonS3Exception>(() => { Forbid(wire); return client.ListBucketsAsync(Token); })).StatusCode);
    }

    [Fact]
    public async Task The_standard_variables_of_aws_say_where_and_who()
    {
        using var _ = ProcessEnvironment.Set(("AWS_ENDPOINT_URL_S3", "http://localhost:1"), ("AWS_ACCESS_KEY_ID", "from-environment"), ("AWS_SECRET_ACCESS_KEY", "x"), ("AWS_REGION", "eu-west-9"));
        var wire = new HttpWire();
        await using var fileSystem = Open(wire);
        Assert.Equal("from-environment", await WhoAsksAsync(fileSystem, wire));
    }

    [Fact]
    public async Task A_role_is_assumed_with_the_credentials_that_are_set()
    {
        using var service = new TokenService();
        using var _ = ProcessEnvironment.Set(("AWS_ENDPOINT_URL_STS", service.Address), ("AWS_REGION", "eu-west-1"));
        var wire = new HttpWire();
        await using var fileSystem = Open(wire, role: new S3AssumeRole { RoleArn = "arn:aws:iam::1:role/writer", ExternalId = "outside" }, region: "eu-central-1");
        Assert.Equal("role-AssumeRole", await WhoAsksAsync(fileSystem, wire));
        Assert.Contains("ExternalId=outside", Assert.Single(service.Requests), StringComparison.Ordinal);
        Assert.Contains("/eu-central-1/sts/", Assert.Single(service.Signatures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_is_assumed_with_what_the_default_chain_finds()
    {
        using var service = new TokenService();
        using var _ = ProcessEnvironment.Set(
            ("AWS_ENDPOINT_URL_STS", service.Address), ("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "from-environment"), ("AWS_SECRET_ACCESS_KEY", "x"));
        var wire = new HttpWire();
        await using var fileSystem = new S3FileSystem(StoragePath.Parse("s3://bucket/"), new S3FileSystemOptions
        {
            AssumeRole = new() { RoleArn = "arn:aws:iam::1:role/writer" },
            Configure = config => config.HttpClientFactory = new S3Store.WireFactory(wire),
        });
        Assert.Equal("role-AssumeRole", await WhoAsksAsync(fileSystem, wire));
        Assert.Contains("Credential=from-environment/", Assert.Single(service.Signatures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_credentials_at_all_are_told()
    {
        using var _ = ProcessEnvironment.Set(
            ("AWS_ENDPOINT_URL_S3", "http://localhost:1"), ("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", ""), ("AWS_SHARED_CREDENTIALS_FILE", "/there/is/none"), ("AWS_EC2_METADATA_DISABLED", "true"));
        await using var fileSystem = Open(new HttpWire());
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(File, cancellationToken: Token));
        Assert.Equal(FileSystemErrorCode.Unauthenticated, error.Code);
        Assert.StartsWith($"There are no S3 credentials for '{File}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_of_the_default_profile_that_names_no_source_is_no_credential()
    {
        using var profiles = new TemporaryFile("[default]\nrole_arn = arn:aws:iam::1:role/r\n");
        using var _ = ProcessEnvironment.Set(
            ("AWS_ENDPOINT_URL_S3", "http://localhost:1"), ("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", ""), ("AWS_SHARED_CREDENTIALS_FILE", profiles.Path), ("AWS_EC2_METADATA_DISABLED", "true"));
        await using var fileSystem = Open(new HttpWire());
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(File, cancellationToken: Token));
        Assert.Equal(FileSystemErrorCode.Unauthenticated, error.Code);
    }

    [Fact]
    public async Task A_web_identity_is_taken_where_the_variables_of_irsa_are_set()
    {
        using var service = new TokenService();
        using var token = new TemporaryFile("a.web.token");
        using var _ = ProcessEnvironment.Set(
            ("AWS_ENDPOINT_URL_STS", service.Address), ("AWS_ENDPOINT_URL_S3", "http://localhost:1"), ("AWS_REGION", "eu-west-1"), ("AWS_ROLE_ARN", "arn:aws:iam::1:role/pod"), ("AWS_WEB_IDENTITY_TOKEN_FILE", token.Path));
        var wire = new HttpWire();
        await using var fileSystem = Open(wire);
        Assert.Equal("role-AssumeRoleWithWebIdentity", await WhoAsksAsync(fileSystem, wire));
        Assert.Contains("a.web.token", Assert.Single(service.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_that_is_not_there_is_told()
    {
        var options = new S3FileSystemOptions { ServiceUrl = new Uri("http://localhost:1"), Profile = "jbos" };
        var missing = Assert.Throws<FileSystemException>(() => new S3FileSystem(StoragePath.Parse("s3://bucket/"), options));
        Assert.Contains("'jbos'; there is no such profile", missing.Message, StringComparison.Ordinal);
    }

    private static S3FileSystem Open(HttpWire wire, S3AssumeRole? role = null, string? region = null) => new(StoragePath.Parse("s3://bucket/"), new S3FileSystemOptions
    {
        ServiceUrl = role is null ? null : new Uri("http://localhost:1"),
        AccessKey = role is null ? null : "source",
        SecretKey = role is null ? null : "source",
        AssumeRole = role,
        Region = region,
        Configure = config => config.HttpClientFactory = new S3Store.WireFactory(wire),
    });

    /// <summary>The access key that a request is signed with.</summary>
    private static async Task<string> WhoAsksAsync(IFileSystem fileSystem, HttpWire wire)
    {
        var signature = "";
        Forbid(wire, request => signature = request.Headers.GetValues("Authorization").Single());
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(File, cancellationToken: Token));
        Assert.True(error.Code == FileSystemErrorCode.PermissionDenied, error.ToString());
        return signature.Split("Credential=")[1].Split('/')[0];
    }

    private static void Forbid(HttpWire wire, Action<HttpRequestMessage>? look = null) => wire.Next(_ => true, (_, request, _) =>
    {
        look?.Invoke(request);
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.Forbidden) { RequestMessage = request });
    });

    private static S3FileSystemProvider Read(params (string Key, string Value)[] settings) =>
        new S3Settings(TimeProvider.System, null).Read(Configuration(settings.Select(s => ($"Cairn:FileSystems:s3:{s.Key}", s.Value))).GetSection("Cairn:FileSystems:s3"));

    private static ServiceProvider Services(Amazon.S3.IAmazonS3? client, params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        if (client is not null)
            services.AddSingleton(client);
        services.AddCairn(Configuration(settings)).AddS3();
        return services.BuildServiceProvider();
    }

    private static IConfigurationRoot Configuration(IEnumerable<(string Key, string Value)> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string content) => System.IO.File.WriteAllText(Path, content);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => System.IO.File.Delete(Path);
    }
}
