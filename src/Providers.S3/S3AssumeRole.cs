namespace Cairn.Providers.S3;

/// <summary>A role that is assumed through AWS's Security Token Service. Immutable.</summary>
public sealed class S3AssumeRole
{
    /// <summary>The role's ARN.</summary>
    public required string RoleArn { get; init; }

    /// <summary>What the session is called in AWS's logs. <c>cairn</c> by default.</summary>
    public string SessionName { get; init; } = "cairn";

    /// <summary>The id that the owner of the role asks for; null when none is.</summary>
    public string? ExternalId { get; init; }
}
