using System.CommandLine;
using System.Runtime.InteropServices;

namespace Cairn.Bench.Transfers;

/// <summary>The command <c>transfer</c>, in rounds that each take some minutes.</summary>
internal static class TransferCommand
{
    public static Command Create(Option<int> runs, Option<string?> report, Option<string> directory)
    {
        var cairn = new Option<string>("--cairn") { Description = "the program cairn, as Native AOT made it", Required = true };
        var what = new Option<string>("--what") { Description = "small (10,000 files of 1 KiB) or large (one file of 2 GiB)", Required = true }.AcceptOnlyFromAmong("small", "large");
        var samples = new Option<string?>("--samples") { Description = "a file that keeps the samples, so that it can be run in pieces" };
        var command = new Command("transfer", "cairn cp beside rclone copy and aws s3 cp, between a disk and an S3 server here") { cairn, what, runs, report, directory, samples };
        command.SetAction(async (result, cancellationToken) =>
        {
            var program = Path.GetFullPath(result.GetValue(cairn)!);
            var (tools, kept) = (TransferTool.All(program), new TransferSamples(result.GetValue(samples)));
            var server = await new TransferBench(tools, result.GetValue(directory)!, kept).RunAsync(result.GetValue(what)!, result.GetValue(runs));
            var text = $"""
                # `cairn cp` beside `rclone copy` and `aws s3 cp`

                Between a disk and an S3 server on the same machine, {Environment.ProcessorCount} cores ({server}); each tool as its own process, in turn, the order another one each round, all with their
                defaults: {await TransferTool.VersionsAsync(program)}; cairn is the program of Native AOT ({RuntimeInformation.RuntimeIdentifier}). Medians; the ratio is the median of the ratios
                round by round, with its 95 % interval (bootstrap): above 1 the other tool takes longer. The commands, run again and again, one round each:

                    sh eng/cli-aot.sh publish
                    dotnet run -c Release --project bench/Cairn.Bench -- transfer --cairn artifacts/cairn/cairn --what small --runs 1 --samples samples.tsv
                    dotnet run -c Release --project bench/Cairn.Bench -- transfer --cairn artifacts/cairn/cairn --what large --runs 1 --samples samples.tsv --report bench/reports/cli-transfer.md


                """ + kept.Report(tools);
            Console.WriteLine(text);
            if (result.GetValue(report) is { } file)
                await File.WriteAllTextAsync(file, text, cancellationToken);
        });
        return command;
    }
}
