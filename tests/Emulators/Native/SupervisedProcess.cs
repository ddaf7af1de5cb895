namespace Cairn.Emulators.Native;

/// <summary>A process that a <see cref="Supervisor"/> started and that has not been waited for.</summary>
internal sealed record SupervisedProcess(string Name, int Id)
{
    /// <summary>Whether it has ended and only waits to be waited for.</summary>
    public bool HasEnded
    {
        get
        {
            // "id (name) state …": the name may hold anything, a parenthesis too, so the state is found from the end.
            var stat = File.ReadAllText($"/proc/{Id}/stat");
            return stat[stat.LastIndexOf(')') + 2] is 'Z' or 'X';
        }
    }
}
