using Cairn.Emulators.Supervision;

namespace Cairn.Emulators.Ceph;

/// <summary>The ceph.conf of a cluster of one monitor and one OSD whose data is in memory, made to start fast.</summary>
internal static class CephConfiguration
{
    private const int FirstOsdPort = 12_000;
    private const int EndOfOsdPorts = 19_000;
    private const int OsdPorts = 500;

    private static readonly string[] LogOf =
        ["ms", "rgw", "rgw_access", "osd", "mon", "paxos", "objecter", "rados", "auth", "monc", "objclass", "optracker", "throttle", "timer", "tp", "finisher", "heartbeatmap", "perfcounter", "filestore"];

    /// <param name="folder">The cluster's folder, as Ceph sees it.</param>
    /// <param name="clusterId">The cluster's id.</param>
    /// <param name="place">Where the gateway and the monitor listen.</param>
    public static string Write(string folder, Guid clusterId, ServerPlace place) => $"""
        [global]
        fsid = {clusterId}
        {General(folder)}
        {Network(place)}
        {Storage(folder)}
        {Gateway(folder, place)}

        """;

    private static string General(string folder) => $"""
        keyring = {folder}/keyring
        run_dir = {folder}
        admin_socket =
        log_file = {folder}/$name.log
        mon_cluster_log_file = {folder}/cluster.log
        {Quiet}
        """;

    // By default Ceph keeps a detailed log of everything in memory in case it crashes, which costs processor time. Errors are logged all the same.
    private static string Quiet => string.Join('\n', LogOf.Select(part => $"debug_{part} = 0/0"));

    // Everything is on this machine's loopback, and nobody signs. The OSD takes eight ports by itself, the first that are free in
    // its range; the ranges of two clusters may overlap.
    private static string Network(ServerPlace place)
    {
        var osdPort = Random.Shared.Next(FirstOsdPort, EndOfOsdPorts);
        return $"""
            public_addr = 127.0.0.1
            cluster_addr = 127.0.0.1
            mon_host = {MonitorAddress(place)}
            ms_bind_port_min = {osdPort}
            ms_bind_port_max = {osdPort + OsdPorts}
            ms_mon_client_mode = crc
            auth_cluster_required = none
            auth_service_required = none
            auth_client_required = none
            """;
    }

    // One copy, few placement groups, and a monitor that decides at once instead of collecting proposals. A gateway that was killed
    // is forgotten after a second: until then its successor's first new bucket waits for it to answer, by default for half a minute. A
    // request that was lost while its pool was made, as happens on a busy machine, is sent again after one second instead of five.
    private static string Storage(string folder) => $"""
        mon_data = {folder}/monitor
        mon_allow_pool_size_one = true
        mon_max_pg_per_osd = 2000
        paxos_propose_interval = 0.02
        paxos_min_wait = 0.01
        osd_data = {folder}/osd
        osd_client_watch_timeout = 1
        objecter_tick_interval = 1
        osd_enable_op_tracker = false
        osd_objectstore = memstore
        memstore_device_bytes = {8L << 30}
        osd_crush_chooseleaf_type = 0
        osd_pool_default_size = 1
        osd_pool_default_min_size = 1
        osd_pool_default_pg_num = 8
        osd_pool_default_pg_autoscale_mode = off
        """;

    // What is deleted gives its memory back after seconds, not after hours. Parts may be short, so that what happens to files of several
    // parts can be tried a thousand times. A bucket's index is one object: of eleven, as by default, a listing would read each. Few threads
    // instead of 512: on a small machine they only wake each other, which costs a fifth of the gateway's processor time.
    private static string Gateway(string folder, ServerPlace place) => $"""
        rgw_data = {folder}/gateway
        rgw_frontends = beast endpoint={place.Host}:{place.Port} tcp_nodelay=1
        rgw_thread_pool_size = 32
        rgw_run_sync_thread = false
        rgw_gc_obj_min_wait = 10
        rgw_gc_processor_period = 10
        rgw_override_bucket_index_max_shards = 1
        rgw_dynamic_resharding = false
        rgw_multipart_min_part_size = {RadosgwServer.MinPartSize}
        """;

    public static string MonitorAddress(ServerPlace place) => $"[v2:127.0.0.1:{place.BackingPort}]";
}
