namespace Cairn.Providers.S3;

/// <summary>Whether a server honours a condition on the completion of a multi-part upload. Older servers ignore it without a word, so this cannot be tried out safely.</summary>
public enum ConditionalCompletion
{
    /// <summary>Yes on AWS's own endpoints, no on every other one.</summary>
    Auto,

    /// <summary>It does (AWS, Ceph from 20.2, MinIO).</summary>
    Yes,

    /// <summary>It does not: a conditional write above one part is spooled to disk and sent as one conditional PUT.</summary>
    No,
}
