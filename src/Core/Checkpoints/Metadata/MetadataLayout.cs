namespace Cairn.Checkpoints.Metadata;

/// <summary>
/// What distinguishes the layouts of the versions and dialects, in one place: the codecs describe one file and ask here which parts of it a
/// version has.
/// </summary>
internal sealed class MetadataLayout(int version, MetadataDialect dialect)
{
    public const int NewestVersion = 7;

    private static readonly MetadataLayout[] Layouts =
    [
        .. Enumerable.Range(0, NewestVersion + 1).Select(version => new MetadataLayout(version, MetadataDialect.Standard)),
        new(0, MetadataDialect.NarrowKeyGroupIndex),
        new(3, MetadataDialect.ChannelsWithoutSubtask),
        new(3, MetadataDialect.ChangelogWithoutIds),
        new(3, MetadataDialect.SegmentsWithoutLogicalFile),
        new(4, MetadataDialect.SegmentsWithoutLogicalFile),
    ];

    /// <summary>The layout that released Flink writes today.</summary>
    public static MetadataLayout Latest { get; } = Find(CheckpointMetadata.LatestVersion, MetadataDialect.Standard)!;

    public int Version { get; } = version;

    public MetadataDialect Dialect { get; } = dialect;

    /// <summary>All state of a subtask is one opaque Java object.</summary>
    public bool HasSerializedState => Version == 0;

    /// <summary>The operator states of a chain are listed one by one.</summary>
    public bool HasChainedStates => Version == 1;

    public bool HasChainLength => Version is 1 or 2;

    /// <summary>A subtask has, before its handles, the duration of its snapshot and the states of interfaces that are gone.</summary>
    public bool HasLegacyStates => Version is 1 or 2;

    public bool HasMaxParallelism => Version >= 1;

    public bool HasMasterStates => Version >= 2;

    public bool HasCoordinatorState => Version >= 3;

    /// <summary>Operators and subtasks may be marked as finished.</summary>
    public bool HasFinished => Version >= 3;

    public bool HasProperties => Version >= 4;

    public bool HasOperatorNames => Version >= 5;

    /// <summary>Each channel handle begins with its type, and may be a merged one.</summary>
    public bool HasChannelTypes => Version >= 6;

    public bool HasReferenceCheckpoint => Version >= 7;

    public bool HasNarrowKeyGroupIndex => Dialect == MetadataDialect.NarrowKeyGroupIndex;

    public bool HasChannelSubtask => Dialect != MetadataDialect.ChannelsWithoutSubtask;

    public bool HasChangelogIds => Dialect != MetadataDialect.ChangelogWithoutIds;

    public bool HasLogicalFile => Dialect != MetadataDialect.SegmentsWithoutLogicalFile;

    /// <summary>The newest stream handle that the releases writing this version knew.</summary>
    public int LastStreamHandle => Version <= 2 ? HandleCode.File : HandleCode.EmptySegmentFile;

    /// <summary>The newest keyed handle that the releases writing this version knew.</summary>
    public int LastKeyedHandle => Version switch
    {
        <= 1 => HandleCode.KeyGroups,
        2 => HandleCode.Incremental,
        _ => HandleCode.ChangelogV2,
    };

    /// <summary>The newest operator handle that the releases writing this version knew.</summary>
    public int LastOperatorHandle => Version <= 2 ? HandleCode.OperatorStream : HandleCode.FileMergingOperatorStream;

    /// <summary>The layouts of a version's dialects.</summary>
    /// <param name="version">The version.</param>
    /// <param name="dialects">Which dialects to look for: bit n for the dialect with number n.</param>
    public static IEnumerable<MetadataLayout> FindDialects(int version, int dialects) =>
        Layouts.Where(layout => layout.Version == version && (dialects & (1 << (int)layout.Dialect)) != 0);

    /// <summary>The layout of a version's dialect; null when there is none.</summary>
    public static MetadataLayout? Find(int version, MetadataDialect dialect) =>
        Array.Find(Layouts, layout => layout.Version == version && layout.Dialect == dialect);
}
