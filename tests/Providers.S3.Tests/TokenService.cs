using System.Net;
using System.Text;

namespace Cairn.Providers.S3.Tests;

/// <summary>Answers like AWS's Security Token Service, of which there is none here: every role is assumed, with credentials that name it.</summary>
internal sealed class TokenService : IDisposable
{
    private readonly HttpListener _listener = new();

    public TokenService()
    {
        using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = AnswerAsync();
    }

    public string Address { get; }

    /// <summary>The bodies of the requests.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>The <c>Authorization</c> of those that have one.</summary>
    public List<string> Signatures { get; } = [];

    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                var body = await reader.ReadToEndAsync();
                Requests.Add(body);
                if (context.Request.Headers["Authorization"] is { } signature)
                    Signatures.Add(signature);
                var action = body.Contains("AssumeRoleWithWebIdentity", StringComparison.Ordinal) ? "AssumeRoleWithWebIdentity" : "AssumeRole";
                var answer = $"""
                    <{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>
                    <Credentials><AccessKeyId>role-{action}</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken>
                    <Expiration>{TimeProvider.System.GetUtcNow().AddHours(1):yyyy-MM-ddTHH:mm:ssZ}</Expiration></Credentials>
                    <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn><AssumedRoleId>id</AssumedRoleId></AssumedRoleUser>
                    </{action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{action}Response>
                    """;
                context.Response.ContentType = "text/xml";
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
