using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace Cairn.Providers.S3;

/// <summary>The SDK's client, whose requests end when they are cancelled: see <see cref="WholeAnswers"/>.</summary>
internal sealed class S3Client : AmazonS3Client
{
    public S3Client(AmazonS3Config config)
        : base(config)
    {
    }

    public S3Client(AWSCredentials credentials, AmazonS3Config config)
        : base(credentials, config)
    {
    }

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.AddHandlerAfter<Unmarshaller>(new WholeAnswers());
    }
}
