namespace Cairn.Emulators;

/// <summary>What a test does when no server can be had.</summary>
public static class EmulatorPolicy
{
    /// <summary>The environment variable that makes a missing server a failure; continuous integration sets it to 1.</summary>
    public const string RequiredVariable = "CAIRN_TESTS_REQUIRE_EMULATORS";

    /// <summary>
    /// Whether a test must fail when no server can be had; otherwise it is to be skipped with the message of the
    /// <see cref="EmulatorUnavailableException"/>:
    /// <c>catch (EmulatorUnavailableException e) when (!EmulatorPolicy.Required) { Assert.Skip(e.Message); }</c>.
    /// </summary>
    public static bool Required => Environment.GetEnvironmentVariable(RequiredVariable) is "1" or "true";
}
