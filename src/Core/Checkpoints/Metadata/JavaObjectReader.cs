namespace Cairn.Checkpoints.Metadata;

/// <summary>
/// Reads a Java object stream (Java Object Serialization Stream Protocol, version 5) as data, by its grammar. Foreign classes are names
/// and lists of fields here; none is looked up, let alone instantiated.
/// </summary>
internal sealed class JavaObjectReader
{
    private const int FirstHandle = 0x7E_0000;
    private static readonly object Opaque = new();

    /// <summary>What the stream may refer back to, in the order in which it came.</summary>
    private readonly List<object> _handles = [];

    /// <summary>Reads the header and the one object that follows: a string, a <see cref="JavaObject"/>, a <see cref="JavaEnum"/>, something else, or null.</summary>
    public static object? Read(ref MetadataInput input)
    {
        int start = input.Position;
        if (input.ReadInt32("") != JavaTag.Header)
            input.Fail("", "this is not a Java object stream", start);
        return new JavaObjectReader().ReadContent(ref input, "object");
    }

    private object? ReadContent(ref MetadataInput input, string field, int index = FieldPath.NoIndex)
    {
        input.Enter(field, index);
        int start = input.Position;
        byte tag = input.ReadByte("tag");
        object? content = tag switch
        {
            JavaTag.Null => null,
            JavaTag.Reference => ReadReference(ref input),
            JavaTag.ClassDescription or JavaTag.ProxyClassDescription => ReadClassDescription(ref input, tag),
            JavaTag.Object => ReadObject(ref input),
            JavaTag.String => Remember(input.ReadString("text")),
            JavaTag.LongString => ReadLongString(ref input),
            JavaTag.Array => ReadArray(ref input),
            JavaTag.Class => ReadClassObject(ref input),
            JavaTag.Enum => ReadEnum(ref input),
            _ => throw input.Error("tag", $"nothing in a Java object stream begins with {tag:x2}", start),
        };
        input.Leave();
        return content;
    }

    private T Remember<T>(T item)
        where T : class
    {
        _handles.Add(item);
        return item;
    }

    private object ReadReference(ref MetadataInput input)
    {
        int start = input.Position;
        long index = (long)input.ReadInt32("reference") - FirstHandle;
        if (index < 0 || index >= _handles.Count)
            input.Fail("reference", "it refers to nothing", start);
        return _handles[(int)index];
    }

    private JavaClass? ReadClass(ref MetadataInput input, string field)
    {
        int start = input.Position;
        object? content = ReadContent(ref input, field);
        if (content is not (null or JavaClass { IsComplete: true }))
            input.Fail(field, "this is not the description of a class", start);
        return (JavaClass?)content;
    }

    private JavaClass ReadDefinedClass(ref MetadataInput input)
    {
        int start = input.Position;
        var description = ReadClass(ref input, "class");
        if (description is null)
            input.Fail("class", "there is no class", start);
        return description;
    }

    private JavaClass ReadClassDescription(ref MetadataInput input, byte tag)
    {
        var description = tag == JavaTag.ClassDescription ? ReadNamedClass(ref input) : ReadProxyClass(ref input);
        SkipAnnotations(ref input);
        description.Super = ReadClass(ref input, "superclass");
        description.IsComplete = true;
        return description;
    }

    private JavaClass ReadNamedClass(ref MetadataInput input)
    {
        string name = input.ReadString("name");
        input.ReadInt64("serialVersionUID");
        var description = Remember(new JavaClass(name));
        description.Flags = input.ReadByte("flags");
        int count = (input.ReadByte("fields") << 8) | input.ReadByte("fields");
        var fields = new List<JavaField>();
        for (int i = 0; i < count; i++)
            fields.Add(ReadField(ref input));
        description.Fields = fields;
        return description;
    }

    private JavaClass ReadProxyClass(ref MetadataInput input)
    {
        var description = Remember(new JavaClass(""));
        description.Flags = JavaClass.Serializable;
        int count = input.ReadCount("interfaces", sizeof(ushort));
        for (int i = 0; i < count; i++)
            input.ReadString("interfaces");
        return description;
    }

