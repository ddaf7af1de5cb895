namespace Cairn.Cli.Configuration;

/// <summary>A setting that is in force.</summary>
/// <param name="Key">Its key, or the name of a cloud's variable.</param>
/// <param name="Value">Its value; masked when it is a secret.</param>
/// <param name="Source">Where it comes from.</param>
internal sealed record Setting(string Key, string Value, string Source);
