using Cairn.Checkpoints;
using Cairn.FileSystems;
using Microsoft.Extensions.Configuration;

namespace Cairn.Hosting;

/// <summary>
/// Every key that a job's configuration may have, what its values are, and which of Flink's keys mean the same.
/// Reading never throws: what is wrong is collected, each with its key and the allowed values.
/// </summary>
internal static class CairnSettings
{
    private const string Section = "Cairn";
    private const string Checkpoints = "Cairn:Checkpoints";

    private static readonly Setting[] All =
    [
        new("Cairn:JobId", [], "32 hexadecimal digits, the same from run to run", (o, text) =>
            JobId.TryParse(text, out var id) && (o.JobId = id) is not null),
        new("Cairn:JobName", [], "a name that stays the same from run to run", (o, text) => (o.JobName = text).Length > 0),
        new("Cairn:Checkpoints:Directory", ["execution.checkpointing.dir", "state.checkpoints.dir", "state.backend.fs.checkpointdir"],
            "a URI below the root of a store, like file:///var/checkpoints, s3://bucket/checkpoints or abfss://container@account.dfs.core.windows.net/checkpoints",
            (o, text) => (o.Directory = Directory(text)) is not null),
        new("Cairn:Checkpoints:SavepointDirectory", ["execution.checkpointing.savepoint-dir", "state.savepoints.dir", "savepoints.state.backend.fs.dir"],
            "a URI below the root of a store, like s3://bucket/savepoints", (o, text) => (o.SavepointDirectory = Directory(text)) is not null),
        new("Cairn:Checkpoints:Backend", ["execution.checkpointing.storage", "state.checkpoint-storage", "state.backend"],
            "Memory or FileSystem (Flink: jobmanager or filesystem)", (o, text) => (o.Backend = Backend(text)) is not null),
        new("Cairn:Checkpoints:MaxStateSize", [], "a number of bytes above 0, like 5242880 or 5 MiB", (o, text) =>
            SettingParsers.Bytes(text) is { } bytes and > 0 && (o.MaxStateSize = bytes) > 0),
        new("Cairn:Checkpoints:InlineThreshold",
            ["execution.checkpointing.data-inline-threshold", "state.storage.fs.memory-threshold", "state.backend.fs.memory-threshold"],
            "a number of bytes from 0 to 1 MiB, like 20480 or 20 kb", (o, text) =>
            SettingParsers.Bytes(text) is { } bytes and <= FileSystemCheckpointStreamFactory.MaxInlineThreshold && (o.InlineThreshold = (int)bytes) >= 0),
        new("Cairn:Checkpoints:Retained", ["execution.checkpointing.num-retained", "state.checkpoints.num-retained"],
            "a whole number from 1", (o, text) => SettingParsers.Number(text) is { } number and >= 1 && (o.Retained = number) >= 1),
        new("Cairn:Checkpoints:Interval", ["execution.checkpointing.interval"],
            "a time like 10s, 500 ms or 00:00:10", (o, text) => SettingParsers.Time(text) is { } time && time >= TimeSpan.Zero && (o.Interval = time) >= TimeSpan.Zero),
        new("Cairn:Checkpoints:Timeout", ["execution.checkpointing.timeout"],
            "a time above 0 like 10min, 90s or 00:10:00", (o, text) => SettingParsers.Time(text) is { } time && time > TimeSpan.Zero && (o.Timeout = time) > TimeSpan.Zero),
        new("Cairn:Checkpoints:RestoreFrom", ["execution.state-recovery.path", "execution.savepoint.path"],
            "the URI of a checkpoint or savepoint, its directory or its _metadata", (o, text) => (o.RestoreFrom = text).Length > 0),
        new("Cairn:Checkpoints:RestoreFromAgain", [], "true or false", (o, text) =>
            bool.TryParse(text, out var again) && ((o.RestoreFromAgain = again) || !again)),
        new("Cairn:Checkpoints:ClaimMode", ["execution.state-recovery.claim-mode", "execution.savepoint-restore-mode"],
            "NoClaim or Claim (Flink: NO_CLAIM, CLAIM)", (o, text) => ClaimMode(text) is { } mode && (o.ClaimMode = mode) == mode),
        new("Cairn:Checkpoints:MetadataVersion", [], "a whole number from 2 (Flink 1.3) to 6 (Flink 2.1)", (o, text) =>
            SettingParsers.Number(text) is { } version and >= 2 and <= 6 && (o.MetadataVersion = version) >= 2),
    ];

