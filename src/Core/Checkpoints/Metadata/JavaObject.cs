namespace Cairn.Checkpoints.Metadata;

/// <summary>An object, its fields by name.</summary>
internal sealed record JavaObject(JavaClass Class, Dictionary<string, object?> Fields);

/// <summary>A constant of an enumeration.</summary>
internal sealed record JavaEnum(JavaClass Class, string Name);
