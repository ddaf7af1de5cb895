using Cairn.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Samples.Guide;

public static class ClickHost
{
    public static void Configure(HostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        #region host
        // appsettings.json: "Cairn": { "JobName": "clicks", "Checkpoints": { "Directory": "s3://acme/checkpoints", "Retained": 3 } }
        builder.Services.AddCairn(builder.Configuration).AddS3().AddAzureBlobs();
        #endregion
        builder.Services.AddSingleton<ClickSource>().AddHostedService<ClickCounter>();
    }
}

#region job
public sealed class ClickCounter(JobCheckpoints checkpoints, ClickSource clicks) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        await using var job = await checkpoints.OpenAsync(cancellationToken);             // claims the job, finds its latest checkpoint
        var counts = await job.RestoreAsync("counter", Counts.ReadAsync, cancellationToken) ?? new Counts();

        await foreach (var batch in clicks.ReadFromAsync(counts.Offset, cancellationToken))
        {
            counts.Add(batch);
            if (!job.IsDue) continue;
            await using var checkpoint = job.Begin();                                     // aborted unless completed
            await checkpoint.WriteAsync("counter", counts.WriteAsync, cancellationToken);
            await checkpoint.CompleteAsync(cancellationToken);                            // durable, or an exception that says what happened
        }
        await job.FinishAsync(cancellationToken);                                         // the next start begins afresh
    }
}
#endregion
