using Cairn.FileSystems;

namespace Cairn.Tests.FileSystems.Paths;

/// <summary>Rows where a <see cref="StoragePath"/> is deliberately not Flink's <c>Path</c>, by rule: why, and what holds here instead.</summary>
/// <param name="Name">Short.</param>
/// <param name="Reason">Why this is so.</param>
/// <param name="CountInSample">How many rows of <c>path-golden-sample.tsv</c> it takes.</param>
/// <param name="Applies">Which rows.</param>
/// <param name="Check">What holds here.</param>
internal sealed record GoldenRule(string Name, string Reason, int CountInSample, Func<GoldenRow, bool> Applies, Action<GoldenRow> Check)
{
    public override string ToString() => Name;
}

/// <summary>All the deviations, in one place; the first rule that applies to a row takes it, any other row holds column by column.</summary>
internal static class GoldenRules
{
    public static IReadOnlyList<GoldenRule> Rows { get; } =
    [
        new(
            "Windows drive",
            "A path that begins with a drive is neither relative nor has it a scheme; it is refused with the way to write it (file:///C:/…), never guessed.",
            12,
            row => BeginsWithDrive(row.A) && row.Operation != "new(scheme,authority,path)",
            row => Assert.Contains("Windows drive", Refused(() => StoragePath.Parse(row.A)).Message, StringComparison.Ordinal)),
        new(
            "Drive behind a slash",
            "Flink takes /a:b for a Windows drive and prints it without its slash; a colon is part of a name here, and the path stays absolute.",
            1,
            row => !row.Throws && row["windowsDrive"] == "true",
            row =>
            {
                var path = Parse(row);
                Assert.Equal((row["scheme"], row["authority"], row["path"]!.TrimEnd('/')), (path.Scheme, path.Authority, path.Path));
                Assert.EndsWith(path.Path, path.ToString(), StringComparison.Ordinal);
                Assert.True(path.IsAbsolute);
            }),
        new(
            "Child with a colon",
            "Flink takes the text before the colon of a child for a scheme or a drive (a NullPointerException, or a path that left its parent); here it is part of a name below the parent.",
            12,
            row => row.Operation == "new(parent,child)" && BeginsWithColonPart(row.B),
            StaysBelowItsParent),
        new(
            "Child with two leading slashes",
            "Flink lets //c take over the parent's authority (another bucket); leading slashes of a child are dropped here, however many.",
            7,
            row => row.Operation == "new(parent,child)" && row.B.StartsWith("//", StringComparison.Ordinal),
            StaysBelowItsParent),
        new(
            "User info",
            "A password in a path would end in logs and in metadata; it is refused, and not repeated in the message.",
            1,
            row => !row.Throws && row["authority"]?.Split('@') is [var user, _] && user.Contains(':', StringComparison.Ordinal),
            row => Assert.DoesNotContain("pw", Refused(() => Parse(row)).Message, StringComparison.Ordinal)),
        new(
            "Relative path behind an authority",
            "Flink glues it to the authority (//b and a give //ba) when there is no scheme; it is refused here, as it is with a scheme there.",
            0,
            row => !row.Throws && row.Operation == "new(scheme,authority,path)" && Part(row, 1) is not null && !row.B.StartsWith('/'),
            row => Refused(() => Parse(row))),
        new(
            "White space around a part",
            "Flink 1.7 drops it from a child and newer releases do not; dropped, it would name another file. It is kept in front and refused at the end here.",
            0,
            row => !row.Throws && row.Operation != "new(string)" && row.B.Trim() != row.B,
            row =>
            {
                if (row.B.TrimEnd() != row.B || row.Operation != "new(parent,child)")
                    Refused(() => Parse(row));
                else
                    StaysBelowItsParent(row);
            }),
        new(
            "Slash left at the end",
            "Flink drops a trailing slash before it resolves '.' and '..', so /a/b/.. keeps one and differs from /a; the normal form here never ends in a slash.",
            0,
            row => !row.Throws && row["path"] is { Length: > 1 } path && path.EndsWith('/'),
            row =>
            {
                Assert.Equal(row["path"]!.TrimEnd('/'), Parse(row).Path);
                Assert.Equal(row["toString"]!.TrimEnd('/'), Parse(row).ToString());
            }),
    ];

    /// <summary>The columns that are not what Java prints, of rows that hold otherwise.</summary>
    public static (string Column, string Reason, int CountInSample, Func<GoldenRow, bool> Applies)[] Columns { get; } =
    [
        ("uri", "Java's percent-encoded URI; nothing is percent-encoded here, keys are what they are.", 130, row => !row.Throws),
        ("suffix(_s)", "Flink's suffix of a root is a NullPointerException; here it is an InvalidPath that says so.", 12, row => HasNoSuffix(row) && row["name"] == ""),
        ("suffix(_s)", "Flink's suffix of a name with a colon is an exception, as that of such a child is; here it is the name with the suffix.", 0, row => HasNoSuffix(row) && row["name"] != ""),
    ];

    /// <summary>Makes the path as the row did.</summary>
    public static StoragePath Parse(GoldenRow row) => row.Operation switch
    {
        "new(string)" => StoragePath.Parse(row.A),
        "new(parent,child)" => StoragePath.Parse(row.A) / row.B,
        "new(scheme,authority,path)" => StoragePath.Create(Part(row, 0), Part(row, 1), row.B),
        _ => throw new ArgumentException($"There is no operation '{row.Operation}'.", nameof(row)),
    };

    public static FileSystemException Refused(Func<object> make)
    {
        var error = Assert.Throws<FileSystemException>(make);
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
        return error;
    }

    private static void StaysBelowItsParent(GoldenRow row)
    {
        var parent = StoragePath.Parse(row.A);
        if (parent.ToString().Length == 0 && BeginsWithColonPart(row.B))
        {
            Refused(() => parent / row.B); // a relative path that would be read as one with a scheme
            return;
        }
        var path = parent / row.B;
        Assert.True(path.HasSameRoot(parent));
        Assert.Equal($"{parent.Path.TrimEnd('/')}/{row.B.TrimStart('/')}".TrimStart('/'), path.Key);
    }

    private static string? Part(GoldenRow row, int index) => row.A.Split('|')[index] is var part && part == "null" ? null : part;

    private static bool HasNoSuffix(GoldenRow row) => !row.Throws && row.AccessorThrew("suffix(_s)");

    private static bool BeginsWithDrive(string text) => text.Length > 1 && char.IsAsciiLetter(text[0]) && text[1] == ':';

    private static bool BeginsWithColonPart(string text) => text.Split('/')[0].Contains(':', StringComparison.Ordinal) && !text.Contains("://", StringComparison.Ordinal);
}
