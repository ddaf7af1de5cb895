using System.Buffers;
using Cairn.FileSystems;

namespace Cairn.Providers.Azure;

/// <summary>The authority of an Azure path: a container, and in Hadoop's spelling the account's host.</summary>
internal readonly record struct AzureAuthority(string Container, string? Host)
{
    private static readonly SearchValues<char> InContainers = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-$");

    /// <summary>Whether the scheme asks for TLS; <c>az</c> does, <c>abfs</c> and <c>wasb</c> do not.</summary>
    public static bool IsSecure(StoragePath root) => !string.Equals(root.Scheme, "wasb", StringComparison.OrdinalIgnoreCase)
        && !string.Equals(root.Scheme, "abfs", StringComparison.OrdinalIgnoreCase);

    public static AzureAuthority Parse(StoragePath root)
    {
        var authority = root.Authority ?? throw Malformed(root);
        var at = authority.IndexOf('@', StringComparison.Ordinal);
        var (container, host) = at < 0 ? (authority, null) : (authority[..at], authority[(at + 1)..]);
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
