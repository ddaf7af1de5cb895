using Cairn.FileSystems;
using Microsoft.Extensions.Configuration;

namespace Cairn.Providers.Azure;

/// <summary>One section that may say something about a container.</summary>
internal sealed class SettingsLevel(IConfigurationSection section)
{
    private static readonly string[] Credentials = ["ConnectionString", "AccountKey", "SasToken", "Credential", "ClientId"];

    /// <summary>Its path, for messages.</summary>
    public string Name => section.Path;

    /// <summary>Whether it says how to prove who one is.</summary>
    public bool HasCredential => Credentials.Any(name => this[name] is not null);

    /// <summary>The account that it names, itself or in a connection string; null when it is for every account.</summary>
    public string? Account => this["AccountName"] ?? ConnectionStringAccount.Of(this["ConnectionString"]);

    /// <summary>The value of a key; null when it is not there or empty.</summary>
    public string? this[string name] => section[name] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    /// <summary>Whether what it says of credentials and addresses holds for this account.</summary>
    public bool IsFor(string? account) => Account is null || account is null || string.Equals(Account, account, StringComparison.OrdinalIgnoreCase);

    /// <summary>What is thrown for a value that is none of the allowed ones. The value itself is left out: somebody may have put a secret there.</summary>
    public FileSystemException Wrong(string name, string allowed) => new(FileSystemErrorCode.NotSupported, $"{Name}:{name} must be {allowed}.");
}
