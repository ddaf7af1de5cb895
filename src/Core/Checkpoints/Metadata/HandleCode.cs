namespace Cairn.Checkpoints.Metadata;

/// <summary>The type byte that each handle in the file begins with. Codes were given out in the order of time.</summary>
internal static class HandleCode
{
    public const int None = 0;
    public const int ByteStream = 1;
    public const int File = 2;
    public const int KeyGroups = 3;
    public const int OperatorStream = 4;
    public const int Incremental = 5;
    public const int RelativeFile = 6;
    public const int SavepointKeyGroups = 7;
    public const int Changelog = 8;
    public const int InMemoryChangelog = 9;
    public const int ChangelogStream = 10;
    public const int IncrementalV2 = 11;
    public const int KeyGroupsV2 = 12;
    public const int ChangelogStreamV2 = 13;
    public const int ChangelogV2 = 14;
    public const int SegmentFile = 15;
    public const int EmptySegmentFile = 16;
    public const int FileMergingOperatorStream = 17;
}
