using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.Samples.WordCount;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

// Settings come from appsettings.json, the environment (Cairn__Checkpoints__Directory=…) and, last, the command line.
return await CommandLine.InvokeAsync(args, async (settings, cancellationToken) =>
{
    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
    builder.Configuration.AddInMemoryCollection(settings);
    if (builder.Configuration["Cairn:Checkpoints:Directory"] is not { Length: > 0 })
        builder.Configuration["Cairn:Checkpoints:Directory"] = StoragePath.FromLocal("checkpoints").ToString();

    builder.Services.AddCairn(builder.Configuration);
    builder.Services.Configure<WordCountOptions>(builder.Configuration.GetSection("WordCount"));
    builder.Services.AddSingleton<CheckpointRequests>().AddSingleton<IOperationObserver>(p => p.GetRequiredService<CheckpointRequests>());
    builder.Services.AddSingleton<Report>().AddSingleton<WordCountJob>();

    using var host = builder.Build();
    try
    {
        await host.StartAsync(cancellationToken);
        var job = host.Services.GetRequiredService<WordCountJob>();
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        return await host.Services.GetRequiredService<Report>().ShowAsync(() => job.RunAsync(stopping)) ? 0 : CommandLine.Stopped;
    }
    catch (Exception e) when (e is IOException or Cairn.Checkpoints.CheckpointException or OptionsValidationException or InvalidDataException)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return CommandLine.Failed;
    }
    finally
    {
        await host.StopAsync(CancellationToken.None);
    }
});
