namespace Cairn.Checkpoints.Metadata;

/// <summary>The bytes that begin the items of a Java object stream.</summary>
internal static class JavaTag
{
    /// <summary>Magic number and version of the stream.</summary>
    public const int Header = unchecked((int)0xACED_0005);

    public const byte Null = 0x70;
    public const byte Reference = 0x71;
    public const byte ClassDescription = 0x72;
    public const byte Object = 0x73;
    public const byte String = 0x74;
    public const byte Array = 0x75;
    public const byte Class = 0x76;
    public const byte Block = 0x77;
    public const byte EndOfBlocks = 0x78;
    public const byte LongBlock = 0x7A;
    public const byte LongString = 0x7C;
    public const byte ProxyClassDescription = 0x7D;
    public const byte Enum = 0x7E;
}
