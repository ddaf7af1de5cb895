namespace Cairn.Bench;

/// <summary>What a measured thing has to reach, and what it did; <paramref name="Holds"/> is null where nothing is required and the figure is only shown.</summary>
internal sealed record Bar(string Name, string Required, string Measured, bool? Holds);
