using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;

namespace Cairn.Providers.Azure.Batches;

/// <summary>The answer to a request that was signed and not sent: accepted, without headers and body.</summary>
internal sealed class NoResponse : Response
{
    public override int Status => 202;

    public override string ReasonPhrase => "";

    public override Stream? ContentStream { get; set; }

    public override string ClientRequestId { get; set; } = "";

    public override void Dispose()
    {
    }

    protected override bool ContainsHeader(string name) => false;

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = null;
        return false;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = null;
        return false;
    }
}
