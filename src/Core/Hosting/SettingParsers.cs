using System.Globalization;

namespace Cairn.Hosting;

/// <summary>Reads values of the configuration as people and Flink write them. Each answers null for a text that is none.</summary>
internal static class SettingParsers
{
    /// <summary>A number of bytes: <c>1048576</c>, <c>20 kb</c>, <c>5 MiB</c>; every unit is a power of 1024, as in Flink.</summary>
    public static long? Bytes(string text) => Scaled(text, unit => unit.ToLowerInvariant() switch
    {
        "" or "b" or "byte" or "bytes" => 1,
        "k" or "kb" or "kib" => 1L << 10,
        "m" or "mb" or "mib" => 1L << 20,
        "g" or "gb" or "gib" => 1L << 30,
        _ => null,
    });

    /// <summary>A time: <c>00:00:10</c>, or a whole number with a unit, <c>10s</c>, <c>500 ms</c>, <c>2 min</c>.</summary>
    public static TimeSpan? Time(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;
        return Scaled(text, unit => unit.ToLowerInvariant() switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" or "sec" => TimeSpan.TicksPerSecond,
            "m" or "min" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            "d" => TimeSpan.TicksPerDay,
            _ => null,
        }) is { } ticks ? new TimeSpan(ticks) : null;
    }

    /// <summary>A whole number.</summary>
    public static int? Number(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static long? Scaled(string text, Func<string, long?> scaleOf)
    {
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : text.Length;
        return long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && scaleOf(text[digits..].Trim()) is { } scale
            && number <= long.MaxValue / scale
                ? number * scale
                : null;
    }
}
