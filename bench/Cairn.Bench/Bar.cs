namespace Cairn.Bench;

/// <summary>What a measured thing has to reach, and what it did.</summary>
internal sealed record Bar(string Name, string Required, string Measured, bool Holds);
