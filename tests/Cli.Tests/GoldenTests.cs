using System.Text.RegularExpressions;
using Cairn.Cli.Tests.Running;
using Cairn.Cli.Tests.Samples;

namespace Cairn.Cli.Tests;

/// <summary>
/// What each command prints, for people and for programs, word by word. <c>CAIRN_UPDATE_GOLDEN=1</c> writes the files in <c>Golden</c> anew; the difference is
/// then what a user would see change.
/// </summary>
public sealed partial class GoldenTests
{
    private const string Chk41 = "<root>/checkpoints/" + GoldenCheckpoints.Job + "/chk-41";
    private const string Chk42 = "<root>/checkpoints/" + GoldenCheckpoints.Job + "/chk-42";
    private const string Savepoint = "<root>/savepoints/savepoint-6f0c1a-000000000001";

    private static readonly bool Update = Environment.GetEnvironmentVariable("CAIRN_UPDATE_GOLDEN") is "1";

    private static readonly Dictionary<string, string[]> Cases = new()
    {
        ["checkpoints"] = ["checkpoints", "<root>"],
        ["inspect"] = ["inspect", Chk42],
        ["inspect-savepoint"] = ["inspect", Savepoint],
        ["inspect-operators"] = ["inspect", Chk42, "--operators"],
        ["inspect-handles"] = ["inspect", Chk42, "--handles"],
        ["files"] = ["files", Chk42],
        ["verify"] = ["verify", Chk42],
        ["verify-deep"] = ["verify", Chk41, "--deep"],
        ["diff"] = ["diff", Chk41, Chk42],
        ["diff-same"] = ["diff", Chk42, Chk42],
        ["convert"] = ["convert", Chk42, "<root>/converted/_metadata.v4", "--metadata-version", "4", "--allow-loss"],
        ["relocate-dry-run"] = ["relocate", Chk42, "<root>/moved", "--dry-run"],
        ["relocate"] = ["relocate", Chk42, "<root>/moved"],
        ["orphans"] = ["orphans", "<root>/checkpoints", "--references", "<root>/savepoints"],
        ["orphans-delete"] = ["orphans", "<root>/checkpoints", "--references", "<root>/savepoints", "--delete"],
        ["ls"] = ["ls", "-r", "<root>/savepoints"],
        ["ls-long"] = ["ls", "-l", "<root>/checkpoints"],
        ["put"] = ["put", Chk42 + "/offsets", "<root>/copy"],
        ["cp"] = ["cp", "-r", "<root>/checkpoints", "<root>/copied"],
        ["mv"] = ["mv", Chk42 + "/offsets", "<root>/moved/"],
        ["rm"] = ["rm", "-r", Savepoint],
        ["rm-dry-run"] = ["rm", "-r", "--dry-run", Savepoint],
        ["du"] = ["du", "<root>"],
        ["config"] = ["config"],
    };

    public static TheoryData<string> Names { get; } = [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task For_people(string name) => CheckAsync($"{name}.txt", Cases[name]);

    [Theory]
    [MemberData(nameof(Names))]
    public Task For_programs(string name) => CheckAsync($"{name}.json", [.. Cases[name], "--json"]);

    [Fact]
    public Task When_files_are_missing() => CheckAsync("verify-broken.txt", ["verify", Chk42], folder => File.Delete($"{folder}/checkpoints/{GoldenCheckpoints.Job}/shared/t-2"), exitCode: 1);

    [Fact]
    public Task When_files_are_missing_for_programs() =>
        CheckAsync("verify-broken.json", ["verify", Chk42, "--json"], folder => File.WriteAllText($"{folder}/checkpoints/{GoldenCheckpoints.Job}/shared/t-2", "short"), exitCode: 1);

    private static async Task CheckAsync(string file, string[] args, Action<string>? damage = null, int exitCode = 0)
    {
        using var folder = new TestFolder();
        GoldenCheckpoints.Write(folder.Path);
        damage?.Invoke(folder.Path);
        var environment = new Dictionary<string, string> { ["CAIRN__FileSystems__s3__AccessKey"] = "AKIA", ["CAIRN__FileSystems__s3__SecretKey"] = "topsecret" };

        var result = await Tool.RunAsync(environment, [.. args.Select(a => a.Replace("<root>", folder.Path, StringComparison.Ordinal))]);

        Assert.Equal(exitCode, result.ExitCode);
        var printed = $"$ cairn {string.Join(' ', args)}\n{Normalize(result.Out + result.Error, folder.Path)}";
        var path = Path.Combine(Repository.Root, "tests", "Cli.Tests", "Golden", file);
        if (Update)
            await File.WriteAllTextAsync(path, printed, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), printed);
    }

    /// <summary>Leaves out what is another one each time: the folder, times, versions of files; and the room that the longest path takes in a table.</summary>
    private static string Normalize(string text, string folder)
    {
        text = text.Replace(folder, "<root>", StringComparison.Ordinal);
        text = Time().Replace(text, "<time>");
        text = ETag().Replace(text, "\"eTag\": \"<version>\"");
        return TrailingSpace().Replace(text, "");
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\s"",]*", RegexOptions.None, 1000)]
    private static partial Regex Time();

    [GeneratedRegex("\"eTag\": \"[^\"]*\"", RegexOptions.None, 1000)]
    private static partial Regex ETag();

    [GeneratedRegex(" +$", RegexOptions.Multiline, 1000)]
    private static partial Regex TrailingSpace();
}
