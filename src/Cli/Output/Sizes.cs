using System.Globalization;

namespace Cairn.Cli.Output;

/// <summary>Numbers as people read them.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>Bytes in the unit that keeps them short, <c>12.3 MiB</c>; <c>?</c> when they are not known.</summary>
    public static string Bytes(long? bytes)
    {
        if (bytes is null or < 0)
            return "?";
        if (bytes < 1024)
            return string.Create(CultureInfo.InvariantCulture, $"{bytes} B");
        var value = bytes.Value / 1024.0;
        var unit = 0;
        while (value >= 999.95 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }

    /// <summary>A number of things, <c>1 file</c>, <c>1,234 files</c>.</summary>
    public static string Count(long count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? thing : thing + "s")}");

    /// <summary>How long ago, roughly: <c>12 s</c>, <c>5 min</c>, <c>3 h</c>, <c>8 d</c>; <c>?</c> when it is not known.</summary>
    public static string Age(TimeSpan? age) => age switch
    {
        null => "?",
        { TotalSeconds: < 1 } => "now",
        { TotalMinutes: < 1 } a => $"{(int)a.TotalSeconds} s",
        { TotalHours: < 1 } a => $"{(int)a.TotalMinutes} min",
        { TotalDays: < 2 } a => $"{(int)a.TotalHours} h",
        { } a => $"{(int)a.TotalDays} d",
    };
}
