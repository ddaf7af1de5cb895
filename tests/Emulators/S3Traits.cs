namespace Cairn.Emulators;

/// <summary>What an S3 server does, where servers differ. Everything is true of Amazon's own.</summary>
public sealed record S3Traits
{
    /// <summary>The environment variable that lists what the server named in the environment lacks: names of members, separated by commas.</summary>
    public const string LacksVariable = "CAIRN_TEST_S3_LACKS";

    private static readonly Version StrictRadosgw = new(20, 2);

    /// <summary>
    /// <c>If-None-Match: *</c> on CompleteMultipartUpload is obeyed. Where it is not, the server overwrites without a word.
    /// </summary>
    public bool HonoursConditionalCompletion { get; init; } = true;

    /// <summary>
    /// The checksums that AWS SDKs add to uploads by default are accepted. Where they are not, set <c>RequestChecksumCalculation</c> and
    /// <c>ResponseChecksumValidation</c> to <c>WHEN_REQUIRED</c> and <c>UseChunkEncoding</c> to false.
    /// </summary>
    public bool AcceptsDefaultChecksums { get; init; } = true;

    /// <summary>Checksums such as CRC32C are verified, stored and returned.</summary>
    public bool VerifiesChecksums { get; init; } = true;

    /// <summary><c>If-Match</c> on a PUT is obeyed when the ETag stands in quotes; without quotes every known server obeys it.</summary>
    public bool AcceptsQuotedIfMatch { get; init; } = true;

    /// <summary>Whether nothing is lacking.</summary>
    public bool AreComplete => this == new S3Traits();

    // 18 and 16 were measured as listed; what lies between 18 and 20.2 was not, and is taken to be as weak as 18.
    internal static S3Traits OfRadosgw(Version version) => new()
    {
        HonoursConditionalCompletion = version >= StrictRadosgw,
        AcceptsDefaultChecksums = version.Major >= 18,
        VerifiesChecksums = version >= StrictRadosgw,
        AcceptsQuotedIfMatch = version >= StrictRadosgw,
    };

    internal static S3Traits Without(string? names)
    {
        var traits = new S3Traits();
        foreach (var name in (names ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            traits = traits.WithoutOne(name);
        return traits;
    }

    private S3Traits WithoutOne(string name) => name switch
    {
        nameof(HonoursConditionalCompletion) => this with { HonoursConditionalCompletion = false },
        nameof(AcceptsDefaultChecksums) => this with { AcceptsDefaultChecksums = false },
        nameof(VerifiesChecksums) => this with { VerifiesChecksums = false },
        nameof(AcceptsQuotedIfMatch) => this with { AcceptsQuotedIfMatch = false },
        _ => throw new EmulatorStartException($"{LacksVariable} names '{name}', which is no member of {nameof(S3Traits)}"),
    };
}
