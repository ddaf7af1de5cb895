using System.Net;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.S3.Tests;

/// <summary>What options do to requests, and which options there are; no server is asked.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class S3OptionsTests
{
    private static readonly StoragePath Bucket = StoragePath.Parse("s3://bucket/");

    [Theory]
    [InlineData("s3:/no-bucket")]
    [InlineData("s3://container@account/")]
    public void An_authority_that_is_no_bucket_is_refused(string root)
    {
        var error = Assert.Throws<FileSystemException>(() => new S3FileSystemProvider().Create(StoragePath.Create("s3", StoragePath.Parse(root).Authority, "/")));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
    }

    [Fact]
    public async Task Conditions_that_a_server_may_ignore_are_trusted_on_aws_only()
    {
        var bucket = StoragePath.Parse("s3://bucket/");
        await using var aws = new S3FileSystem(bucket, new S3FileSystemOptions { Region = "eu-central-1" });
        await using var other = new S3FileSystem(bucket, new S3FileSystemOptions { ServiceUrl = new Uri("http://localhost:1") });
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_S3", "http://localhost:1");
        await using var fromEnvironment = new S3FileSystem(bucket, new S3FileSystemOptions { Region = "eu-central-1" });
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_S3", null);
        Assert.Null(aws.Capabilities.MaxConditionalLength);
        Assert.True(aws.Capabilities.ServerSideCopy);
        foreach (var capabilities in new[] { other.Capabilities, fromEnvironment.Capabilities })
        {
            Assert.Equal(5L << 30, capabilities.MaxConditionalLength);
            Assert.False(capabilities.ServerSideCopy);
        }
    }

    [Theory]
    [InlineData("https://s3.cn-north-1.amazonaws.com.cn", null, "https://bucket.s3.cn-north-1.amazonaws.com.cn/a")]
    [InlineData("https://s3.eu-central-1.amazonaws.com", true, "https://s3.eu-central-1.amazonaws.com/bucket/a")]
    [InlineData("http://store.example", null, "http://store.example/bucket/a")]
    [InlineData("http://store.example", false, "http://bucket.store.example/a")]
    public async Task The_bucket_stands_in_the_host_on_aws_and_in_the_path_elsewhere_unless_the_options_say(string service, bool? pathStyle, string expected)
    {
        var wire = new HttpWire();
        await using var fileSystem = new S3FileSystem(Bucket, new S3FileSystemOptions
        {
            ServiceUrl = new Uri(service),
            Region = "eu-central-1",
            PathStyle = pathStyle,
            AccessKey = "id",
            SecretKey = "secret",
            Configure = config => config.HttpClientFactory = new S3Store.WireFactory(wire),
        });
        var sent = Capture(wire, 1);
        await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(Bucket / "a", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(expected, Assert.Single(sent).RequestUri!.AbsoluteUri);
    }

    [Fact]
    public async Task Without_options_it_is_a_bucket_on_aws()
    {
        using var _ = ProcessEnvironment.Set(("AWS_REGION", "eu-central-1"));
        await using var fileSystem = new S3FileSystem(Bucket);
        Assert.Equal((Bucket, true), (fileSystem.Root, fileSystem.Capabilities.ServerSideCopy));
        Assert.Throws<ArgumentNullException>(() => new S3FileSystem(null!));
    }

    public static TheoryData<S3FileSystemOptions, string> Mistakes { get; } = new()
    {
        { new() { AccessKey = "id" }, "SecretKey" },
        { new() { SessionToken = "token" }, "SessionToken" },
        { new() { AccessKey = "id", SecretKey = "secret", Profile = "jobs" }, "Profile" },
        { new() { AccessKey = "id", SecretKey = "secret" }, "is Region" },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void Half_a_key_two_keys_and_no_region_are_mistakes_to_be_told(S3FileSystemOptions options, string expected)
    {
        using var _ = ProcessEnvironment.Set(("AWS_REGION", ""), ("AWS_DEFAULT_REGION", ""), ("AWS_EC2_METADATA_DISABLED", "true"));
        // The SDK keeps the first region that it found, another test's perhaps.
        Amazon.Runtime.FallbackRegionFactory.Reset();
        var error = Assert.Throws<FileSystemException>(() => new S3FileSystem(Bucket, options));
        Assert.Equal(FileSystemErrorCode.NotSupported, error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_are_limited_and_their_making_takes_its_time()
    {
        var seen = new List<(int?, TimeSpan?)>();
        var options = new S3FileSystemOptions
        {
            Region = "eu-central-1",
            AccessKey = "id",
            SecretKey = "secret",
            SessionToken = "token",
            MaxConnections = 7,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            Configure = config => seen.Add((config.MaxConnectionsPerServer, config.ConnectTimeout)),
        };
        await using var fileSystem = new S3FileSystem(Bucket, options);
        Assert.Equal([(7, TimeSpan.FromSeconds(3))], seen);
    }

    [Fact]
    public void The_scheme_and_its_aliases_are_served()
    {
        Assert.Equal(["s3", "s3a", "s3p", "s3n"], new S3FileSystemProvider().Schemes);
    }

    [Theory]
    [InlineData(S3Encryption.BucketDefault, null, null, null)]
    [InlineData(S3Encryption.S3, null, "AES256", null)]
    [InlineData(S3Encryption.Kms, "key-1", "aws:kms", "key-1")]
    public async Task How_an_object_is_stored_goes_with_every_request_that_makes_one(S3Encryption encryption, string? key, string? method, string? keyId)
    {
        var wire = new HttpWire();
        var options = new S3FileSystemOptions
        {
            ServiceUrl = new Uri("http://localhost:1"),
            AccessKey = "id",
            SecretKey = "secret",
            StorageClass = "STANDARD_IA",
            Encryption = encryption,
            KmsKeyId = key,
            ConditionalCompletion = ServerSupport.Yes,
            Configure = config => config.HttpClientFactory = new S3Store.WireFactory(wire),
        };
        await using var fileSystem = new S3FileSystem(Bucket, options);
        var sent = Capture(wire, 3);
        await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, Bucket / "a", Bytes(10), WriteMode.Overwrite));
        await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, Bucket / "a", Bytes((8 << 20) + 1), WriteMode.Overwrite));
        var source = new FileEntry { Path = Bucket / "a", Length = 10 };
        await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.CopyAsync(Bucket / "a", Bucket / "b", new() { Mode = WriteMode.Overwrite, Source = source }, TestContext.Current.CancellationToken));
        Assert.Equal(3, sent.Count);
        Assert.All(sent, request => Assert.Equal(
            ("STANDARD_IA", method, keyId),
            (Header(request, "x-amz-storage-class"), Header(request, "x-amz-server-side-encryption"), Header(request, "x-amz-server-side-encryption-aws-kms-key-id"))));
    }

    [Theory]
    [InlineData(S3Checksums.Auto, true)]
    [InlineData(S3Checksums.Off, false)]
    public async Task A_checksum_goes_with_an_upload_unless_it_is_off(S3Checksums checksums, bool isSent)
    {
        var wire = new HttpWire();
        var options = new S3FileSystemOptions
        {
            ServiceUrl = new Uri("http://localhost:1"),
            AccessKey = "id",
            SecretKey = "secret",
            Checksums = checksums,
            Configure = config => config.HttpClientFactory = new S3Store.WireFactory(wire),
        };
        await using var fileSystem = new S3FileSystem(Bucket, options);
        var sent = Capture(wire, 1);
        await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, Bucket / "a", "123456789"u8.ToArray(), WriteMode.Create));
        Assert.Equal(isSent ? "4waSgw==" : null, Header(sent[0], "x-amz-checksum-crc32c"));
        Assert.Equal(isSent ? "4waSgw==" : null, Header(sent[0], "x-amz-meta-cairn-crc32c"));
    }

    [Fact]
    public void Options_and_what_has_them_print_no_secret()
    {
        var options = new S3FileSystemOptions { ServiceUrl = new Uri("http://localhost:1"), AccessKey = "the-id", SecretKey = "the-secret", SessionToken = "the-token" };
        var fileSystem = new S3FileSystem(Bucket, options);
        foreach (var printed in new object[] { options, fileSystem, new S3FileSystemProvider(options), fileSystem.Capabilities, fileSystem.Root })
            Assert.DoesNotContain("the-", printed.ToString(), StringComparison.Ordinal);
    }

    private static List<HttpRequestMessage> Capture(HttpWire wire, int requests)
    {
        var sent = new List<HttpRequestMessage>();
        for (var i = 0; i < requests; i++)
        {
            wire.Next(_ => true, (_, request, _) =>
            {
                sent.Add(request);
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.Forbidden) { RequestMessage = request, Content = new StringContent("<Error><Code>AccessDenied</Code></Error>") });
            });
        }
        return sent;
    }

    private static string? Header(HttpRequestMessage request, string name) => request.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
