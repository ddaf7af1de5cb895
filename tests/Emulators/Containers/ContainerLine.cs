using System.Text;
using Cairn.Emulators.Supervision;
using Docker.DotNet;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Containers;

namespace Cairn.Emulators.Containers;

/// <summary>
/// A supervising shell that is the first process of a container. Docker closes its input when the connection to it ends, as it does
/// when this process is killed; then the shell ends, and the container with it. So nothing has to look for left-over containers.
/// </summary>
internal sealed class ContainerLine : ISupervisorLine
{
    private const int BufferSize = 4096;

    private readonly IContainer _container;
    private readonly IDockerClient _docker;
    private readonly MultiplexedStream _stream;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly StringBuilder _received = new();

    private ContainerLine(IContainer container, IDockerClient docker, MultiplexedStream stream)
    {
        _container = container;
        _docker = docker;
        _stream = stream;
    }

    public int? ProcessId => null;

    /// <param name="container">A container that runs; the line's own when this returns.</param>
    /// <param name="docker">The client; the line's own when this returns.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<ContainerLine> AttachAsync(IContainer container, IDockerClient docker, CancellationToken cancellationToken)
    {
        var parameters = new ContainerAttachParameters { Stream = true, Stdin = true, Stdout = true };
        return new ContainerLine(container, docker, await docker.Containers.AttachContainerAsync(container.Id, parameters, cancellationToken));
    }

    public Task WriteLineAsync(string line)
    {
        var bytes = Encoding.UTF8.GetBytes($"{line}\n");
        return _stream.WriteAsync(bytes, 0, bytes.Length, CancellationToken.None);
    }

    public async Task<string?> ReadLineAsync()
    {
        while (true)
        {
            if (TakeLine() is { } line) return line;
            var result = await _stream.ReadOutputAsync(_buffer, 0, _buffer.Length, CancellationToken.None);
            if (result.EOF) return null;
            // The shell's lines are plain ASCII, its servers' messages are for people: half a character does no harm.
            _received.Append(Encoding.UTF8.GetString(_buffer, 0, result.Count));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stream.Dispose();
        try
        {
            await _container.DisposeAsync();
        }
        catch (DockerContainerNotFoundException)
        {
            // It ended with its shell, and was removed while it was being stopped.
        }
        finally
        {
            _docker.Dispose();
        }
    }

    private string? TakeLine()
    {
        var text = _received.ToString();
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0) return null;
        _received.Remove(0, end + 1);
        return text[..end];
    }
}
