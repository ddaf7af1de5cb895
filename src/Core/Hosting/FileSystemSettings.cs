using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.FileSystems.Local;
using Microsoft.Extensions.Configuration;

namespace Cairn.Hosting;

/// <summary>What the configuration says about file systems: <c>Cairn:FileSystems:&lt;scheme&gt;:…</c>, and Flink's <c>fs.&lt;scheme&gt;.limit.…</c>.</summary>
internal static class FileSystemSettings
{
    public static IConfigurationSection Section(IConfiguration configuration, string scheme) =>
        configuration.GetSection($"Cairn:FileSystems:{scheme}");

    /// <summary>How many files of the scheme may be open at once; null when nothing is limited.</summary>
    /// <exception cref="FileSystemException">A limit is no whole number from 1, or the time is none.</exception>
    public static ConcurrencyLimits? Limits(IConfiguration configuration, string scheme)
    {
        var limits = new ConcurrencyLimits
        {
            Total = Limit(configuration, scheme, "Total", "total"),
            Reading = Limit(configuration, scheme, "Reading", "input"),
            Writing = Limit(configuration, scheme, "Writing", "output"),
        };
        if (configuration[$"Cairn:FileSystems:{scheme}:Limits:WaitTimeout"] is { Length: > 0 } text)
        {
            limits = limits with
            {
                WaitTimeout = SettingParsers.Time(text) ?? throw Wrong($"Cairn:FileSystems:{scheme}:Limits:WaitTimeout", text, "a time like 30s or 00:00:30"),
            };
        }
        return limits.IsLimited ? limits : null;
    }

    public static LocalFileSystemOptions Local(IConfiguration configuration)
    {
        var section = Section(configuration, "file");
        var options = new LocalFileSystemOptions();
        if (section["Root"] is { Length: > 0 } root)
            options = options with { Root = root };
        if (section["Durable"] is { Length: > 0 } durable)
            options = options with { Durable = bool.TryParse(durable, out var value) ? value : throw Wrong($"{section.Path}:Durable", durable, "true or false") };
        return options;
    }

    /// <summary>Ours, or Flink's, where −1 and 0 mean no limit.</summary>
    private static int? Limit(IConfiguration configuration, string scheme, string name, string flinkName)
    {
        var key = $"Cairn:FileSystems:{scheme}:Limits:{name}";
        if (configuration[key] is { Length: > 0 } text)
            return SettingParsers.Number(text) is { } limit and >= 1 ? limit : throw Wrong(key, text, "a whole number from 1");
        key = $"fs.{scheme}.limit.{flinkName}";
        if (configuration[key] is not { Length: > 0 } flink)
            return null;
        return SettingParsers.Number(flink) is { } number and >= -1 ? number > 0 ? number : null : throw Wrong(key, flink, "a whole number; −1 and 0 are no limit");
    }

    private static FileSystemException Wrong(string key, string value, string allowed) =>
        new(FileSystemErrorCode.NotSupported, $"{key} is '{value}'; it must be {allowed}.");
}
