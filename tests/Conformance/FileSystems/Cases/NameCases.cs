using System.Text;
using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>Odd names come back as they went in, by every verb.</summary>
internal static class NameCases
{
    private static readonly string[] Names =
    [
        "a b", "a  b", "+", "a+b", "%", "%20", "a%2Fb", "%zz", "#", "a#b", "?", "a?b=c", "&", "a&b", "=", "~", "'", "\"", "<>", "|", "*", "[x]", "{x}", "$", "!",
        "@", ",", ";", "a:b", ":", "^", "`", "()", ".hidden", "..x", "...x", "-", "_", "é", "e\u0301", "世界", "😀", "\U0001F9EC\u200D", "\u00A0x", "ﬁ", "ß", "İ",
    ];

    public static async Task Odd_names_round_trip_by_every_verb(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        foreach (var name in Names)
            await harness.FileSystem.WriteAllBytesAsync(harness.At(name), Encoding.UTF8.GetBytes(name), cancellationToken: cancellationToken);
        await using var another = harness.OpenAnother();
        var listed = await another.ListAllAsync(harness.Directory, cancellationToken: cancellationToken);
        Expect.SameSet(Names, listed.Select(entry => entry.Path.Name), "the names");
        Expect.True(listed.TrueForAll(entry => entry.Path.IsAddressable), "names that can be addressed");
        foreach (var entry in listed)
        {
            Expect.Equal(entry.Path, StoragePath.Parse(entry.Path.ToString()), "the path that was printed and parsed");
            Expect.Equal(entry.Path.Name, Encoding.UTF8.GetString(await another.ReadAllBytesAsync(entry.Path, cancellationToken: cancellationToken)), "the content");
            Expect.Equal(entry.Path, (await another.GetAsync(entry.Path, cancellationToken)).Path, "the path that was found");
        }
        foreach (var result in await another.DeleteAsync([.. listed.Select(entry => entry.Path)], cancellationToken))
            Expect.Equal(null, result.Error, $"the error of deleting '{result.Path}'");
        Expect.SameSet<string>([], await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "what is left");
    }

    public static async Task Odd_names_are_directories_too(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        foreach (var name in Names)
            await harness.FileSystem.WriteAllBytesAsync(harness.At(name) / "file", Encoding.UTF8.GetBytes(name), cancellationToken: cancellationToken);
        foreach (var directory in await harness.FileSystem.ListAllAsync(harness.Directory, cancellationToken: cancellationToken))
        {
            Expect.Equal(EntryKind.Directory, directory.Kind);
            var files = await harness.FileSystem.ListAllAsync(directory.Path, cancellationToken: cancellationToken);
            Expect.SameSet([directory.Path / "file"], files.Select(file => file.Path), $"the files of '{directory.Path}'");
        }
        Expect.SameSet(Names.Select(name => name + "/file"), await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "the keys");
    }

    public static async Task Names_differ_by_case(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("name"), new Payload(1, 100), cancellationToken: cancellationToken);
        await harness.FileSystem.WriteAsync(harness.At("Name"), new Payload(2, 100), cancellationToken: cancellationToken);
        await harness.FileSystem.CheckAsync(harness.At("name"), new Payload(1, 100), cancellationToken);
        await harness.FileSystem.CheckAsync(harness.At("Name"), new Payload(2, 100), cancellationToken);
    }

    public static Task A_key_of_1024_bytes_round_trips(FileSystemHarness harness, CancellationToken cancellationToken) =>
        CheckLongKeyAsync(harness, "k", cancellationToken);

    public static Task A_key_of_1024_bytes_beyond_the_basic_plane_round_trips(FileSystemHarness harness, CancellationToken cancellationToken) =>
        CheckLongKeyAsync(harness, "😀", cancellationToken);

    public static async Task A_key_that_is_too_long_is_refused(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At(string.Join('/', Enumerable.Repeat(new string('k', 200), 50)));
        await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, path, () => harness.FileSystem.OpenWriteAsync(path, cancellationToken: cancellationToken));
        await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, path, () => harness.FileSystem.FindAsync(path, cancellationToken: cancellationToken));
    }

    private static async Task CheckLongKeyAsync(FileSystemHarness harness, string unit, CancellationToken cancellationToken)
    {
        var path = LongPath(harness, unit);
        Expect.Equal(1024, Encoding.UTF8.GetByteCount(path.Key));
        await harness.FileSystem.WriteAsync(path, new Payload(1, 100), cancellationToken: cancellationToken);
        await harness.FileSystem.CheckAsync(path, new Payload(1, 100), cancellationToken);
        Expect.SameSet([path], (await harness.FileSystem.ListAllAsync(harness.Directory, new ListOptions { Recursive = true }, cancellationToken)).Select(entry => entry.Path), "the files");
        await harness.FileSystem.DeleteAsync(path, cancellationToken);
        await harness.FileSystem.CheckAbsentAsync(path, cancellationToken);
    }

    private static StoragePath LongPath(FileSystemHarness harness, string unit)
    {
        var path = harness.Directory;
        var size = Encoding.UTF8.GetByteCount(unit);
        while (true)
        {
            var left = 1024 - Encoding.UTF8.GetByteCount(path.Key) - 1;
            var room = Math.Min(left, harness.LongestName);
            if (left - room is > 0 and < 3)
                room -= 3; // so that the last name is not empty
            var name = string.Concat(Enumerable.Repeat(unit, room / size)) + new string('x', room % size);
            path /= name;
            if (left == room)
                return path;
        }
    }
}
