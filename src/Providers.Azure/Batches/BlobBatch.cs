using System.Globalization;
using Azure;
using Azure.Core;
using Cairn.FileSystems;

namespace Cairn.Providers.Azure.Batches;

/// <summary>
/// Deletes blobs of one container, with their snapshots, in one request. What failed in a way that may pass, and what the answer does not tell of, stays
/// to be sent again: deleting twice is deleting once.
/// </summary>
/// <param name="container">Their container.</param>
/// <param name="paths">At most <see cref="MaxRequests"/>.</param>
internal sealed class BlobBatch(AzureContainer container, IReadOnlyList<StoragePath> paths)
{
    /// <summary>What Azure takes in a batch.</summary>
    public const int MaxRequests = 256;

    /// <summary>The first version with batches of one container, which a signature for a container suffices for, is older.</summary>
    private const string Version = "2021-12-02";

    private static readonly KeyValuePair<string, string> WithSnapshots = new("x-ms-delete-snapshots", "include");

    private readonly FileSystemException?[] _errors = new FileSystemException?[paths.Count];
    private List<int> _open = [.. Enumerable.Range(0, paths.Count)];

    /// <summary>A result for each path, in their order.</summary>
    public IEnumerable<DeleteResult> Results => paths.Select((path, index) => new DeleteResult(path, _errors[index]));

    /// <summary>Whether batches as such were refused: by a server that has none, or by an authorization that covers only what single requests need.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Sends it, and what has to be sent again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await container.CallAsync(paths[0], static (batch, ct) => batch.SendAsync(ct), this, cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException e) when (!IsRefused)
        {
            foreach (var index in _open)
                _errors[index] ??= e;
        }
        catch (FileSystemException)
        {
            // The caller sends single requests then.
        }
    }

    /// <summary>Sends what is open once; throws, to be called again, when something stays open.</summary>
    private async Task<bool> SendAsync(CancellationToken cancellationToken)
    {
        var sent = _open;
        var answer = await ExchangeAsync(sent, cancellationToken).ConfigureAwait(false);
        if (answer.Parts is [{ Id: null, Status: >= 400 } whole] && sent.Count > 1)
            throw Refused(whole);
        var open = new List<int>();
        var parts = Attribute(answer, sent.Count);
        for (var i = 0; i < sent.Count; i++)
        {
            var error = _errors[sent[i]] = parts[i] is { } part ? ErrorOf(paths[sent[i]], part) : Unanswered(paths[sent[i]], answer);
            if (error is { IsTransient: true })
                open.Add(sent[i]);
        }
        _open = open;
        return open.Count == 0 ? true : throw _errors[open[0]]!;
    }

    private async Task<BatchAnswer> ExchangeAsync(List<int> sent, CancellationToken cancellationToken)
    {
        var requests = new List<SignedRequest>(sent.Count);
        foreach (var index in sent)
            requests.Add(await container.Signer.SignAsync(RequestMethod.Delete, container.Blob(paths[index]).Uri, WithSnapshots, cancellationToken).ConfigureAwait(false));
        var boundary = $"batch_{Guid.NewGuid()}";
        using var message = container.Signer.Pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(container.Client.Uri);
        message.Request.Uri.AppendQuery("restype", "container");
        message.Request.Uri.AppendQuery("comp", "batch");
        message.Request.Headers.SetValue("x-ms-version", Version);
        message.Request.Headers.SetValue("Content-Type", BatchRequestWriter.ContentType(boundary));
        message.Request.Content = RequestContent.Create(BatchRequestWriter.Write(boundary, requests));
        await container.Signer.Pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        var response = message.Response;
        return response.Status == 202
            ? BatchAnswerParser.Parse(response.Headers.ContentType, response.Content.ToMemory().Span)
            : throw Refused(new(null, response.Status, Header(response, "x-ms-error-code"), Header(response, "x-ms-request-id")));
    }

    /// <summary>The part for each request; null where there is none that can be relied on.</summary>
    private static BatchPart?[] Attribute(BatchAnswer answer, int count)
    {
        var parts = new BatchPart?[count];
        // Without ids the order tells, but only when nothing is missing.
        if (answer.Damage is null && answer.Parts.Count == count && answer.Parts.All(part => part.Id is null))
            return [.. answer.Parts];
        foreach (var byId in answer.Parts.Where(part => part.Id is { } id && id >= 0 && id < count).GroupBy(part => part.Id!.Value))
            parts[byId.Key] = byId.Count() == 1 ? byId.First() : null;
        return parts;
    }

    private static FileSystemException? ErrorOf(StoragePath path, BatchPart part) => part switch
    {
        { Status: >= 200 and < 300 } => null,
        _ when AzureErrors.IsAbsentBlob(part.ErrorCode) || AzureErrors.IsFilledDirectory(part.ErrorCode) => null,
        _ => AzureErrors.OfAnswer(path, part.Status, part.ErrorCode, part.RequestId),
    };

    private static FileSystemException Unanswered(StoragePath path, BatchAnswer answer)
    {
        var damage = answer.Damage ?? string.Create(CultureInfo.InvariantCulture, $"it has {answer.Parts.Count} parts and none, or several, for this one");
        return new(FileSystemErrorCode.Unavailable, $"Whether '{path}' was deleted is not to be read from Azure's answer to a batch: {damage}. Delete it again.", path);
    }

    private FileSystemException Refused(BatchPart whole)
    {
        IsRefused = whole.Status is 400 or 401 or 403 or 405 or 415 or 501 || (whole.Status == 404 && !AzureErrors.IsMissingContainer(whole.ErrorCode));
        var error = AzureErrors.OfAnswer(paths[0], whole.Status, whole.ErrorCode, whole.RequestId);
        // A refusal is no reason to send the batch again, whatever else its status might mean.
        return IsRefused ? new(FileSystemErrorCode.NotSupported, error.Message, paths[0], error) : error;
    }

    private static string? Header(Response response, string name) => response.Headers.TryGetValue(name, out var value) ? value : null;
}
