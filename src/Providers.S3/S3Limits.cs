namespace Cairn.Providers.S3;

/// <summary>What S3 takes at most, and at least.</summary>
internal static class S3Limits
{
    /// <summary>The longest object of one PUT or one copy: 5 GiB.</summary>
    public const long MaxPutLength = 5L << 30;

    /// <summary>Every part but the last has at least 5 MiB.</summary>
    public const int MinPartSize = 5 << 20;

    /// <summary>Parts of one upload.</summary>
    public const int MaxParts = 10_000;
}
