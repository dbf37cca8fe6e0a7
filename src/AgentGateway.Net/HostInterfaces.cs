using System.Net.NetworkInformation;

namespace AgentGateway.Net;

/// <summary>The network interfaces of this host, which come and go with containers, virtual machines and radios.</summary>
internal static class HostInterfaces
{
    private const int Attempts = 4;

    /// <summary>Those that are up; null when the list changed each time it was read. Never fails.</summary>
    internal static NetworkInterface[]? TryReadUp()
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                return [.. NetworkInterface.GetAllNetworkInterfaces().Where(i => i.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)];
            }
            catch (Exception e) when (e is NetworkInformationException or ArgumentException)
            {
                // The list changed under the reader. The framework reports an interface that is half gone as an invalid address: seen about once
                // in a thousand times while another process made and deleted interfaces.
            }
        }

        return null;
    }
}
