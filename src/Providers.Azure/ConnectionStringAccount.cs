namespace Cairn.Providers.Azure;

/// <summary>Which account a connection string is for.</summary>
internal static class ConnectionStringAccount
{
    private const string Emulator = "devstoreaccount1";

    /// <summary>The account's name; null when the text does not say.</summary>
    public static string? Of(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
            return null;
        if (Part(connectionString, "AccountName") is { } name)
            return name;
        if (Part(connectionString, "UseDevelopmentStorage") is not null)
            return Emulator;
        return Uri.TryCreate(Part(connectionString, "BlobEndpoint"), UriKind.Absolute, out var endpoint) ? AccountOf(endpoint) : null;
    }

    /// <summary>The first label of the host, or where that is a number, as an emulator's, the first segment of the path.</summary>
    private static string? AccountOf(Uri endpoint)
    {
        if (endpoint.HostNameType == UriHostNameType.Dns && endpoint.Host.Contains('.', StringComparison.Ordinal))
            return endpoint.Host.Split('.')[0];
        return endpoint.AbsolutePath.Trim('/') is { Length: > 0 } path ? path.Split('/')[0] : null;
    }

    private static string? Part(string connectionString, string name)
    {
        foreach (var part in connectionString.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && part.AsSpan(0, equals).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                return part[(equals + 1)..].Trim();
        }
        return null;
    }
}
