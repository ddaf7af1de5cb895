namespace Cairn.Checkpoints.Metadata;

/// <summary>Writes the part of the Java object stream that checkpoint properties need.</summary>
internal sealed class JavaObjectWriter
{
    private const int FirstHandle = 0x7E_0000;
    private const string EnumClass = "java.lang.Enum";

    /// <summary>The classes that were described, by name, with the number by which the stream refers back to them.</summary>
    private readonly Dictionary<string, int> _classes = new(StringComparer.Ordinal);
    private int _nextHandle;

    /// <summary>How a field names the class of its values.</summary>
    public static string SignatureOf(string className) => $"L{className.Replace('.', '/')};";

    /// <summary>Begins an object; the values of its fields follow.</summary>
    public void BeginObject(ref MetadataOutput output, string className, long uid, ReadOnlySpan<JavaField> fields)
    {
        output.WriteByte(JavaTag.Object);
        DescribeClass(ref output, className, uid, JavaClass.Serializable, fields);
        output.WriteByte(JavaTag.Null); // no superclass
        _nextHandle++;
    }

    public void WriteString(ref MetadataOutput output, string text)
    {
        output.WriteByte(JavaTag.String);
        output.WriteString("name", text);
        _nextHandle++;
    }

    public void WriteEnum(ref MetadataOutput output, string className, string constant)
    {
        const int Flags = JavaClass.Serializable | JavaClass.Enum;
        output.WriteByte(JavaTag.Enum);
        DescribeClass(ref output, className, 0, Flags, []);
        if (_classes.TryGetValue(EnumClass, out int handle))
        {
            output.WriteByte(JavaTag.Reference);
            output.WriteInt32(FirstHandle + handle);
        }
        else
        {
            DescribeClass(ref output, EnumClass, 0, Flags, []);
            output.WriteByte(JavaTag.Null); // no superclass
        }

        _nextHandle++;
        WriteString(ref output, constant);
    }

    /// <summary>Describes a class up to its superclass, which follows.</summary>
    private void DescribeClass(ref MetadataOutput output, string name, long uid, int flags, ReadOnlySpan<JavaField> fields)
    {
        output.WriteByte(JavaTag.ClassDescription);
        output.WriteString("name", name);
        output.WriteInt64(uid);
        _classes.Add(name, _nextHandle++);
        output.WriteByte(flags);
        output.WriteByte(fields.Length >> 8);
        output.WriteByte(fields.Length);
        foreach (var field in fields)
        {
            output.WriteByte(field.Type);
            output.WriteString("name", field.Name);
            if (field.Signature.Length > 0)
                WriteString(ref output, field.Signature);
        }

        output.WriteByte(JavaTag.EndOfBlocks);
    }
}
