namespace Cairn.Checkpoints.Metadata;

/// <summary>
/// What distinguishes the layouts of the versions and dialects, in one place: the codecs describe one file and ask here which parts of it a
/// version has.
/// </summary>
internal sealed class MetadataLayout
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

    private MetadataLayout(int version, MetadataDialect dialect)
    {
        Version = version;
        Dialect = dialect;
        HasOperatorNames = version >= 5;
        HasChannelState = version >= 3;
        HasChannelTypes = version >= 6;
        HasDuration = version is 1 or 2;
        HasReferenceCheckpoint = version >= 7;
        HasChannelSubtask = dialect != MetadataDialect.ChannelsWithoutSubtask;
        HasChangelogIds = dialect != MetadataDialect.ChangelogWithoutIds;
        HasLogicalFile = dialect != MetadataDialect.SegmentsWithoutLogicalFile;
    }

    public int Version { get; }

    public MetadataDialect Dialect { get; }

    /// <summary>All state of a subtask is one opaque Java object.</summary>
    public bool HasSerializedState => Version == 0;

    /// <summary>The operator states of a chain are listed one by one.</summary>
    public bool HasChainedStates => Version == 1;

    public bool HasMaxParallelism => Version >= 1;

    public bool HasChainLength => Version is 1 or 2;

    public bool HasDuration { get; }

    public bool HasMasterStates => Version >= 2;

    public bool HasCoordinatorState => Version >= 3;

    /// <summary>Operators and subtasks may be marked as finished.</summary>
    public bool HasFinished => Version >= 3;

    public bool HasChannelState { get; }

    public bool HasProperties => Version >= 4;

    public bool HasOperatorNames { get; }

    /// <summary>Each channel handle begins with its type, and may be a merged one.</summary>
    public bool HasChannelTypes { get; }

    public bool HasReferenceCheckpoint { get; }

    public bool HasChannelSubtask { get; }

    public bool HasChangelogIds { get; }

    public bool HasLogicalFile { get; }

    public bool HasNarrowKeyGroupIndex => Dialect == MetadataDialect.NarrowKeyGroupIndex;

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

    /// <summary>The layout that released Flink writes today.</summary>
    public static MetadataLayout Latest { get; } = Find(CheckpointMetadata.LatestVersion, MetadataDialect.Standard)!;

    /// <summary>The layouts of a version's dialects.</summary>
    /// <param name="version">The version.</param>
    /// <param name="dialects">Which dialects to look for: bit n for the dialect with number n.</param>
    public static IEnumerable<MetadataLayout> FindDialects(int version, int dialects) =>
        Layouts.Where(layout => layout.Version == version && (dialects & (1 << (int)layout.Dialect)) != 0);

    /// <summary>The layout of a version's dialect; null when there is none.</summary>
    public static MetadataLayout? Find(int version, MetadataDialect dialect) =>
        Array.Find(Layouts, layout => layout.Version == version && layout.Dialect == dialect);
}
