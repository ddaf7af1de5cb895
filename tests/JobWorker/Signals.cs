using System.Runtime.InteropServices;

namespace Cairn.JobWorker;

/// <summary>Stops a process as SIGSTOP does, and lets it go on.</summary>
internal static partial class Signals
{
    private const int SigCont = 18;
    private const int SigStop = 19;

    public static void Stop(int process) => _ = Kill(process, SigStop);

    public static void Continue(int process) => _ = Kill(process, SigCont);

    /// <summary>Whether it stands still, by the state behind its name in <c>/proc</c>.</summary>
    public static bool IsStopped(int process)
    {
        var status = File.ReadAllText($"/proc/{process}/stat");
        return status[status.LastIndexOf(')') + 2] == 'T';
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
