using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cairn.Cli.Tests.Credentials;

/// <summary>A service on this machine that gives credentials out, as the clouds' do where a program runs in them. There is none of those to test against.</summary>
internal sealed class LocalService : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerRequest, string> _answer;

    public LocalService(Func<HttpListenerRequest, string> answer)
    {
        _answer = answer;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _ = AnswerAsync();
    }

    public string Address { get; }

    /// <summary>What was asked, method and path.</summary>
    public List<string> Requests { get; } = [];

    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                lock (Requests)
                    Requests.Add($"{context.Request.HttpMethod} {context.Request.RawUrl}");
                var answer = _answer(context.Request);
                context.Response.StatusCode = answer.Length == 0 ? 404 : 200;
                context.Response.ContentType = answer.StartsWith('<') ? "text/xml" : "application/json";
                context.Response.Headers["X-aws-ec2-metadata-token-ttl-seconds"] = "21600";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed.
        }
    }
}
