namespace Cairn.Emulators;

/// <summary>What a test does when no server can be had.</summary>
public static class EmulatorPolicy
{
    /// <summary>The environment variable that makes a missing server a failure; continuous integration sets it to 1.</summary>
    public const string RequiredVariable = "CAIRN_TESTS_REQUIRE_EMULATORS";

    /// <summary>Whether a test must fail when no server can be had.</summary>
    public static bool Required => Environment.GetEnvironmentVariable(RequiredVariable) is "1" or "true";

    /// <summary>
    /// Whether a test is to be skipped for want of this server, with the message of the exception, instead of failing:
    /// <c>catch (EmulatorUnavailableException e) when (EmulatorPolicy.MaySkip(e)) { Assert.Skip(e.Message); }</c>.
    /// </summary>
    /// <param name="unavailable">Why there is no server.</param>
    public static bool MaySkip(EmulatorUnavailableException unavailable) => !Required || unavailable.IsBeyondHelp;
}
