namespace Cairn.Providers.S3;

/// <summary>Whether a server does something. For what a server that does not know it ignores without a word: that cannot be tried out safely.</summary>
public enum ServerSupport
{
    /// <summary>Yes on AWS's own endpoints, no on every other one and behind a client that was handed in.</summary>
    Auto,

    /// <summary>It does.</summary>
    Yes,

    /// <summary>It does not.</summary>
    No,
}
