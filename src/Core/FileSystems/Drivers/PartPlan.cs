namespace Cairn.FileSystems.Drivers;

/// <summary>
/// How long each part is. Growth doubles the part size in equal shares of the parts that the store takes, up to the memory budget, so that
/// a file of unknown length may get as long as the budget allows; a longer one is announced by its length hint, which wins over the budget.
/// </summary>
internal sealed class PartPlan
{
    private const long Step = 1024 * 1024;

    private readonly PartedWriteOptions _options;
    private readonly int _firstSize;
    private readonly int _partsOfEachSize;

    public PartPlan(PartedWriteOptions options, long? lengthHint)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PartSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallelism, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxParts, 1, nameof(options));
        _options = options;
        _firstSize = Math.Max(options.PartSize, SizeFor(lengthHint ?? 0));
        var budget = Math.Max(_firstSize, (long)options.PartSize * options.Parallelism);
        Slots = (int)(budget / _firstSize);
        var sizes = 1;
        while (options.GrowParts && (long)_firstSize << sizes <= Math.Min(budget, options.MaxPartSize))
            sizes++;
        _partsOfEachSize = (options.MaxParts + sizes - 1) / sizes;
    }

    /// <summary>How many parts of the first size fit into the memory budget.</summary>
    public int Slots { get; }

    /// <summary>How many of the <see cref="Slots"/> the part of this index takes.</summary>
    public int SlotsOf(int index) => 1 << (Math.Min(index, _options.MaxParts - 1) / _partsOfEachSize);

    /// <summary>Bytes of the part of this index; null when the store takes no such part.</summary>
    public int? SizeOf(int index) => index < _options.MaxParts ? _firstSize * SlotsOf(index) : null;

    private int SizeFor(long length)
    {
        var size = (length + _options.MaxParts - 1) / _options.MaxParts;
        return (int)Math.Min((size + Step - 1) / Step * Step, Array.MaxLength / Step * Step);
    }
}
