namespace Cairn.Providers.S3.Uploads;

/// <summary>
/// A PUT that sends its body at once. The SDK would ask first (<c>Expect: 100-continue</c>); a server that then refuses, as a lost <c>Create</c> is,
/// may keep the connection open and take the next request on it for the body that never came (Ceph does): that request hangs until its time-out.
/// </summary>
/// <remarks>Named like the SDK's own: the SDK tells requests apart by the name of their type.</remarks>
internal sealed class PutObjectRequest : Amazon.S3.Model.PutObjectRequest
{
    /// <inheritdoc/>
    protected override bool Expect100Continue => false;
}
