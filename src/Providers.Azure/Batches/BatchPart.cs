namespace Cairn.Providers.Azure.Batches;

/// <summary>What the server says to one request of a batch.</summary>
/// <param name="Id">Which request of the batch, from 0; null where the answer does not say.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="ErrorCode">Azure's error code; null for a success, and where there is none.</param>
/// <param name="RequestId">The server's id of the request, which its support asks for.</param>
internal sealed record BatchPart(int? Id, int Status, string? ErrorCode, string? RequestId);

/// <summary>The answer to a batch, as much of it as could be read.</summary>
/// <param name="Parts">The parts that are complete, in the order of the answer.</param>
/// <param name="Damage">What is wrong with the answer; null when it is whole.</param>
internal sealed record BatchAnswer(IReadOnlyList<BatchPart> Parts, string? Damage);
