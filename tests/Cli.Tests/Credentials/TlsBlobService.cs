using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Cairn.Cli.Tests.Credentials;

/// <summary>
/// Lists one blob to whoever shows a token over TLS. Only this is asked of it: which token is shown. (The server of the other tests speaks no TLS, without which
/// the SDK sends no token.)
/// </summary>
internal sealed class TlsBlobService : IDisposable
{
    private const string Listing =
        """<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs><Blob><Name>found</Name><Properties><Last-Modified>Thu, 01 Jan 2026 00:00:00 GMT</Last-Modified><Etag>0x1</Etag><Content-Length>1</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob></Blobs><NextMarker /></EnumerationResults>""";

    private readonly TestFolder _folder = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;

    public TlsBlobService()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        CertificateFile = _folder.Write("certificate.pem", _certificate.ExportCertificatePem());
        _listener.Start();
        Address = $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";
        _ = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>What makes a program trust it, as <c>SSL_CERT_FILE</c>.</summary>
    public string CertificateFile { get; }

    public List<string> Authorizations { get; } = [];

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(_certificate);
                using var reader = new StreamReader(stream, Encoding.ASCII);
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                {
                    for (; line.Length > 0; line = await reader.ReadLineAsync() ?? "")
                    {
                        if (line.StartsWith("Authorization: ", StringComparison.OrdinalIgnoreCase))
                        {
                            lock (Authorizations)
                                Authorizations.Add(line["Authorization: ".Length..]);
                        }
                    }
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {Listing.Length}\r\n\r\n{Listing}"));
                }
            }
            catch (IOException)
            {
                // The client has gone.
            }
        }
    }
}
