using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.Samples.WordCount;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

// Settings come from appsettings.json, the environment (Cairn__Checkpoints__Directory=…) and, last, the command line.
return await CommandLine.InvokeAsync(args, async settings =>
{
    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
    builder.Configuration.AddInMemoryCollection(settings);
    builder.Configuration["Cairn:Checkpoints:Directory"] = StoragePath.ParseUriOrLocal(builder.Configuration["Cairn:Checkpoints:Directory"] ?? "checkpoints").ToString();

    builder.Services.AddCairn(builder.Configuration).AddS3().AddAzureBlobs();
    builder.Services.AddOptions<WordCountOptions>().BindConfiguration("WordCount").ValidateOnStart();
    builder.Services.AddSingleton<IValidateOptions<WordCountOptions>, WordCountOptionsValidation>();
    builder.Services.AddSingleton<CheckpointRequests>().AddSingleton<IOperationObserver>(p => p.GetRequiredService<CheckpointRequests>());
    builder.Services.AddSingleton<IReport>(p => p.GetRequiredService<IOptions<WordCountOptions>>().Value.Json ? new JsonReport() : new TerminalReport());
    builder.Services.AddSingleton<WordCountJob>();

    using var host = builder.Build();
    await host.StartAsync();
    try
    {
        var job = host.Services.GetRequiredService<WordCountJob>();
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        return await host.Services.GetRequiredService<IReport>().ShowAsync(() => job.RunAsync(stopping));
    }
    finally
    {
        await host.StopAsync();
    }
});
