namespace Cairn.Emulators.Servers;

/// <summary>A server that all tests of the process use: no single test may end or disturb it.</summary>
internal sealed class SharedServer(IEmulatorServer server) : UncontrolledServer
{
    public override bool IsExternal => server.IsExternal;

    public override bool KeepsDataWhenKilled => server.KeepsDataWhenKilled;

    public override IReadOnlyList<int> ProcessIds => server.ProcessIds;

    protected override string Why => "The server is shared by all tests of the process; start a private one to kill, pause or restart it.";
}
