using System.Buffers;
using Cairn.FileSystems;

namespace Cairn.Providers.Azure;

/// <summary>The authority of an Azure path: a container, and in Hadoop's spelling the account's host.</summary>
internal readonly record struct AzureAuthority(string Container, string? Host)
{
    private static readonly SearchValues<char> InContainers = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-$");

    /// <summary>Whether the address is one with TLS: <c>wasb</c> alone is not, as in Hadoop, whose <c>abfs</c> always uses it.</summary>
    public static bool IsSecure(StoragePath root) => !string.Equals(root.Scheme, "wasb", StringComparison.OrdinalIgnoreCase);

    public static AzureAuthority Parse(StoragePath root)
    {
        var authority = root.Authority ?? throw Malformed(root);
        var at = authority.IndexOf('@', StringComparison.Ordinal);
        var (container, host) = at < 0 ? (authority, null) : (authority[..at], authority[(at + 1)..]);
        // What has more signs than these is not repeated: it may be a user and a password.
        if (host?.Contains('@', StringComparison.Ordinal) == true)
            throw new FileSystemException(FileSystemErrorCode.InvalidPath, $"The authority of a path of the scheme '{root.Scheme}' has more than one '@'; it has to be like container@account.host.");
        if (container.Length == 0 || container.AsSpan().ContainsAnyExcept(InContainers) || host?.Length == 0)
            throw Malformed(root);
        return new(container, host);
    }

    /// <summary>The blob endpoint that the host names: data lake hosts have it beside them.</summary>
    public Uri? Endpoint(StoragePath root) => Host is null
        ? null
        : new Uri($"{(IsSecure(root) ? "https" : "http")}://{Host.Replace(".dfs.", ".blob.", StringComparison.OrdinalIgnoreCase)}");

    /// <summary>The account: the first label of the host.</summary>
    public string? Account => Host?.Split('.')[0];

    private static FileSystemException Malformed(StoragePath root) => FileSystemException.InvalidPath(
        root, $"the authority has to be a container in lower case, with its account as in {root.Scheme}://container@account.host/path or without");
}
