namespace Cairn.Faults;

/// <summary>A request as it arrived at the proxy.</summary>
/// <param name="Number">The how manieth it is, from 1.</param>
/// <param name="Method">Like <c>PUT</c>.</param>
/// <param name="Target">Path and query as they stand in the request line.</param>
public sealed record ProxiedRequest(int Number, string Method, string Target);
