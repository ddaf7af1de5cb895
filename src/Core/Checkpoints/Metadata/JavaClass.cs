namespace Cairn.Checkpoints.Metadata;

/// <summary>A class as a Java object stream describes it. Nothing is ever looked up or made by its name.</summary>
internal sealed class JavaClass(string name)
{
    /// <summary>The class writes its own data, which ends with a mark.</summary>
    public const int WriteMethod = 0x01;

    /// <summary>The class has fields that are written by default.</summary>
    public const int Serializable = 0x02;

    /// <summary>The class writes all of its data itself.</summary>
    public const int Externalizable = 0x04;

    /// <summary>What the class writes itself is in blocks.</summary>
    public const int BlockData = 0x08;

    /// <summary>The class is an enumeration.</summary>
    public const int Enum = 0x10;

    public string Name { get; } = name;

    public int Flags { get; set; }

    public IReadOnlyList<JavaField> Fields { get; set; } = [];

    public JavaClass? Super { get; set; }

    /// <summary>Whether the description was read to its end; until then nothing can be of this class.</summary>
    public bool IsComplete { get; set; }
}

/// <summary>A field of a class.</summary>
/// <param name="Type">The first character of its type: <c>Z</c> for a boolean, <c>L</c> for an object, and so on.</param>
/// <param name="Name">Its name.</param>
/// <param name="Signature">Its type in full when that is an object or an array.</param>
internal readonly record struct JavaField(char Type, string Name, string Signature = "");
