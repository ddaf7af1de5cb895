namespace Cairn.Worker;

/// <summary>Bytes that follow from a seed, so that a reader can tell whose they are and whether all are.</summary>
public static class Pattern
{
    /// <summary>The content of <paramref name="length"/> bytes that <paramref name="seed"/> stands for.</summary>
    public static byte[] Of(int seed, int length)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }
}
