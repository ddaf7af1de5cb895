using Cairn.Emulators.Supervision;
using Docker.DotNet;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Emulators.Containers;

/// <summary>The frame around every start through Testcontainers: an image, a container with a supervisor in it, another attempt, and nothing left behind by a failure.</summary>
internal static class ContainerStart
{
    private const string FoldersInMemory = "/tmp";
    private const string Folder = $"{FoldersInMemory}/cairn";
    private const int Port = 8080;
    private const int BackingPort = 3300;
    private const int SecondsWithoutOwner = 8;
    private static readonly TimeSpan PullPatience = TimeSpan.FromMinutes(4);

    /// <param name="image">The image to start.</param>
    /// <param name="start">Starts the server; the place becomes its own when it returns.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="EmulatorUnavailableException">Docker does not answer, or the image is not to be had.</exception>
    public static Task<TEndpoint> RunAsync<TEndpoint>(string image, Func<ServerPlace, Task<TEndpoint>> start, CancellationToken cancellationToken) =>
        StartAttempts.RunAsync(() => TryOnceAsync(image, start, cancellationToken));

    private static async Task<TEndpoint> TryOnceAsync<TEndpoint>(string image, Func<ServerPlace, Task<TEndpoint>> start, CancellationToken cancellationToken)
    {
        var place = await PlaceAsync(image, cancellationToken);
        try
        {
            return await start(place);
        }
        catch
        {
            await place.DisposeAsync();
            throw;
        }
    }

    private static async Task<ServerPlace> PlaceAsync(string image, CancellationToken cancellationToken)
    {
        var endpoint = TestcontainersSettings.OS.DockerEndpointAuthConfig
            ?? throw new EmulatorUnavailableException("Docker does not answer", "start Docker");
        var docker = endpoint.GetDockerClientBuilder(Guid.NewGuid()).Build();
        await LeftOvers.RemoveAsync(docker, cancellationToken);
        var container = Describe(image, await Supervisor.ReadScriptAsync(), endpoint.Endpoint);
        try
        {
            await StartAsync(container, image, docker, cancellationToken);
            var line = await ContainerLine.AttachAsync(container, docker, cancellationToken);
            return PlaceOf(await Supervisor.OpenAsync(Folder, line), container, image);
        }
        catch
        {
            await container.DisposeAsync();
            docker.Dispose();
            throw;
        }
    }

    private static ServerPlace PlaceOf(Supervisor supervisor, IContainer container, string image) => new(supervisor)
    {
        Kind = $"Testcontainers, image {image}",
        Address = new UriBuilder(Uri.UriSchemeHttp, container.Hostname, container.GetMappedPublicPort(Port)).Uri,
        Host = "0.0.0.0",
        Port = Port,
        BackingPort = BackingPort,
    };

    // In memory: a monitor waits for its disk, which may be busy for half a minute where the image has just been made.
    // Testcontainers' own reaper would need one more image, and it waits for longer than a killed test run may leave a server behind.
    private static IContainer Describe(string image, string script, Uri docker) => new ContainerBuilder(image)
        .WithLogger(NullLogger.Instance)
        .WithCleanUp(false)
        .WithAutoRemove(true)
        .WithTmpfsMount(FoldersInMemory)
        .WithLabel(LeftOvers.OwnerLabel, $"{Environment.ProcessId}")
        .WithEntrypoint("sh", "-c", script, "supervisor.sh", Folder, $"{SecondsWithoutOwner}")
        .WithCommand([])
        .WithPortBinding(Port, assignRandomHostPort: true)
        .WithCreateParameterModifier(parameters =>
        {
            parameters.User = "0";
            parameters.OpenStdin = true;
            parameters.StdinOnce = true;
            parameters.AttachStdin = true;
            if (IsOnThisMachine(docker) && parameters.HostConfig?.PortBindings is { } ports) ListenOnLoopbackOnly(ports);
        })
        .Build();

    private static async Task StartAsync(IContainer container, string image, IDockerClient docker, CancellationToken cancellationToken)
    {
        var isThere = await HasImageAsync(docker, image, cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(PullPatience);
        try
        {
            await container.StartAsync(patience.Token);
        }
        catch (Exception problem) when (!isThere && !cancellationToken.IsCancellationRequested)
        {
            var reason = $"Docker has no image {image} and cannot pull it";
            Console.WriteLine($"[emulators] {reason}: {problem.Message.Trim()}");
            throw new EmulatorUnavailableException(reason, "eng/with-docker.sh COMMAND, which makes the images");
        }
        catch (Exception problem) when (problem is DockerApiException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new EmulatorStartException($"A container of {image} could not be started: {problem.Message.Trim()}", problem);
        }
    }

    private static async Task<bool> HasImageAsync(IDockerClient docker, string image, CancellationToken cancellationToken)
    {
        try
        {
            await docker.Images.InspectImageAsync(image, cancellationToken);
            return true;
        }
        catch (DockerImageNotFoundException)
        {
            return false;
        }
    }

    // A test run that is itself in a container reaches its servers by the address of the machine around it.
    private static bool IsOnThisMachine(Uri docker) => TestcontainersSettings.DockerHostOverride is { Length: > 0 } host
        ? host is "127.0.0.1" or "localhost"
        : docker.Scheme is "unix" or "npipe" && !File.Exists("/.dockerenv");

    private static void ListenOnLoopbackOnly(IDictionary<string, IList<Docker.DotNet.Models.PortBinding>> ports)
    {
        foreach (var binding in ports.Values.SelectMany(static bindings => bindings)) binding.HostIP = "127.0.0.1";
    }
}
