using System.Text.RegularExpressions;

namespace Cairn.Tests.Checkpoints.Golden;

/// <summary>One deliberate deviation from Flink 1.7.</summary>
/// <param name="Name">As <c>docs/decisions.md</c> lists it.</param>
/// <param name="RowsInSample">How many rows of the sample it changes.</param>
/// <param name="Rewrite">What a recorded result becomes by it; the same where it says nothing.</param>
internal sealed record BehaviourRule(string Name, int RowsInSample, Func<BehaviourRow, string, string> Rewrite);

/// <summary>All deviations; each is applied to each row, in this order, and what comes out has to be what our classes do.</summary>
internal static partial class BehaviourRules
{
    private const string Closed = "THROWS java.io.IOException: The stream of this state is closed: it was finished or discarded.";

    private const string TooLarge = "Consider using a different checkpoint storage: set Cairn:Checkpoints:Backend to FileSystem, or raise Cairn:Checkpoints:MaxStateSize.";

    /// <summary>Rows of the sample that hold as they were recorded.</summary>
    public const int UnchangedInSample = 174;

    public static IReadOnlyList<BehaviourRule> All { get; } =
    [
        new("inline if and only if the total is at most the threshold", 32, (row, result) => row.Suite switch
        {
            "FsCheckpointStateOutputStream.threshold" when row.Number("total") is > 0 and var total && total <= row.Number("threshold") =>
                result.Replace($"file-before-close FileStateHandle size={total}", $"ByteStreamStateHandle size={total}", StringComparison.Ordinal),
            "FsCheckpointStateOutputStream.states" => SmallFile().Replace(result, found =>
                int.Parse(found.Groups["size"].ValueSpan, provider: null) <= row.Number("threshold") ? $"ByteStream(name={found.Groups["path"]},len={found.Groups["size"]})" : found.Value),
            _ => result,
        }),
        new("a state of no bytes has no handle, flushed or not", 4, (_, result) =>
            result.Replace("file-before-close FileStateHandle size=0", "null", StringComparison.Ordinal)),
        new("nothing is visible before its commit", 48, (row, result) => row.Suite switch
        {
            "FsCheckpointStateOutputStream.threshold" => result.Replace("file-before-close ", "", StringComparison.Ordinal),
            _ when !result.Contains("closeAndGetHandle ->", StringComparison.Ordinal) && !result.Contains("finalize ->", StringComparison.Ordinal) => Listed().Replace(result, "ls -> []"),
            _ => result,
        }),
        new("a flush and a sync do nothing, whenever they are called", 3, (_, result) =>
            Regex.Replace(result, "(?<call>flush|sync) -> THROWS [^;]* ;", "${call} -> ok ;", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))),
        new("a closed stream takes no more bytes, and says so", 6, (_, result) =>
            WriteAfterEnd().Replace(result, found => $"{found.Groups["before"]} -> {found.Groups["answer"]} ;{found.Groups["between"]}{found.Groups["write"]} -> {Closed} ;")),
        new("the position may be read after the end, and stays", 2, (row, result) => row.Suite switch
        {
            "FsCheckpointMetadataOutputStream" => result.Replace("getPos -> THROWS java.nio.channels.ClosedChannelException: null", "getPos -> 10", StringComparison.Ordinal),
            "MemoryCheckpointOutputStream(max=16)" when result.StartsWith("w10 -> ok ; closeAndGetHandle", StringComparison.Ordinal) => Position().Replace(result, "getPos -> 10"),
            _ => result,
        }),
        new("what to do about state that is too large names the settings", 6, (_, result) => result
            .Replace(" , maxSize=", ", maxSize=", StringComparison.Ordinal)
            .Replace(" . Consider using a different state backend, like the File System State backend.", ". " + TooLarge, StringComparison.Ordinal)),
        new("a pointer without scheme is a local path, and is named with its scheme", 3, (row, result) => row.Suite == "resolveCheckpoint" && !row.Scenario.Contains(':', StringComparison.Ordinal)
            ? result.Replace($"'{row.Scenario}'", $"'file:{DirectoryOf(row.Scenario)}{row.Scenario}'", StringComparison.Ordinal)
            : result),
        new("no bytes are the default reference", 2, (row, result) => row is { Suite: "CheckpointStorageLocationReference", Scenario: "new(empty)" or "new(null)" } ? "(default)" : result),
        new("hash codes are .NET's", 2, (_, result) => Regex.Replace(result, " hash=-?[0-9]+$", "", RegexOptions.None, TimeSpan.FromSeconds(1))),
        new("an abort deletes exact paths", 2, (row, result) => row is { Suite: "memory-dir" or "fs", Scenario: "disposeOnFailure" }
            ? result.Replace("/chk-7/", "/chk-7/, 01020304050607081112131415161718/chk-8/, 01020304050607081112131415161718/chk-8/_metadata", StringComparison.Ordinal)
            : result),
    ];

    /// <summary>A relative path starts from the current directory.</summary>
    private static string DirectoryOf(string path) =>
        path.StartsWith('/') || path.StartsWith(Sandbox.Placeholder, StringComparison.Ordinal) ? "" : Environment.CurrentDirectory + "/";

    [GeneratedRegex(@"FileStateHandle\((?<path>[^,]*),size=(?<size>[0-9]+),actual=[0-9]+\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SmallFile();

    [GeneratedRegex(@"ls -> \[[^\]]*\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listed();

    [GeneratedRegex("getPos -> [0-9]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Position();

    /// <summary>The first write behind a close.</summary>
    [GeneratedRegex("(?<before>close|closeAndGetHandle|finalize) -> (?<answer>[^;]*) ;(?<between>( (getPos|isClosed) -> [^;]* ;)* )(?<write>wa?[0-9]+) -> (ok|THROWS [^;]*) ;", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WriteAfterEnd();
}
