namespace Cairn.Conformance.FileSystems;

/// <summary>What a store may have or lack, or its harness cannot stage, and what some cases need.</summary>
public enum StoreFeature
{
    /// <summary>Creates are decided in one atomic step.</summary>
    AtomicCreate,

    /// <summary>Replace is offered.</summary>
    Replace,

    /// <summary>Create and Replace hold for files of several parts.</summary>
    ConditionsOnLargeFiles,

    /// <summary>Directories are things of their own.</summary>
    RealDirectories,

    /// <summary>There can be keys that no path addresses.</summary>
    UnaddressableKeys,

    /// <summary>A killed writer leaves something behind.</summary>
    AbandonedWrites,

    /// <summary>There are buckets or containers, and one can be missing.</summary>
    Buckets,

    /// <summary>There are rights, and they can be missing.</summary>
    Rights,
}
