namespace Cairn.Faults.Campaign;

/// <summary>How long a <see cref="FaultCampaign"/> is, and how hard.</summary>
public sealed record CampaignOptions
{
    /// <summary>How many operations.</summary>
    public int Operations { get; init; } = 200;

    /// <summary>Repeats operations, contents and faults.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The share of requests that a fault happens to.</summary>
    public double FaultRate { get; init; } = 0.15;

    /// <summary>The length above which a file is sent in several requests; some files are two to three times as long.</summary>
    public int PartLength { get; init; } = 5 * 1024 * 1024;
}
