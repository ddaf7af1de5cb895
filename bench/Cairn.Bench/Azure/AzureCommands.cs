using System.CommandLine;
using System.Globalization;
using Azure.Storage;
using Cairn.Emulators;

namespace Cairn.Bench.Azure;

/// <summary>The commands of the Azure benchmarks: <c>azure</c>, in parts that each take some minutes.</summary>
internal static class AzureCommands
{
    private const string Setting = "AZURE_STORAGE_CONNECTION_STRING";

    public static Command Bench(Option<int> runs, Option<string?> report)
    {
        var part = new Option<string>("--part") { Description = "what is measured" };
        part.DefaultValueFactory = _ => "small";
        part.AcceptOnlyFromAmong("small", "large", "delete", "upload");
        var samples = new Option<string?>("--samples") { Description = "for 'upload', a file that keeps the samples, so that it can be run in pieces" };
        var distance = new Option<int>("--distance") { Description = "for 'delete', how many milliseconds away the server is, one way" };
        var azure = new Command("azure", "blobs through IFileSystem beside the best call of Azure.Storage.Blobs, on Azurite") { runs, report, part, samples, distance };
        azure.SetAction(async (result, _) => await RunAsync(
            result.GetValue(part)!, result.GetValue(runs), result.GetValue(report), result.GetValue(samples), TimeSpan.FromMilliseconds(result.GetValue(distance))));
        return azure;
    }

    /// <summary>One upload in a process of its own; started by <c>azure --part upload</c>.</summary>
    public static Command Child()
    {
        var validation = new Argument<StorageChecksumAlgorithm>("validation");
        var contender = new Argument<int>("contender");
        var child = new Command("azure-child") { validation, contender };
        child.Hidden = true;
        child.SetAction(async (result, _) => await AzureUpload.RunChildAsync(result.GetValue(validation), result.GetValue(contender), Environment.GetEnvironmentVariable(Setting)!));
        return child;
    }

    private static async Task RunAsync(string part, int runs, string? file, string? earlier, TimeSpan distance)
    {
        await using var endpoint = await AzureEndpoint.StartAsync();
        var results = new List<(Case Case, IReadOnlyList<IReadOnlyList<Sample>> Samples)>();
        await foreach (var result in MeasureAsync(part, endpoint, runs, earlier, distance))
            results.Add(result);
        runs = results.Min(result => result.Samples.Min(samples => samples.Count));
        var name = distance == default ? part : string.Create(CultureInfo.InvariantCulture, $"{part}-{distance.TotalMilliseconds:F0}ms");
        var options = distance == default ? "" : string.Create(CultureInfo.InvariantCulture, $" --distance {distance.TotalMilliseconds:F0}");
        var text = new Report(
            $"Azure Blob Storage: {part}", $"dotnet run -c Release --project bench/Cairn.Bench -- azure --part {part}{options} --runs {runs} --report bench/reports/azure-{name}.md", runs,
            note: $" The server is {endpoint.Description.Split(" at ", 2)[0]}, on the same machine.{(part == "upload" ? AzureUpload.Note : "")}");
        var bars = new List<Bar>();
        foreach (var (measured, samples) in results)
        {
            text.Add(measured, samples);
            bars.AddRange(AzureBars.Of(measured, samples));
        }
        text.AddBars(bars);
        if (file is not null)
            await File.WriteAllTextAsync(file, text.ToString());
    }

    private static async IAsyncEnumerable<(Case Case, IReadOnlyList<IReadOnlyList<Sample>> Samples)> MeasureAsync(
        string part, AzureEndpoint endpoint, int runs, string? earlier, TimeSpan distance)
    {
        if (part == "upload")
        {
            foreach (var validation in new[] { StorageChecksumAlgorithm.None, StorageChecksumAlgorithm.MD5 })
                yield return await AzureUpload.RunAsync(endpoint, validation, runs, earlier);
            yield break;
        }
        if (part == "delete")
        {
            await using var deletion = await AzureDeletionBench.StartAsync(endpoint, distance);
            var roundTrip = distance == default ? 0 : await deletion.WayAsync();
            var way = distance == default ? "" : string.Create(CultureInfo.InvariantCulture, $" ({roundTrip:F1} ms there and back)");
            var measured = deletion.Measured(string.Create(CultureInfo.InvariantCulture, $"delete {AzureDeletionBench.Files:N0} files, {distance.TotalMilliseconds:F0} ms away{way}"));
            yield return (measured, await Interleaved.RunAsync(measured, runs));
            yield break;
        }
        await using var bench = await AzureBench.StartAsync(endpoint);
        IEnumerable<Case> cases = part == "small" ? bench.SmallFiles() : [await bench.LargeReadAsync()];
        foreach (var measured in cases)
            yield return (measured, await Interleaved.RunAsync(measured, runs));
    }
}
