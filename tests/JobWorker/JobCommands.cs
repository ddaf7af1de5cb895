using System.Globalization;
using Cairn.Checkpoints;
using Cairn.Conformance.Checkpoints;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.JobWorker;

/// <summary>What a job's process does when it is told.</summary>
internal sealed class JobCommands : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly FileSystemRegistry _fileSystems;
    private readonly IncrementalJob _job;
    private readonly SelfStop _stop = new();
    private CheckpointCoordinator? _coordinator;

    public JobCommands(string[] settings)
    {
        var configuration = new ConfigurationBuilder().AddCommandLine(settings).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IOperationObserver>(_stop);
        services.AddCairn(configuration).AddS3().AddAzureBlobs();
        _services = services.BuildServiceProvider();
        _fileSystems = _services.GetRequiredService<FileSystemRegistry>();
        _job = new IncrementalJob(StoragePath.Parse(configuration["Cairn:Checkpoints:Directory"]!));
    }

    /// <summary>The answer to one line.</summary>
    public async Task<string> AnswerAsync(string line)
    {
        var words = line.Split(' ');
        try
        {
            switch (words[0])
            {
                case "open":
                    return await OpenAsync();
                case "checkpoint":
                    await _job.CheckpointAsync(_coordinator!, CancellationToken.None);
                    return $"completed {_job.LastReported}";
                case "stop-after":
                    _stop.Arm(int.Parse(words[1], CultureInfo.InvariantCulture));
                    return "armed";
                case "inspect":
                    return await InspectAsync();
                default:
                    return $"error: what is '{line}'?";
            }
        }
        catch (FencedException)
        {
            return "fenced";
        }
        catch (Exception e)
        {
            return $"failed {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_coordinator is not null)
            await _coordinator.DisposeAsync();
        await _services.DisposeAsync();
    }

    /// <summary>Takes the job over; the id that it goes on from, 0 for none.</summary>
    private async Task<string> OpenAsync()
    {
        _coordinator = await _job.OpenAsync(_fileSystems, CancellationToken.None);
        if (_coordinator.Restored is { } restored)
            await _job.CheckAsync(restored, CancellationToken.None);
        return $"opened {_coordinator.Restored?.Id ?? 0}";
    }

    /// <summary>Looks at the latest checkpoint without taking the job over, and reads all of its state.</summary>
    private async Task<string> InspectAsync()
    {
        var latest = await RestoredCheckpoint.LoadLatestAsync(_job.StorageOn(_fileSystems));
        if (latest is not null)
            await _job.CheckAsync(latest, CancellationToken.None);
        return $"latest {latest?.Id ?? 0}";
    }
}
