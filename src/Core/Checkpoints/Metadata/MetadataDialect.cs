namespace Cairn.Checkpoints.Metadata;

/// <summary>
/// A layout that some release of Flink wrote under a version number that elsewhere means other bytes. A reader recognises it; a file that
/// is written again keeps it.
/// </summary>
public enum MetadataDialect
{
    /// <summary>The layout that the version number stands for.</summary>
    Standard = 0,

    /// <summary>Version 0 as Flink 1.1 wrote it: the index of a key-group state is one byte.</summary>
    NarrowKeyGroupIndex,

    /// <summary>Version 3 as Flink 1.11 wrote it: channel state does not say which subtask it is of.</summary>
    ChannelsWithoutSubtask,

    /// <summary>Version 3 as Flink 1.14 wrote it: changelog handles have neither ids nor checkpointed sizes.</summary>
    ChangelogWithoutIds,

    /// <summary>Versions 3 and 4 as unreleased snapshots of Flink 1.20 wrote them: file segments have no logical file id.</summary>
    SegmentsWithoutLogicalFile,
}
