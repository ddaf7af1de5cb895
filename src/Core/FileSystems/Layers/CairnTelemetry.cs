using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Cairn;

/// <summary>Where everything that Cairn measures comes from; a host subscribes to <see cref="Name"/> for metrics and for traces.</summary>
public static class CairnTelemetry
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "Cairn";

    private static readonly string? Version = typeof(CairnTelemetry).Assembly.GetName().Version?.ToString(3);

    /// <summary>The meter that is used where no other one is given.</summary>
    public static Meter Meter { get; } = new(Name, Version);

    /// <summary>One activity for each operation.</summary>
    public static ActivitySource ActivitySource { get; } = new(Name, Version);
}
