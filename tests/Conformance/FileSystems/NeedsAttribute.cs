namespace Cairn.Conformance.FileSystems;

/// <summary>A case that is offered only to stores that have all of these; without it a case is for every store.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsAttribute(params StoreFeature[] features) : Attribute
{
    public IReadOnlyList<StoreFeature> Features => features;

    /// <summary>Turns it round: offered only to stores that have none of these.</summary>
    public bool Absent { get; init; }
}
