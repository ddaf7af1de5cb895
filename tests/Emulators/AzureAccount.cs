using System.Data.Common;

namespace Cairn.Emulators;

/// <summary>An account of Azure Blob storage, as a connection string names it.</summary>
internal sealed record AzureAccount(string ConnectionString, Uri BlobEndpoint, string Name, string Key)
{
    public static AzureAccount At(Uri blobEndpoint, string name, string key)
    {
        var connectionString = $"DefaultEndpointsProtocol={blobEndpoint.Scheme};AccountName={name};AccountKey={key};BlobEndpoint={blobEndpoint};";
        return new AzureAccount(connectionString, blobEndpoint, name, key);
    }

    /// <exception cref="FormatException">The string lacks a part; the message names the part and never shows the string, which is a secret.</exception>
    public static AzureAccount Parse(string connectionString)
    {
        var parts = Split(connectionString);
        var name = Part(parts, "AccountName");
        return new AzureAccount(connectionString, BlobEndpointOf(parts, name), name, Part(parts, "AccountKey"));
    }

    private static DbConnectionStringBuilder Split(string connectionString)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = connectionString };
        }
        catch (ArgumentException problem)
        {
            throw new FormatException("it is not a list of Name=Value; pairs", problem);
        }
    }

    private static Uri BlobEndpointOf(DbConnectionStringBuilder parts, string name)
    {
        if (parts.TryGetValue("BlobEndpoint", out var endpoint)) return new Uri((string)endpoint);
        var protocol = parts.TryGetValue("DefaultEndpointsProtocol", out var given) ? given : "https";
        return new Uri($"{protocol}://{name}.blob.{Part(parts, "EndpointSuffix")}");
    }

    private static string Part(DbConnectionStringBuilder parts, string key) =>
        parts.TryGetValue(key, out var value) && value is string { Length: > 0 } text ? text : throw new FormatException($"it has no {key}");
}
