using Cairn.Checkpoints;
using Cairn.FileSystems;
using Cairn.Hosting;
using Cairn.Tests.FileSystems.Local;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cairn.Tests.Hosting;

public class ConfigurationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_configured_by_its_section()
    {
        await using var services = Services(
            ("Cairn:JobName", "clicks"),
            ("Cairn:Checkpoints:Directory", "memory://configured/checkpoints"),
            ("Cairn:Checkpoints:SavepointDirectory", "memory://configured/savepoints"),
            ("Cairn:Checkpoints:Backend", "memory"),
            ("Cairn:Checkpoints:MaxStateSize", "1 MiB"),
            ("Cairn:Checkpoints:InlineThreshold", "100"),
            ("Cairn:Checkpoints:Retained", "3"),
            ("Cairn:Checkpoints:Interval", "500 ms"),
            ("Cairn:Checkpoints:MetadataVersion", "4"));
        var options = services.GetRequiredService<IOptions<CairnOptions>>().Value;

        Assert.Equal("memory://configured/checkpoints", $"{options.Directory}");
        Assert.Equal("memory://configured/savepoints", $"{options.SavepointDirectory}");
        Assert.Equal(CheckpointBackend.Memory, options.Backend);
        Assert.Equal(1024 * 1024, options.MaxStateSize);
        Assert.Equal(100, options.InlineThreshold);
        Assert.Equal(3, options.Retained);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Interval);
        Assert.Equal(4, options.MetadataVersion);
        var storage = Assert.IsType<MemoryBackendCheckpointStorage>(services.GetRequiredService<JobCheckpoints>().Storage);
        Assert.Equal(JobId.FromName("clicks"), storage.JobId);
        Assert.Equal(1024 * 1024, storage.MaxStateSize);
    }

    [Fact]
    public void An_id_of_the_job_needs_no_name_and_wins_over_it()
    {
        const string Id = "0123456789abcdef0123456789abcdef";
        using var named = Services(("Cairn:JobName", "clicks"), ("Cairn:JobId", Id));
        using var nameless = Services(("Cairn:JobId", Id));
        foreach (var services in new[] { named, nameless })
            Assert.Equal(Id, $"{services.GetRequiredService<JobCheckpoints>().Storage.JobId}");
    }

    [Fact]
    public async Task Flinks_own_keys_mean_the_same()
    {
        await using var services = Services(
            ("Cairn:JobName", "clicks"),
            ("state.backend", "filesystem"),
            ("state.checkpoints.dir", "memory://flink/checkpoints"),
            ("state.savepoints.dir", "memory://flink/savepoints"),
            ("state.checkpoints.num-retained", "2"),
            ("state.backend.fs.memory-threshold", "20 kb"),
            ("execution.checkpointing.interval", "10 min"));
        var options = services.GetRequiredService<IOptions<CairnOptions>>().Value;

        Assert.Equal(CheckpointBackend.FileSystem, options.Backend);
        Assert.Equal("memory://flink/checkpoints", $"{options.Directory}");
        Assert.Equal("memory://flink/savepoints", $"{options.SavepointDirectory}");
        Assert.Equal(2, options.Retained);
        Assert.Equal(20 * 1024, options.InlineThreshold);
        Assert.Equal(TimeSpan.FromMinutes(10), options.Interval);
        Assert.IsType<FileSystemCheckpointStorage>(services.GetRequiredService<JobCheckpoints>().Storage);
    }

    [Fact]
    public void Our_key_wins_over_flinks()
    {
        using var services = Services(("Cairn:JobName", "a"), ("Cairn:Checkpoints:Retained", "5"), ("state.checkpoints.num-retained", "2"));
        Assert.Equal(5, services.GetRequiredService<IOptions<CairnOptions>>().Value.Retained);
    }

    [Fact]
    public void The_defaults_are_the_documented_ones()
    {
        using var services = Services(("Cairn:JobName", "a"));
        var options = services.GetRequiredService<IOptions<CairnOptions>>().Value;
        Assert.Equal((5 * 1024 * 1024, 20 * 1024, 1, 6), (options.MaxStateSize, options.InlineThreshold, options.Retained, options.MetadataVersion));
        Assert.IsType<MemoryBackendCheckpointStorage>(services.GetRequiredService<JobCheckpoints>().Storage);
    }

    [Fact]
    public void With_a_directory_and_no_backend_state_goes_to_files()
    {
        using var services = Services(("Cairn:JobName", "a"), ("Cairn:Checkpoints:Directory", "memory://x/y"));
        Assert.IsType<FileSystemCheckpointStorage>(services.GetRequiredService<JobCheckpoints>().Storage);
    }

    [Fact]
    public async Task A_configured_job_checkpoints_and_restores()
    {
        (string, string)[] settings = [("Cairn:JobName", "restarted"), ("Cairn:Checkpoints:Directory", $"memory://{Guid.NewGuid():N}/x")];
        await using (var first = Services(settings))
        {
            await using var job = await first.GetRequiredService<JobCheckpoints>().OpenAsync(Token);
            await using var checkpoint = job.Begin();
            await checkpoint.WriteAsync("counter", (stream, token) => stream.WriteAsync(new byte[] { 42 }, token).AsTask(), Token);
            await checkpoint.CompleteAsync(Token);
        }
        await using var second = Services(settings);
        await using var again = await second.GetRequiredService<JobCheckpoints>().OpenAsync(Token);
        Assert.Equal(42, await again.RestoreAsync("counter", (stream, _) => Task.FromResult(stream.ReadByte()), Token));
    }

    [Theory]
    [InlineData("Cairn:JobId", "12", "32 hexadecimal digits")]
    [InlineData("Cairn:Checkpoints:Directory", "relative", "a URI below the root")]
    [InlineData("Cairn:Checkpoints:Directory", "s3://bucket", "a URI below the root")]
    [InlineData("Cairn:Checkpoints:Directory", "abfss://container@account/", "a URI below the root")]
    [InlineData("Cairn:Checkpoints:Directory", "s_3://bucket/x", "a URI below the root")]
    [InlineData("Cairn:Checkpoints:SavepointDirectory", "/no/scheme", "a URI below the root")]
    [InlineData("Cairn:Checkpoints:Backend", "rocksdb", "Memory or FileSystem")]
    [InlineData("Cairn:Checkpoints:MaxStateSize", "0", "above 0")]
    [InlineData("Cairn:Checkpoints:MaxStateSize", "5 pages", "a number of bytes")]
    [InlineData("Cairn:Checkpoints:MaxStateSize", "9007199254740992 kb", "a number of bytes")]
    [InlineData("Cairn:Checkpoints:InlineThreshold", "2 MiB", "from 0 to 1 MiB")]
    [InlineData("Cairn:Checkpoints:InlineThreshold", "-1", "from 0 to 1 MiB")]
    [InlineData("Cairn:Checkpoints:Retained", "0", "from 1")]
    [InlineData("Cairn:Checkpoints:Retained", "many", "from 1")]
    [InlineData("Cairn:Checkpoints:Interval", "soon", "a time like 10s")]
    [InlineData("Cairn:Checkpoints:Interval", "99999999999999999999 d", "a time like 10s")]
    [InlineData("Cairn:Checkpoints:Interval", "10:xx", "a time like 10s")]
    [InlineData("Cairn:Checkpoints:MetadataVersion", "7", "from 2")]
    [InlineData("Cairn:Checkpoints:ClaimMode", "maybe", "NoClaim or Claim")]
    [InlineData("Cairn:Checkpoints:RestoreFromAgain", "maybe", "true or false")]
    [InlineData("state.backend", "rocksdb", "Memory or FileSystem")]
    public void A_wrong_value_is_told_with_its_key_and_what_is_allowed(string key, string value, string allowed)
    {
        using var services = Services(("Cairn:JobName", "a"), (key, value));
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<CairnOptions>>().Value);
        Assert.Contains($"{key} is '{value}'; it must be", error.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://user:hunter2@bucket/checkpoints")]
    [InlineData("https://account.blob.core.windows.net/c/checkpoints?sv=2022&sig=hunter2")]
    [InlineData("user:hunter2@bucket/checkpoints")]
    public void A_value_that_may_hold_a_secret_is_told_and_not_repeated(string value)
    {
        using var services = Services(("Cairn:JobName", "a"), ("Cairn:Checkpoints:Directory", value));
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<CairnOptions>>().Value);
        Assert.Contains("Cairn:Checkpoints:Directory is not shown, as it may hold a secret; it must be a URI", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cairn:Checkpoints:Dir", "Directory")]
    [InlineData("Cairn:Checkpoints:retain", "Retained")]
    [InlineData("Cairn:Job", "JobName")]
    public void A_mistyped_key_is_told(string key, string known)
    {
        using var services = Services(("Cairn:JobName", "a"), (key, "x"));
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<CairnOptions>>().Value);
        Assert.Contains($"{key} is no setting", error.Message, StringComparison.Ordinal);
        Assert.Contains(known, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_without_an_identity_is_refused()
    {
        using var services = Services();
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<CairnOptions>>().Value);
        Assert.Contains("Cairn:JobName is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scheme_without_a_provider_names_the_package()
    {
        using var services = Services(("Cairn:JobName", "a"), ("Cairn:Checkpoints:Directory", "s3://bucket/checkpoints"));
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<CairnOptions>>().Value);
        Assert.Contains("Cairn:Checkpoints:Directory", error.Message, StringComparison.Ordinal);
        Assert.Contains("Cairn.Providers.S3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_backend_needs_a_directory()
    {
        using var services = Services(("Cairn:JobName", "a"), ("Cairn:Checkpoints:Backend", "FileSystem"));
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<CairnOptions>>().Value);
        Assert.Contains("Cairn:Checkpoints:Directory is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_has_the_last_word()
    {
        var collection = new ServiceCollection();
        collection.AddCairn(Configuration(("Cairn:Checkpoints:Retained", "2")), options =>
        {
            options.JobName = "from code";
            options.Retained = 9;
        });
        using var services = collection.BuildServiceProvider();
        Assert.Equal(9, services.GetRequiredService<IOptions<CairnOptions>>().Value.Retained);
    }

    [Fact]
    public async Task Limits_of_open_files_come_from_the_configuration_in_either_spelling()
    {
        foreach (var key in new[] { "Cairn:FileSystems:memory:Limits:Writing", "fs.memory.limit.output" })
        {
            await using var services = Services(("Cairn:JobName", "a"), (key, "1"), ("Cairn:FileSystems:memory:Limits:WaitTimeout", "0s"));
            var fileSystem = services.GetRequiredService<FileSystemRegistry>().Get(StoragePath.Parse("memory://limited/x"));
            await using var first = await fileSystem.OpenWriteAsync(StoragePath.Parse("memory://limited/1"), cancellationToken: Token);
            var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.OpenWriteAsync(StoragePath.Parse("memory://limited/2"), cancellationToken: Token));
            Assert.Equal(FileSystemErrorCode.Throttled, error.Code);
        }
    }

    [Theory]
    [InlineData("fs.memory.limit.output", "0")]
    [InlineData("fs.memory.limit.total", "-1")]
    public async Task Flinks_zero_and_minus_one_are_no_limit(string key, string value)
    {
        await using var services = Services(("Cairn:JobName", "a"), (key, value), ("Cairn:FileSystems:memory:Limits:WaitTimeout", "0s"));
        var fileSystem = services.GetRequiredService<FileSystemRegistry>().Get(StoragePath.Parse("memory://unlimited/x"));
        await using var first = await fileSystem.OpenWriteAsync(StoragePath.Parse("memory://unlimited/1"), cancellationToken: Token);
        await using var second = await fileSystem.OpenWriteAsync(StoragePath.Parse("memory://unlimited/2"), cancellationToken: Token);
    }

    [Fact]
    public async Task A_configured_root_keeps_local_files_below_it()
    {
        await using var folder = new LocalFolder();
        await using var services = Services(("Cairn:JobName", "a"), ("Cairn:FileSystems:file:Root", folder.Native));
        var files = services.GetRequiredService<FileSystemRegistry>().Get(folder.Path);
        await files.WriteAllBytesAsync(folder.Path / "a", new byte[1], cancellationToken: Token);
        var above = await Assert.ThrowsAsync<FileSystemException>(() => files.WriteAllBytesAsync(folder.Path.Parent! / "a", new byte[1], cancellationToken: Token));
        Assert.Equal(FileSystemErrorCode.InvalidPath, above.Code);
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public async Task A_setting_of_a_file_system_without_a_value_is_none()
    {
        await using var folder = new LocalFolder();
        await using var services = Services(
            ("Cairn:JobName", "a"),
            ("Cairn:FileSystems:file:Root", ""),
            ("Cairn:FileSystems:file:Durable", ""),
            ("Cairn:FileSystems:file:Limits:Writing", "1"),
            ("Cairn:FileSystems:file:Limits:Reading", ""),
            ("Cairn:FileSystems:file:Limits:WaitTimeout", ""));
        var files = services.GetRequiredService<FileSystemRegistry>().Get(folder.Path);
        Assert.Equal(folder.Files.Capabilities, files.Capabilities);
        await using var first = await files.OpenWriteAsync(folder.Path / "a", cancellationToken: Token);
        var second = files.OpenWriteAsync(folder.Path / "b", cancellationToken: Token);
        Assert.False(second.IsCompleted, "it waits, as without a time-out");
        await first.DisposeAsync();
        await (await second).DisposeAsync();
    }

    [Theory]
    [InlineData("Cairn:FileSystems:memory:Limits:Writing", "0", "a whole number from 1")]
    [InlineData("Cairn:FileSystems:memory:Limits:Reading", "many", "a whole number from 1")]
    [InlineData("fs.memory.limit.input", "-2", "−1 and 0 are no limit")]
    [InlineData("fs.memory.limit.total", "many", "−1 and 0 are no limit")]
    [InlineData("Cairn:FileSystems:memory:Limits:WaitTimeout", "soon", "a time like 30s")]
    [InlineData("Cairn:FileSystems:file:Durable", "perhaps", "true or false")]
    public void A_wrong_setting_of_a_file_system_is_told_when_it_is_opened(string key, string value, string allowed)
    {
        using var services = Services(("Cairn:JobName", "a"), (key, value));
        var path = StoragePath.Parse(key.Contains(":file:", StringComparison.Ordinal) ? "file:///x" : "memory://wrong/x");
        var error = Assert.Throws<FileSystemException>(() => services.GetRequiredService<FileSystemRegistry>().Get(path));
        Assert.Equal(FileSystemErrorCode.NotSupported, error.Code);
        Assert.Contains($"{key} is '{value}'; it must be", error.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cairn:Checkpoints:ClaimMode", "claim", RecoveryClaimMode.Claim)]
    [InlineData("Cairn:Checkpoints:ClaimMode", "NoClaim", RecoveryClaimMode.NoClaim)]
    [InlineData("execution.state-recovery.claim-mode", "NO_CLAIM", RecoveryClaimMode.NoClaim)]
    public void Whose_a_restored_checkpoint_is_comes_from_the_configuration_in_either_spelling(string key, string value, RecoveryClaimMode mode)
    {
        using var services = Services(("Cairn:JobName", "a"), (key, value));
        Assert.Equal(mode, services.GetRequiredService<IOptions<CairnOptions>>().Value.ClaimMode);
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddCairn(Configuration(settings));
        return services.BuildServiceProvider();
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
}