    private sealed record Setting(string Key, string[] FlinkKeys, string Allowed, Func<CairnOptions, string, bool> TryApply);

    /// <summary>Reads <paramref name="configuration"/> into <paramref name="options"/> and returns what is wrong with it.</summary>
    public static IReadOnlyList<string> Read(IConfiguration configuration, CairnOptions options)
    {
        var problems = new List<string>();
        foreach (var setting in All)
        {
            if (Find(configuration, setting) is { } found && !setting.TryApply(options, found.Value))
                problems.Add($"{found.Key} is {Shown(found.Value)}; it must be {setting.Allowed}.");
        }
        problems.AddRange(Misspelled(configuration.GetSection(Section), except: ["Checkpoints", "FileSystems"]));
        problems.AddRange(Misspelled(configuration.GetSection(Checkpoints), except: []));
        return problems;
    }

    /// <summary>What is missing or contradicts itself in <paramref name="options"/>, after configuration and code have had their say.</summary>
    public static IEnumerable<string> Check(CairnOptions options)
    {
        if (options.JobId is null && string.IsNullOrEmpty(options.JobName))
            yield return "Cairn:JobName is missing: give the job a name that stays the same from run to run (or Cairn:JobId), else a restart would find no checkpoint.";
        if (options.Backend == CheckpointBackend.FileSystem && options.Directory is null)
            yield return "Cairn:Checkpoints:Directory is missing: the backend FileSystem needs one, like file:///var/checkpoints or s3://bucket/checkpoints.";
    }

    private static (string Key, string Value)? Find(IConfiguration configuration, Setting setting)
    {
        foreach (var key in setting.FlinkKeys.Prepend(setting.Key))
        {
            if (configuration[key] is { } value && !string.IsNullOrWhiteSpace(value))
                return (key, value.Trim());
        }
        return null;
    }

    /// <summary>For messages: what may carry user info or a signature is repeated only when it is a path, for a path carries none.</summary>
    private static string Shown(string value) =>
        value.AsSpan().IndexOfAny("@?&") >= 0 && !StoragePath.TryParse(value, out _) ? "not shown, as it may hold a secret" : $"'{value}'";

    /// <summary>A key that nobody reads is a key that somebody mistyped.</summary>
    private static IEnumerable<string> Misspelled(IConfigurationSection section, string[] except)
    {
        var known = All.Select(s => s.Key).Where(key => key.StartsWith(section.Path + ":", StringComparison.Ordinal))
            .Select(key => key[(section.Path.Length + 1)..]).Where(name => !name.Contains(':', StringComparison.Ordinal)).ToList();
        return section.GetChildren()
            .Select(child => child.Key)
            .Except(known.Concat(except), StringComparer.OrdinalIgnoreCase)
            .Select(key => $"{section.Path}:{key} is no setting; there are {string.Join(", ", known.Concat(except))}.");
    }

    private static StoragePath? Directory(string text) =>
        StoragePath.TryParse(text, out var path) && path.Scheme is not null && path.Path is not ("" or "/") ? path : null;

    private static RecoveryClaimMode? ClaimMode(string text) => text.ToUpperInvariant() switch
    {
        "NOCLAIM" or "NO_CLAIM" => RecoveryClaimMode.NoClaim,
        "CLAIM" => RecoveryClaimMode.Claim,
        _ => null,
    };

    private static CheckpointBackend? Backend(string text) => text.ToLowerInvariant() switch
    {
        "memory" or "jobmanager" => CheckpointBackend.Memory,
        "filesystem" => CheckpointBackend.FileSystem,
        _ => null,
    };
}
