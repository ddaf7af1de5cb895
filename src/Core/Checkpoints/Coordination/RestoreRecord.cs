using System.Globalization;
using System.Text;
using Cairn.FileSystems;

namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// What an owner that was told where to start from writes into its epoch: the pointer, and the highest id that was there before. A checkpoint above that id in
/// that epoch follows from the pointer, so a later start with the same pointer knows that it was used.
/// </summary>
internal sealed record RestoreRecord(string Pointer, long Above)
{
    /// <summary>The same text for every way to write one pointer: with <c>_metadata</c> or a slash at its end, or without.</summary>
    public static string Normalize(string pointer)
    {
        try
        {
            var path = StoragePath.ParseUriOrLocal(pointer);
            return $"{(path.Name == CheckpointDirectories.MetadataFileName ? path.Parent : path)}";
        }
        catch (FileSystemException)
        {
            return pointer; // resolving it says what is wrong
        }
    }

    public byte[] ToBytes() => Encoding.UTF8.GetBytes($"{Above}\n{Pointer}");

    /// <summary>Null when the owner was not told where to start from.</summary>
    public static RestoreRecord? FromBytes(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        return end >= 0 && long.TryParse(bytes[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var above)
            ? new RestoreRecord(Encoding.UTF8.GetString(bytes[(end + 1)..]), above)
            : null;
    }
}
