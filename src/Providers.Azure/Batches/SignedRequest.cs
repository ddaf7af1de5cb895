namespace Cairn.Providers.Azure.Batches;

/// <summary>A request without a body that was signed and not sent.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Uri">Where it goes; with a shared access signature, where that is how the client proves who it is. Never to be printed.</param>
/// <param name="Headers">All of its headers, the signature included.</param>
internal sealed record SignedRequest(string Method, Uri Uri, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>Without the signature.</summary>
    public override string ToString() => $"{Method} {Uri.AbsolutePath}";
}
