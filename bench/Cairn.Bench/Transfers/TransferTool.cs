using System.Diagnostics;
using Cairn.Emulators;

namespace Cairn.Bench.Transfers;

/// <summary>A program that copies between a disk and S3, told of the server by its environment, with its defaults otherwise.</summary>
/// <param name="Name">As it is known.</param>
/// <param name="Copy">The command that copies everything below the first place to below the second; a place on S3 is <c>bucket/key</c>.</param>
internal sealed record TransferTool(string Name, Func<S3Endpoint, string, string, string[]> Copy)
{
    /// <summary>Debian's, not what else is called so on this machine.</summary>
    private const string Rclone = "/usr/bin/rclone";

    private const string Aws = "/usr/bin/aws";

    public static IReadOnlyList<TransferTool> All(string cairn) =>
    [
        new("cairn cp", (_, from, to) => [cairn, "cp", "-r", Uri(from), Uri(to)]),
        new("rclone copy", (server, from, to) => [Rclone, "copy", Remote(server, from), Remote(server, to)]),
        new("aws s3 cp", (server, from, to) => [Aws, "--endpoint-url", server.ServiceUrl.ToString(), "s3", "cp", "--recursive", "--only-show-errors", Uri(from), Uri(to)]),
    ];

    /// <summary>What they call themselves.</summary>
    public static async Task<string> VersionsAsync(string cairn)
    {
        var (ours, rclone, aws) = (await RunAsync([cairn, "--version"]), await RunAsync([Rclone, "version"]), await RunAsync([Aws, "--version"]));
        return $"cairn {ours.Split('+')[0].Trim()}, {rclone.Split('\n')[0].Trim()}, {aws.Split(' ')[0]}";
    }

    public static Task MakeBucketAsync(S3Endpoint server, string bucket) => RunAsync([Aws, "--endpoint-url", server.ServiceUrl.ToString(), "s3", "mb", $"s3://{bucket}"], server);

    /// <summary>Copies; the seconds that its process took.</summary>
    public async Task<double> RunAsync(S3Endpoint server, string from, string to)
    {
        await RunAsync(["/bin/sync"]);
        var start = Stopwatch.GetTimestamp();
        await RunAsync(Copy(server, from, to), server);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string Uri(string place) => place.StartsWith('/') ? place : $"s3://{place}";

    private static string Remote(S3Endpoint server, string place) => place.StartsWith('/') ? place : $":s3,provider=Ceph,env_auth=true,endpoint='{server.ServiceUrl}':{place}";

    private static async Task<string> RunAsync(string[] command, S3Endpoint? server = null)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // Nothing of this machine's configuration; rclone cannot take a certificate bundle together with its own transport, either.
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["HOME"] = Path.GetTempPath();
        if (server is not null)
        {
            start.Environment["AWS_ACCESS_KEY_ID"] = server.AccessKey;
            start.Environment["AWS_SECRET_ACCESS_KEY"] = server.SecretKey;
            start.Environment["AWS_REGION"] = start.Environment["AWS_DEFAULT_REGION"] = server.Region;
            start.Environment["AWS_ENDPOINT_URL_S3"] = server.ServiceUrl.ToString();
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {await error}{await output}");
    }
}
