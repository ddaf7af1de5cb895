namespace Cairn.Providers.S3.Uploads;

/// <summary>A part that sends its body at once, as <see cref="PutObjectRequest"/> does.</summary>
internal sealed class UploadPartRequest : Amazon.S3.Model.UploadPartRequest
{
    /// <inheritdoc/>
    protected override bool Expect100Continue => false;
}
