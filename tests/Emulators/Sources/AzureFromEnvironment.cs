using Cairn.Emulators.Servers;

namespace Cairn.Emulators.Sources;

/// <summary>The Azure Blob account that <c>CAIRN_TEST_AZURE_CONNECTION_STRING</c> names.</summary>
internal static class AzureFromEnvironment
{
    private const string Variable = "CAIRN_TEST_AZURE_CONNECTION_STRING";

    public static async Task<AzureEndpoint> StartAsync(CancellationToken cancellationToken)
    {
        var connectionString = Variables.Find(Variable)
            ?? throw new EmulatorUnavailableException($"{Variable} is not set", $"set {Variable} to that of an account");
        var account = Parse(connectionString);
        await HttpProbe.WaitUntilExternalAnswersAsync(account.BlobEndpoint, Variable, cancellationToken);
        return new AzureEndpoint(new ExternalServer(), $"the account at {account.BlobEndpoint} ({Variable})", account);
    }

    private static AzureAccount Parse(string connectionString)
    {
        try
        {
            return AzureAccount.Parse(connectionString);
        }
        catch (FormatException problem)
        {
            throw new EmulatorStartException($"{Variable} cannot be used: {problem.Message}", problem);
        }
    }
}
