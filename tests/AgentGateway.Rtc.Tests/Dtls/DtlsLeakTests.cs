using AgentGateway.Rtc.Dtls.Interop;

namespace AgentGateway.Rtc.Tests.Dtls;

/// <summary>Counts native objects of the process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(DtlsLeakTests), DisableParallelization = true)]
[Collection(nameof(DtlsLeakTests))]
public sealed class DtlsLeakTests
{
    [Fact]
    public void A_thousand_endpoints_leave_no_native_object_behind()
    {
        // What other tests left to the collector must not go while the rest is counted.
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        int before = DatagramBio.LiveCount;
        for (int i = 0; i < 500; i++)
        {
            using var link = new DtlsLink();
            if (i % 10 == 0)
                link.Connect();
            else
                link.Start();
            Assert.Equal(before + 2, DatagramBio.LiveCount);
        }

        Assert.Equal(before, DatagramBio.LiveCount);
    }
}
