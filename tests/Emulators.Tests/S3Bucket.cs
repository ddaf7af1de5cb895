using System.Net;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Cairn.Emulators.Tests;

/// <summary>A fresh bucket of an endpoint, reached through Amazon's own SDK.</summary>
internal sealed class S3Bucket : IDisposable
{
    private const int MaxErrorRetry = 0;
    private readonly string _name = $"bucket-{Guid.NewGuid():N}";
    private readonly Func<AmazonS3Client> _connect;
    private readonly AmazonS3Client _client;

    private S3Bucket(S3Endpoint endpoint, TimeSpan timeout, string secretKey)
    {
        _connect = () => new AmazonS3Client(new BasicAWSCredentials(endpoint.AccessKey, secretKey), new AmazonS3Config
        {
            ServiceURL = endpoint.ServiceUrl.AbsoluteUri,
            AuthenticationRegion = endpoint.Region,
            ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            MaxErrorRetry = MaxErrorRetry,
            Timeout = timeout,
        });
        _client = _connect();
    }

    public static async Task<S3Bucket> CreateAsync(S3Endpoint endpoint, TimeSpan? timeout = null, string? secretKey = null)
    {
        var bucket = new S3Bucket(endpoint, timeout ?? TimeSpan.FromSeconds(10), secretKey ?? endpoint.SecretKey);
        await bucket._client.PutBucketAsync(bucket._name, TestContext.Current.CancellationToken);
        Belongings.AddBucket(endpoint, bucket._name, bucket._connect);
        return bucket;
    }

    public Task PutAsync(string key, string content)
    {
        var request = new PutObjectRequest { BucketName = _name, Key = key, ContentBody = content, UseChunkEncoding = false };
        return _client.PutObjectAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Uploads an object in one part, on the condition that its name is free.</summary>
    public async Task<HttpStatusCode> CreateInPartsAsync(string key, string content)
    {
        var upload = await _client.InitiateMultipartUploadAsync(_name, key, TestContext.Current.CancellationToken);
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(content));
        var part = await _client.UploadPartAsync(
            new UploadPartRequest { BucketName = _name, Key = key, UploadId = upload.UploadId, PartNumber = 1, InputStream = body, UseChunkEncoding = false },
            TestContext.Current.CancellationToken);
        var completion = new CompleteMultipartUploadRequest { BucketName = _name, Key = key, UploadId = upload.UploadId, IfNoneMatch = "*" };
        completion.AddPartETags(part);
        try
        {
            return (await _client.CompleteMultipartUploadAsync(completion, TestContext.Current.CancellationToken)).HttpStatusCode;
        }
        catch (AmazonS3Exception refusal)
        {
            return refusal.StatusCode;
        }
    }

    public async Task<string> GetAsync(string key)
    {
        using var answer = await _client.GetObjectAsync(_name, key, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(answer.ResponseStream, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public async Task<string[]> ListBucketsAsync()
    {
        var answer = await _client.ListBucketsAsync(TestContext.Current.CancellationToken);
        return [.. (answer.Buckets ?? []).Select(static bucket => bucket.BucketName)];
    }

    public string Name => _name;

    public void Dispose() => _client.Dispose();
}
