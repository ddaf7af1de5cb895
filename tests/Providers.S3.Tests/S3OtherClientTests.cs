using System.Diagnostics;
using System.Text.Json;
using Cairn.Emulators;
using Cairn.FileSystems;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.S3.Tests;

/// <summary>Names and bytes mean the same to another client: Debian's python3-boto3.</summary>
public abstract class S3OtherClientTests(S3ServerKind server)
{
    private static readonly string[] OddNames =
    [
        "plain", "with blank", "plus+sign", "per%20cent", "100%", "%2F", "hash#tag", "question?mark", "amp&ersand", "semi;colon", "colon:", "quote'\"", "tilde~", "star*",
        "brackets[]{}()", "at@sign", "equals=", "comma,", "dollar$", "caret^", "pipe|", "<angle>", "ümläut", "e\u0301 combining", "日本語", "\U0001F600", "dir/inner", "dir.with.dots/..hidden", "in\tthe middle", "new\nline", "a\u0001b", "del\u007f.",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Odd_keys_written_here_are_read_there_under_the_same_names()
    {
        var store = await S3Store.OpenAsync(server);
        await using var fileSystem = store.Open();
        var directory = store.NewDirectory();
        foreach (var name in OddNames)
            await WriteAsync(fileSystem, StoragePath.FromKey(store.Root, $"{directory.Key}/{name}"), Content(name), WriteMode.Create);
        var read = await PythonAsync(store, directory, """
            names = {}
            for page in s3.get_paginator('list_objects_v2').paginate(Bucket=bucket, Prefix=prefix):
                for found in page.get('Contents', []):
                    names[found['Key'][len(prefix):]] = s3.get_object(Bucket=bucket, Key=found['Key'])['Body'].read().hex()
            print(json.dumps(names))
            """);
        Assert.Equal(OddNames.Order(StringComparer.Ordinal), read.Keys.Order(StringComparer.Ordinal));
        Assert.All(read, file => Assert.Equal(Convert.ToHexStringLower(Content(file.Key)), file.Value));
    }

    [Fact]
    public async Task Odd_keys_written_there_are_read_here_under_the_same_names()
    {
        var store = await S3Store.OpenAsync(server);
        await using var fileSystem = store.Open();
        var directory = store.NewDirectory();
        await PythonAsync(store, directory, """
            for name, content in given.items():
                s3.put_object(Bucket=bucket, Key=prefix + name, Body=bytes.fromhex(content))
            print('{}')
            """);
        var found = new List<string>();
        await foreach (var entry in fileSystem.ListAsync(directory, new() { Recursive = true }, Token))
        {
            var name = entry.Path.Key[(directory.Key.Length + 1)..];
            found.Add(name);
            Assert.Equal(Content(name), await ReadAsync(fileSystem, entry.Path));
        }
        Assert.Equal(OddNames.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private static byte[] Content(string name) => System.Text.Encoding.UTF8.GetBytes($"content of {name}");

    private static async Task<Dictionary<string, string>> PythonAsync(S3Store store, StoragePath directory, string script)
    {
        const string Head = """
            import json, os, sys, boto3, botocore.config
            given = json.load(sys.stdin)
            bucket, prefix = os.environ['BUCKET'], os.environ['PREFIX']
            s3 = boto3.client('s3', endpoint_url=os.environ['ENDPOINT'], region_name='us-east-1', config=botocore.config.Config(s3={'addressing_style': 'path'}))

            """;
        var start = new ProcessStartInfo("python3", ["-W", "ignore", "-c", Head + script]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[]
        {
            ("ENDPOINT", store.Endpoint.ServiceUrl.ToString()), ("BUCKET", store.Bucket), ("PREFIX", directory.Key + "/"), ("PYTHONUTF8", "1"), ("AWS_ACCESS_KEY_ID", store.Endpoint.AccessKey),
            ("AWS_SECRET_ACCESS_KEY", store.Endpoint.SecretKey), ("NO_PROXY", "*"),
        })
            start.Environment[name] = value;
        using var python = Process.Start(start)!;
        await python.StandardInput.WriteAsync(JsonSerializer.Serialize(OddNames.ToDictionary(name => name, name => Convert.ToHexStringLower(Content(name)), StringComparer.Ordinal)));
        python.StandardInput.Close();
        var errors = python.StandardError.ReadToEndAsync(Token);
        var output = await python.StandardOutput.ReadToEndAsync(Token);
        await python.WaitForExitAsync(Token);
        Assert.SkipWhen((await errors).Contains("No module named 'boto3'", StringComparison.Ordinal) && !EmulatorPolicy.Required, "python3-boto3 is not installed; run eng/install-emulators.sh");
        Assert.True(python.ExitCode == 0, await errors);
        return JsonSerializer.Deserialize<Dictionary<string, string>>(output)!;
    }

    public sealed class OnWeak() : S3OtherClientTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3OtherClientTests(S3ServerKind.Strict);
}