    private JavaField ReadField(ref MetadataInput input)
    {
        int start = input.Position;
        char type = (char)input.ReadByte("fieldType");
        string name = input.ReadString("fieldName");
        if (type is not ('L' or '['))
        {
            if (SizeOf(type) == 0)
                input.Fail("fieldType", $"there is no type {(int)type}", start);
            return new JavaField(type, name);
        }

        return ReadContent(ref input, "signature") is string signature
            ? new JavaField(type, name, signature)
            : throw input.Error("signature", "it is not a text", start);
    }

    private JavaObject ReadObject(ref MetadataInput input)
    {
        var description = ReadDefinedClass(ref input);
        var result = Remember(new JavaObject(description, new Dictionary<string, object?>(StringComparer.Ordinal)));
        ReadData(ref input, description, result.Fields);
        return result;
    }

    /// <summary>Reads the data of a class and, before it, of the classes it derives from.</summary>
    private void ReadData(ref MetadataInput input, JavaClass description, Dictionary<string, object?> fields)
    {
        if (description.Super is { } super)
            ReadData(ref input, super, fields);
        int flags = description.Flags;
        if ((flags & JavaClass.Externalizable) != 0 && (flags & JavaClass.BlockData) == 0)
            input.Fail("data", "only its own class knows where this object ends", input.Position);
        if ((flags & JavaClass.Serializable) != 0)
        {
            for (int i = 0; i < description.Fields.Count; i++)
                fields[description.Fields[i].Name] = ReadValue(ref input, description.Fields[i].Type, "fields", i);
        }

        if ((flags & (JavaClass.WriteMethod | JavaClass.Externalizable)) != 0)
            SkipAnnotations(ref input);
    }

    /// <summary>Reads a value. Errors name it by its number: names in the file are foreign text of any length.</summary>
    private object? ReadValue(ref MetadataInput input, char type, string field, int index)
    {
        if (type is 'L' or '[')
            return ReadContent(ref input, field, index);
        if (type == 'Z')
            return input.ReadByte(field) != 0;
        input.ReadSpan(SizeOf(type), field);
        return Opaque;
    }

    private object ReadLongString(ref MetadataInput input)
    {
        int start = input.Position;
        long length = input.ReadInt64("text");
        if (length < 0 || length > input.Remaining)
            input.Fail("text", $"a text of {length} bytes does not fit", start);
        input.ReadSpan((int)length, "text");
        return Remember(Opaque);
    }

    private object ReadArray(ref MetadataInput input)
    {
        int start = input.Position;
        var description = ReadDefinedClass(ref input);
        Remember(Opaque);
        char type = description.Name.Length >= 2 && description.Name[0] == '[' ? description.Name[1] : '\0';
        int size = type is 'L' or '[' ? 1 : SizeOf(type);
        if (size == 0)
            input.Fail("class", "this is not an array", start);
        int count = input.ReadCount("items", size);
        for (int i = 0; i < count; i++)
            ReadValue(ref input, type, "items", i);
        return Opaque;
    }

    private object ReadClassObject(ref MetadataInput input)
    {
        ReadDefinedClass(ref input);
        return Remember(Opaque);
    }

    private JavaEnum ReadEnum(ref MetadataInput input)
    {
        var description = ReadDefinedClass(ref input);
        int index = _handles.Count;
        _handles.Add(Opaque);
        int start = input.Position;
        if (ReadContent(ref input, "constant") is not string name)
            throw input.Error("constant", "it is not a text", start);
        var constant = new JavaEnum(description, name);
        _handles[index] = constant;
        return constant;
    }

    /// <summary>Steps over what a class wrote by itself, up to and with the mark of its end.</summary>
    private void SkipAnnotations(ref MetadataInput input)
    {
        const string Field = "annotations";
        while (true)
        {
            switch (input.PeekByte())
            {
                case JavaTag.EndOfBlocks:
                    input.ReadByte(Field);
                    return;
                case JavaTag.Block:
                    input.ReadByte(Field);
                    input.ReadSpan(input.ReadByte(Field), Field);
                    break;
                case JavaTag.LongBlock:
                    input.ReadByte(Field);
                    input.ReadBytes(Field);
                    break;
                default:
                    ReadContent(ref input, Field);
                    break;
            }
        }
    }

    private static int SizeOf(char type) => type switch
    {
        'B' or 'Z' => 1,
        'C' or 'S' => 2,
        'I' or 'F' => 4,
        'J' or 'D' => 8,
        _ => 0,
    };
}
