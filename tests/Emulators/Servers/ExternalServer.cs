namespace Cairn.Emulators.Servers;

/// <summary>The server that the environment named.</summary>
internal sealed class ExternalServer : UncontrolledServer
{
    public override bool IsExternal => true;

    protected override string Why => "The server was named in the environment; only who started it may kill, pause or restart it.";
}
