namespace Cairn.WordCount.Tests;

/// <summary>What came of many chains with one backend and one way to kill.</summary>
internal sealed class KillCampaign(string backend, Killer killer)
{
    public string Backend => backend;

    public Killer Killer => killer;

    public int Jobs { get; private set; }

    public int Kills { get; private set; }

    public int Restores { get; private set; }

    public long Skipped { get; private set; }

    public int MostKills { get; private set; }

    public void Add(KillChain chain)
    {
        Jobs++;
        Kills += chain.Kills;
        Restores += chain.Restores;
        Skipped += chain.Skipped;
        MostKills = Math.Max(MostKills, chain.Kills);
    }

    public override string ToString() => $"{backend}, killed by {killer}: {Jobs} jobs, {Kills} kills, {Restores} restores, {Skipped} records skipped";
}
