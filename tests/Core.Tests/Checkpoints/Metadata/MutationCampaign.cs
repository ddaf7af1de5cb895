namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>Many files that one thing makes from random numbers, each put to the same test.</summary>
/// <param name="name">What the files are.</param>
/// <param name="mutations">How many of them.</param>
/// <param name="make">Makes one; the same random numbers make the same file.</param>
/// <param name="test">Throws where a rule is broken; says whether the file was read and how many bytes were allocated for that.</param>
internal sealed class MutationCampaign(string name, int mutations, Func<Random, byte[]> make, Func<byte[], (bool IsAccepted, long Allocated)> test)
{
    public string Name => name;

    public int Accepted { get; private set; }

    public int Rejected { get; private set; }

    public long MostAllocated { get; private set; }

    /// <summary>Makes and tests them all; a failure names the seed of the one file that it is about.</summary>
    public void Run(int seed)
    {
        var seeds = new Random(seed);
        for (int i = 0; i < mutations; i++)
            RunOne(seeds.Next());
    }

    public override string ToString() => $"{name}: {mutations:N0}, {Accepted:N0} accepted, {Rejected:N0} rejected, at most {MostAllocated:N0} bytes allocated";

    private void RunOne(int seed)
    {
        byte[] file = make(new Random(seed));
        try
        {
            (bool isAccepted, long allocated) = test(file);
            MostAllocated = Math.Max(MostAllocated, allocated);
            _ = isAccepted ? Accepted++ : Rejected++;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{name}, new Random({seed}), {file.Length} bytes: {error.Message}", error);
        }
    }
}
