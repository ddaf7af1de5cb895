using Cairn.Checkpoints;
using Cairn.FileSystems;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cairn.Hosting;

/// <summary>The checkpoints of the configured job: what a service asks for to open them. Thread safe.</summary>
public sealed class JobCheckpoints
{
    private readonly IOptions<CairnOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger? _logger;
    private readonly Lazy<FileSystemCheckpointStorageBase> _storage;

    /// <summary>Made by the container.</summary>
    public JobCheckpoints(IOptions<CairnOptions> options, FileSystemRegistry fileSystems, TimeProvider timeProvider, ILogger<CheckpointCoordinator>? logger = null)
    {
        _options = options;
        _time = timeProvider;
        _logger = logger;
        _storage = new(() => CreateStorage(fileSystems, options.Value));
    }

    /// <summary>Where the job's checkpoints go, as configured.</summary>
    /// <exception cref="OptionsValidationException">The configuration is wrong; every problem is named with its key.</exception>
    public FileSystemCheckpointStorageBase Storage => _storage.Value;

    /// <summary>Opens the job as its owner, which fences every earlier owner, and restores its latest checkpoint or the configured one.</summary>
    /// <inheritdoc cref="CheckpointCoordinator.OpenAsync" path="/exception"/>
    public Task<CheckpointCoordinator> OpenAsync(CancellationToken cancellationToken = default)
    {
        var options = _options.Value;
        var coordinator = new CheckpointCoordinatorOptions
        {
            Retained = options.Retained,
            Interval = options.Interval,
            Timeout = options.Timeout,
            RestoreFrom = options.RestoreFrom,
            RestoreFromAgain = options.RestoreFromAgain,
            ClaimMode = options.ClaimMode,
            MetadataVersion = options.MetadataVersion,
        };
        return CheckpointCoordinator.OpenAsync(Storage, coordinator, _time, _logger, cancellationToken);
    }

    private static FileSystemCheckpointStorageBase CreateStorage(FileSystemRegistry fileSystems, CairnOptions options)
    {
        var jobId = options.JobId ?? JobId.FromName(options.JobName!);
        var backend = options.Backend ?? (options.Directory is null ? CheckpointBackend.Memory : CheckpointBackend.FileSystem);
        return backend == CheckpointBackend.Memory
            ? new MemoryBackendCheckpointStorage(fileSystems, jobId, options.Directory, options.SavepointDirectory, options.MaxStateSize)
            : new FileSystemCheckpointStorage(fileSystems, jobId, options.Directory!, options.SavepointDirectory, options.InlineThreshold);
    }
}
