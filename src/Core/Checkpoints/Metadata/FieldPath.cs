using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Cairn.Checkpoints.Metadata;

/// <summary>
/// The fields that a reader or writer stands in, outermost first: kept as frames that cost a store each, made into text only for an error.
/// Its depth also bounds how deep handles may nest.
/// </summary>
internal sealed class FieldPath
{
    /// <summary>The most fields one may stand in. Flink's own files reach about eight.</summary>
    public const int MaxDepth = 32;

    /// <summary>The index of a field that is no list.</summary>
    public const int NoIndex = -1;

    private readonly Frame[] _frames = new Frame[MaxDepth];
    private int _depth;

    /// <summary>Enters a field; false when that would be too deep.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnter(string field, int index)
    {
        var frames = _frames;
        int depth = _depth;
        if ((uint)depth >= (uint)frames.Length)
            return false;
        frames[depth] = new Frame(field, index);
        _depth = depth + 1;
        return true;
    }

    /// <summary>Leaves the innermost field.</summary>
    public void Leave() => _depth--;

    /// <summary>The path of a field inside the innermost one.</summary>
    public string Of(string field)
    {
        var text = new StringBuilder();
        foreach (var frame in _frames.AsSpan(0, _depth))
            Append(text, frame.Field, frame.Index);
        Append(text, field, NoIndex);
        return text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => Of("");

    private static void Append(StringBuilder text, string field, int index)
    {
        if (field.Length == 0)
            return;
        if (text.Length > 0)
            text.Append('.');
        text.Append(field);
        if (index != NoIndex)
            text.Append(CultureInfo.InvariantCulture, $"[{index}]");
    }

    private readonly record struct Frame(string Field, int Index);
}
