using Azure.Core;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Cairn.FileSystems.Drivers;
using RetryOptions = Cairn.FileSystems.Drivers.RetryOptions;

namespace Cairn.Providers.Azure;

/// <summary>
/// Where an Azure Blob account is and how it is used. Not a record, so that nothing prints its secrets.
/// Of several credentials the first set wins, in the order of the properties here; with none it is <c>DefaultAzureCredential</c>.
/// </summary>
public sealed class AzureBlobFileSystemOptions
{
    /// <summary>
    /// A client to use instead of one that Cairn makes; it stays the caller's. It is the account, whatever the path's host says. Make it with
    /// <c>TrimBlobNameSlashes = false</c> and <c>Retry.MaxRetries = 0</c>: a publishing request that the SDK repeats in silence hides a lost answer.
    /// </summary>
    public BlobServiceClient? Client { get; init; }

    /// <summary>A connection string, with its endpoint and its credential. It is the account, whatever the path's host says.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>The account's key in base 64.</summary>
    public string? AccountKey { get; init; }

    /// <summary>A shared access signature, with or without the leading question mark.</summary>
    public string? SasToken { get; init; }

    /// <summary>A token credential; null for <c>DefaultAzureCredential</c> (environment, workload identity, managed identity, CLI).</summary>
    public TokenCredential? Credential { get; init; }

    /// <summary>The account's name, for paths without a host (<c>az://container</c>).</summary>
    public string? AccountName { get; init; }

    /// <summary>The account's blob endpoint, for an emulator or a sovereign cloud; null: <c>https://</c> and the path's host, <c>blob</c> in place of <c>dfs</c>.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Changes the configuration of the client that Cairn makes, after everything above went into it.</summary>
    public Action<BlobClientOptions>? Configure { get; init; }

    /// <summary>Block sizes and memory of a writer; at most 50,000 blocks. 8 MiB × 4 by default.</summary>
    public PartedWriteOptions Blocks { get; init; } = new() { MaxParts = MaxBlocks };

    /// <summary>The tier of what is written (<c>Hot</c>, <c>Cool</c>, <c>Cold</c>); null for the account's. What is archived cannot be read back at once, so it is no tier for checkpoints.</summary>
    public AccessTier? AccessTier { get; init; }

    /// <summary>The encryption scope of what is written; null for the container's. Not for <see cref="Client"/>, which has its own.</summary>
    public string? EncryptionScope { get; init; }

    /// <summary>A checksum that the SDK adds to what is written and the server verifies; none by default, where TLS does. Not for <see cref="Client"/>, which has its own.</summary>
    public StorageChecksumAlgorithm TransferValidation { get; init; } = StorageChecksumAlgorithm.None;

    /// <summary>How many single deletes run at once where batches are refused. 16 by default.</summary>
    public int DeleteParallelism { get; init; } = 16;

    /// <summary>How requests are repeated.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>The clock; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the jitter of retries comes from; null for a random one.</summary>
    public Random? Random { get; init; }

    /// <summary>What Azure takes in a blob.</summary>
    internal const int MaxBlocks = 50_000;
}
