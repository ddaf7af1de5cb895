namespace Cairn.Cli.Configuration;

/// <summary>Which settings are secrets, and how text is kept free of them.</summary>
internal static class Secrets
{
    private const string Mask = "********";

    /// <summary>Shorter texts are no secrets, and would be found in everything.</summary>
    private const int ShortestSecret = 4;

    private static readonly string[] Marks =
        ["secret", "password", "token", "accountkey", "account_key", "storage_key", "connectionstring", "connection_string", "signature", "encryptionkey", "customerkey"];

    /// <summary>The secret parts of a connection string or a shared access signature.</summary>
    private static readonly string[] SecretParts = ["AccountKey=", "SharedAccessSignature=", "sig="];

    public static bool IsSecret(string key) =>
        Marks.Any(mark => key.Contains(mark, StringComparison.OrdinalIgnoreCase)) && !key.EndsWith("_FILE", StringComparison.OrdinalIgnoreCase);

    /// <summary>The value as it may be shown: of a connection string the parts that are no secrets, of another secret nothing.</summary>
    public static string Show(string key, string value)
    {
        if (!IsSecret(key))
            return value;
        var isConnection = key.Replace("_", "", StringComparison.Ordinal).EndsWith("ConnectionString", StringComparison.OrdinalIgnoreCase);
        return isConnection ? string.Join(';', value.Split(';').Select(ShowPart)) : Mask;
    }

    /// <summary>The texts that must never be printed: values of secrets, and the secret parts of connection strings and signatures.</summary>
    public static IEnumerable<string> Of(string key, string value)
    {
        if (!IsSecret(key))
            return [];
        var parts = value.Split([';', '&', '?'])
            .Select(part => SecretParts.FirstOrDefault(name => part.StartsWith(name, StringComparison.OrdinalIgnoreCase)) is { } name ? part[name.Length..] : null)
            .OfType<string>();
        return parts.Concat(parts.Select(Uri.UnescapeDataString)).Append(value).Where(text => text.Length >= ShortestSecret);
    }

    /// <summary>The text without the secrets, should one ever have got into it.</summary>
    public static string Remove(string text, IEnumerable<string> secrets) =>
        secrets.OrderByDescending(secret => secret.Length).Aggregate(text, (t, secret) => t.Replace(secret, Mask, StringComparison.Ordinal));

    private static string ShowPart(string part) =>
        SecretParts.FirstOrDefault(name => part.StartsWith(name, StringComparison.OrdinalIgnoreCase)) is { } name ? name + Mask : part;
}
