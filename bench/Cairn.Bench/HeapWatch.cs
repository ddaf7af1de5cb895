namespace Cairn.Bench;

/// <summary>What lives on the heap while something goes on.</summary>
internal sealed class HeapWatch
{
    private const long Most = 1 << 20;

    private readonly List<long> _held = [];

    /// <summary>Collects and looks.</summary>
    public void Look() => _held.Add(GC.GetTotalMemory(forceFullCollection: true));

    /// <summary>That the last looks saw no more than the second, after which everything that is made once is made.</summary>
    public Bar Bar(string name)
    {
        var growth = _held.Skip(2).Max() - _held[1];
        return new(name, "constant: grows by ≤ 1 MiB", $"{(double)growth / 1024:F0} KiB from the second of {_held.Count} looks to the highest later one, of {_held[1] / 1024:N0} KiB", growth <= Most);
    }
}
