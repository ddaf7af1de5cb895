namespace Cairn.Providers.S3;

/// <summary>
/// Whether bytes are compared with their CRC-32C, which is computed once while they are written. It goes with every upload, for servers that verify it, and
/// into the metadata of a file of one request, for those that do not.
/// </summary>
public enum S3Checksums
{
    /// <summary>Whole files are compared where their checksum is known: files of one request on every server, files of several on servers that keep checksums.</summary>
    Auto,

    /// <summary>The server has to verify uploads, else nothing is written; whole files without a checksum are not read.</summary>
    Required,

    /// <summary>Nothing is computed, sent or compared.</summary>
    Off,
}
