using System.CommandLine;
using Cairn.Bench;
using Cairn.Bench.Azure;
using Cairn.Bench.Transfers;

var runs = new Option<int>("--runs") { Description = "interleaved runs of each contender", DefaultValueFactory = _ => 31 };
var report = new Option<string?>("--report") { Description = "the file to write the report to" };
var directory = new Option<string>("--directory") { Description = "where the files go", DefaultValueFactory = _ => Path.GetTempPath() };

var local = new Command("local", "local files through IFileSystem beside a bare FileStream with the same fsyncs") { runs, report, directory };
local.SetAction(async (result, cancellationToken) =>
{
    var text = new Report("Local files", "dotnet run -c Release --project bench/Cairn.Bench -- local", result.GetValue(runs));
    await using var bench = new LocalBench(result.GetValue(directory)!);
    foreach (var measured in bench.Cases())
        text.Add(measured, await Interleaved.RunAsync(measured, result.GetValue(runs)));
    if (result.GetValue(report) is { } file)
        await File.WriteAllTextAsync(file, text.ToString(), cancellationToken);
});

var metadata = new Command("metadata", "reading and writing _metadata files beside a memcpy of the same bytes, on one core") { runs, report };
metadata.SetAction(async (result, cancellationToken) =>
{
    var text = new Report(
        "`_metadata`, read and written",
        "taskset -c 1 dotnet run -c Release --project bench/Cairn.Bench -- metadata --report bench/reports/metadata.md",
        result.GetValue(runs),
        note: " It is the processor time of all threads, the garbage collector's too, so what else the machine did is not in it.\n"
            + "Copies and encoded files go to memory that is there already; decoding makes its objects anew. A ratio of 20 is 1/20 of memcpy's speed.");
    var bench = new MetadataBench();
    await bench.RunAsync(result.GetValue(runs), text.Add);
    text.AddBars(bench.Bars);
    if (result.GetValue(report) is { } file)
        await File.WriteAllTextAsync(file, text.ToString(), cancellationToken);
});

var checkpoints = new Command("checkpoints", "a checkpoint of 4 x 64 MiB on local files beside bare parallel writes with the same fsyncs") { runs, report, directory };
checkpoints.SetAction(async (result, cancellationToken) =>
{
    var text = new Report(
        "Checkpoints on local files",
        "dotnet run -c Release --project bench/Cairn.Bench -- checkpoints --runs 21 --report bench/reports/checkpoints.md",
        result.GetValue(runs));
    await using var bench = new CheckpointBench(result.GetValue(directory)!);
    var (measured, samples, bars) = await bench.RunAsync(result.GetValue(runs));
    text.Add(measured, samples);
    text.AddBars(bars);
    if (result.GetValue(report) is { } file)
        await File.WriteAllTextAsync(file, text.ToString(), cancellationToken);
});

var part = new Argument<string>("part") { Description = "small, read, list, delete, up or down: each takes minutes" };
var s3 = new Command("s3", "S3 through IFileSystem beside the SDK and bare HTTP, on a private server of this machine") { part, runs, report };
s3.SetAction(async (result, cancellationToken) =>
{
    var (name, file) = (result.GetValue(part)!, result.GetValue(report));
    await using var store = await S3BenchStore.StartAsync();
    var text = new Report($"S3: {name}", $"dotnet run -c Release --project bench/Cairn.Bench -- s3 {name} --runs {result.GetValue(runs)}", result.GetValue(runs), note: $"\nServer and clients share the machine: {store.Description}.");
    var bench = new S3Bench(store, result.GetValue(runs), text.Add);
    await (name switch
    {
        "small" => bench.SmallAsync(),
        "read" => bench.ReadAsync(),
        "list" => bench.ListAsync(keys: 100_000),
        "delete" => bench.DeleteAsync(keys: 10_000),
        _ => bench.LargeAsync(name, 1L << 30),
    });
    text.AddBars(bench.Bars);
    if (file is not null)
        await File.WriteAllTextAsync(file, text.ToString(), cancellationToken);
});

var contender = new Argument<string>("contender");
var direction = new Argument<string>("direction");
var length = new Argument<long>("length");
var s3Transfer = new Command("s3-transfer", "one transfer, in the process that `s3 up` and `s3 down` start") { contender, direction, length };
s3Transfer.Hidden = true;
s3Transfer.SetAction((result, _) => S3Transfer.RunAsync(result.GetValue(contender)!, result.GetValue(direction)!, result.GetValue(length)));

return await new RootCommand("Cairn beside the bare platform, interleaved in one run.") { local, metadata, checkpoints, s3, s3Transfer, TransferCommand.Create(runs, report, directory), StartupBench.Create(runs, report), AzureCommands.Bench(runs, report), AzureCommands.Child() }.Parse(args).InvokeAsync();
