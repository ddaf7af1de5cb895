using Cairn.Emulators.Supervision;

namespace Cairn.Emulators.Ceph;

/// <summary>A Ceph cluster of one monitor and one OSD in memory, in the folder of its place's _supervisor.</summary>
internal sealed class CephCluster(CephInstallation ceph, ServerPlace place)
{
    private const string Monitor = "monitor";
    private const string Osd = "osd";

    private readonly Supervisor _supervisor = place.Supervisor;
    private readonly string _folder = ceph.Inside(place.Supervisor.Folder);

    /// <summary>Starts the monitor and the OSD; a gateway can be started when this returns.</summary>
    public async Task<IReadOnlyList<SupervisedProcess>> StartAsync(CancellationToken cancellationToken)
    {
        var clusterId = Guid.NewGuid();
        await WriteConfigurationAsync(clusterId);
        var monitor = await StartMonitorAsync(clusterId, cancellationToken);
        var osd = await StartOsdAsync(cancellationToken);
        return [monitor, osd];
    }

    /// <summary>A command of one of Ceph's programs that knows this cluster.</summary>
    public ShellCommand Command(string program, params string[] arguments) =>
        ceph.Command(program, ["-c", $"{_folder}/ceph.conf", .. arguments]);

    /// <summary>Makes a user of the gateway.</summary>
    public Task AddUserAsync(string accessKey, string secretKey, CancellationToken cancellationToken)
    {
        string[] user = ["user", "create", "--uid=tests", "--display-name=tests", $"--access-key={accessKey}", $"--secret-key={secretKey}"];
        return _supervisor.RunAsync("add-user", Command("radosgw-admin", ["-n", "client.gateway", .. user]), cancellationToken);
    }

    private async Task WriteConfigurationAsync(Guid clusterId)
    {
        foreach (var folder in new[] { Monitor, Osd, "gateway" }) await _supervisor.MakeFolderAsync(folder);
        await _supervisor.WriteAsync("ceph.conf", CephConfiguration.Write(_folder, clusterId, place));
    }

    private async Task<SupervisedProcess> StartMonitorAsync(Guid clusterId, CancellationToken cancellationToken)
    {
        string keyring = $"{_folder}/keyring", map = $"{_folder}/monmap", id = $"{clusterId}";
        await RunAsync("make-keyring", ceph.Command("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *"));
        await RunAsync("make-map", ceph.Command("monmaptool", "--create", "--fsid", id, "--addv", "a", CephConfiguration.MonitorAddress(place), map));
        await RunAsync("make-monitor", Command("ceph-mon", "-i", "a", "--mkfs", "--monmap", map, "--keyring", keyring));
        return await _supervisor.SpawnAsync(Monitor, Command("ceph-mon", "-i", "a", "-f"));

        Task RunAsync(string name, ShellCommand command) => _supervisor.RunAsync(name, command, cancellationToken);
    }

    private async Task<SupervisedProcess> StartOsdAsync(CancellationToken cancellationToken)
    {
        var id = $"{Guid.NewGuid()}";
        await _supervisor.RunAsync("add-osd", Command("ceph", "osd", "new", id, "0"), cancellationToken);
        await _supervisor.RunAsync("make-osd", Command("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", id), cancellationToken);
        return await _supervisor.SpawnAsync(Osd, Command("ceph-osd", "-i", "0", "-f"));
    }
}
