namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>How much a test tries: little by default, much in a full run.</summary>
internal static class Effort
{
    public static bool Full { get; } = Environment.GetEnvironmentVariable("CAIRN_FULL") == "1";
}
