using System.Globalization;
using System.Text.Json;
using Cairn.Cli.Tests.Running;

namespace Cairn.Cli.Tests;

/// <summary>Real <c>_metadata</c> files of every version of Flink, and damaged ones.</summary>
public sealed class FixtureTests
{
    private const int DamagedFiles = 1000;

    private static readonly string? Folder = FindFolder();

    [Fact]
    public async Task Every_file_of_Flinks_is_inspected_with_the_counts_that_are_known()
    {
        var fixtures = Fixtures();
        var inspected = 0;
        await Parallel.ForEachAsync(fixtures, TestContext.Current.CancellationToken, async (fixture, _) =>
        {
            var result = (await Tool.RunAsync("inspect", fixture.FullPath, "--json")).Done();
            using var document = JsonDocument.Parse(result.Bytes);
            var root = document.RootElement;
            var operators = root.GetProperty("operators").EnumerateArray().ToList();

            Assert.Equal(fixture.Version, root.GetProperty("metadataVersion").GetInt32());
            Assert.Equal(fixture.CheckpointId, root.GetProperty("checkpointId").GetInt64());
            Assert.Equal(fixture.Size, root.GetProperty("metadataBytes").GetInt64());
            Assert.Equal(fixture.Operators, operators.Count);
            Assert.Equal(fixture.Subtasks, operators.Sum(o => o.GetProperty("subtasks").GetArrayLength()));
            Assert.Equal(fixture.MasterStates, root.GetProperty("masterStates").GetArrayLength());
            Assert.Equal(
                fixture.HandleTypes,
                string.Join(';', root.GetProperty("handleTypes").EnumerateObject().Select(t => $"{t.Name}={t.Value.GetInt32()}").Order(StringComparer.Ordinal)));
            Interlocked.Increment(ref inspected);
        });
        Assert.Equal(fixtures.Count, inspected);
    }

    [Fact]
    public async Task Every_file_of_Flinks_is_shown_to_people_too()
    {
        await Parallel.ForEachAsync(Fixtures(), TestContext.Current.CancellationToken, async (fixture, _) =>
        {
            foreach (var option in new[] { "--operators", "--handles" })
                Assert.Contains($"version {fixture.Version}", (await Tool.RunAsync("inspect", fixture.FullPath, option)).Done().Out, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Every_file_of_Flinks_is_converted_to_itself_byte_for_byte()
    {
        using var folder = new TestFolder();
        await Parallel.ForEachAsync(Fixtures().Index(), TestContext.Current.CancellationToken, async (item, token) =>
        {
            var copy = Path.Combine(folder.Path, item.Index.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(0, (await Tool.RunAsync("convert", item.Item.FullPath, copy)).ExitCode);
            Assert.Equal(await File.ReadAllBytesAsync(item.Item.FullPath, token), await File.ReadAllBytesAsync(copy, token));
        });
    }

    /// <summary>Damage that makes another file that is whole too is not damage: what is still read is left out, and counted.</summary>
    [Fact]
    public async Task Damaged_files_are_refused_in_one_line()
    {
        using var folder = new TestFolder();
        var fixtures = Fixtures().Where(f => f.Size is > 8 and < 100_000).ToList();
        var (made, refused, wanted) = (0, 0, Effort.Of(quick: DamagedFiles, full: DamagedFiles));
        while (refused < wanted)
        {
            var first = made;
            made += wanted - refused;
            await Parallel.ForAsync(first, made, TestContext.Current.CancellationToken, async (i, token) =>
            {
                var path = Path.Combine(folder.Path, $"damaged-{i}");
                await File.WriteAllBytesAsync(path, Damage(await File.ReadAllBytesAsync(fixtures[i % fixtures.Count].FullPath, token), i, new Random(i)), token);
                if (await IsRefusedAsync(path))
                    Interlocked.Increment(ref refused);
            });
        }
    }

    private static async Task<bool> IsRefusedAsync(string path)
    {
        var result = await Tool.RunAsync("inspect", path, "--json");
        if (result.ExitCode == 0)
            return false;
        Assert.Contains(path, result.Failed(), StringComparison.Ordinal);
        Assert.DoesNotContain("not foreseen", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Out);
        return true;
    }

    private static byte[] Damage(byte[] file, int kind, Random random)
    {
        switch (kind % 4)
        {
            case 0:
                return file[..random.Next(file.Length)];
            case 1:
                file[random.Next(8)] ^= (byte)(1 << random.Next(8));
                return file;
            case 2:
                random.NextBytes(file.AsSpan(random.Next(file.Length)));
                return file;
            default:
                return [.. file, (byte)random.Next(256)];
        }
    }

    private sealed record Fixture(string FullPath, int Version, int Size, int Operators, int Subtasks, long CheckpointId, int MasterStates, string HandleTypes);

    private static List<Fixture> Fixtures()
    {
        Assert.SkipWhen(Folder is null, "Flink's files are not here: neither ../shared/flink/fixtures nor CAIRN_FLINK_FIXTURES.");
        return [.. File.ReadLines(Path.Combine(Folder, "index.tsv")).Skip(1).Select(line => Parse(line.Split('\t')))];
    }

    private static Fixture Parse(string[] columns) => new(
        Path.Combine(Folder!, columns[0]), Number(columns[1]), Number(columns[2]), Number(columns[4]), Number(columns[5]),
        long.Parse(columns[6], CultureInfo.InvariantCulture), Number(columns[7]), columns[8]);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string? FindFolder()
    {
        if (Environment.GetEnvironmentVariable("CAIRN_FLINK_FIXTURES") is { Length: > 0 } configured)
            return configured;
        var beside = Path.Combine(Repository.Root, "..", "shared", "flink", "fixtures");
        return File.Exists(Path.Combine(beside, "index.tsv")) ? beside : null;
    }
}
