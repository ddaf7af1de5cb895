namespace Cairn.Emulators.Native.Ceph;

/// <summary>A Ceph cluster of one monitor and one OSD in memory, in the folder of its supervisor.</summary>
internal sealed class CephCluster(CephInstallation ceph, Supervisor supervisor)
{
    private const string Monitor = "monitor";
    private const string Osd = "osd";

    private readonly string _folder = ceph.Inside(supervisor.Folder);

    /// <summary>Starts the monitor and the OSD; a gateway can be started when this returns.</summary>
    public async Task<IReadOnlyList<SupervisedProcess>> StartAsync(int monitorPort, int gatewayPort, CancellationToken cancellationToken)
    {
        var clusterId = Guid.NewGuid();
        await WriteConfigurationAsync(clusterId, monitorPort, gatewayPort, cancellationToken);
        var monitor = await StartMonitorAsync(clusterId, monitorPort, cancellationToken);
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
        return supervisor.RunAsync("add-user", Command("radosgw-admin", ["-n", "client.gateway", .. user]), cancellationToken);
    }

    private async Task WriteConfigurationAsync(Guid clusterId, int monitorPort, int gatewayPort, CancellationToken cancellationToken)
    {
        foreach (var folder in new[] { Monitor, Osd, "gateway" }) Directory.CreateDirectory(Path.Combine(supervisor.Folder, folder));
        var configuration = CephConfiguration.Write(_folder, clusterId, monitorPort, gatewayPort);
        await File.WriteAllTextAsync(Path.Combine(supervisor.Folder, "ceph.conf"), configuration, cancellationToken);
    }

    private async Task<SupervisedProcess> StartMonitorAsync(Guid clusterId, int port, CancellationToken cancellationToken)
    {
        string keyring = $"{_folder}/keyring", map = $"{_folder}/monmap", id = $"{clusterId}";
        await RunAsync("make-keyring", ceph.Command("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *"));
        await RunAsync("make-map", ceph.Command("monmaptool", "--create", "--fsid", id, "--addv", "a", CephConfiguration.MonitorAddress(port), map));
        await RunAsync("make-monitor", Command("ceph-mon", "-i", "a", "--mkfs", "--monmap", map, "--keyring", keyring));
        return await supervisor.SpawnAsync(Monitor, Command("ceph-mon", "-i", "a", "-f"));

        Task RunAsync(string name, ShellCommand command) => supervisor.RunAsync(name, command, cancellationToken);
    }

    private async Task<SupervisedProcess> StartOsdAsync(CancellationToken cancellationToken)
    {
        var id = $"{Guid.NewGuid()}";
        await supervisor.RunAsync("add-osd", Command("ceph", "osd", "new", id, "0"), cancellationToken);
        await supervisor.RunAsync("make-osd", Command("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", id), cancellationToken);
        return await supervisor.SpawnAsync(Osd, Command("ceph-osd", "-i", "0", "-f"));
    }
}
