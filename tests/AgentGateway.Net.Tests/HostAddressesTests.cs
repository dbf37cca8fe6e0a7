using System.Net;

namespace AgentGateway.Net.Tests;

/// <summary>Interfaces that come and go while their list is read.</summary>
public sealed class HostAddressesTests
{
    [Fact]
    public void A_list_that_could_not_be_read_is_read_again_and_one_that_was_is_kept()
    {
        int readings = 0;
        using var addresses = new HostAddresses(() => ++readings == 1 ? null : HostInterfaces.TryReadUp());
        Assert.Empty(addresses.Current);
        IReadOnlyList<IPAddress> found = addresses.Current;
        Assert.Contains(IPAddress.Loopback, found);
        Assert.Equal(found, addresses.Current);
        Assert.Equal(2, readings);
    }
}
