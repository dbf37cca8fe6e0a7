using AgentGateway.Testing.Network;
using FsCheck.Fluent;

namespace AgentGateway.Properties.Sctp;

/// <summary>However packets of the opening are lost and whoever begins, both sides get connected, and what is sent then arrives.</summary>
public sealed class SctpOpeningTests
{
    [Fact]
    public void Both_sides_connect_through_loss_whoever_begins() => PropertyCheck.Run(
        Prop.ForAll(
            Gen.Choose(1, int.MaxValue).SelectMany(seed => Gen.Choose(0, 15).SelectMany(loss => Gen.Choose(0, 400).SelectMany(
                later => Gen.Elements(true, false).Select(both => (Seed: seed, Loss: loss, Later: later, Both: both))))).ToArbitrary(),
            c =>
            {
                var world = new SctpWorld((ulong)c.Seed);
                world.Open(
                    new NetemOptions { Latency = TimeSpan.FromMilliseconds(20), Jitter = TimeSpan.FromMilliseconds(15), Loss = c.Loss / 100.0 },
                    c.Both ? TimeSpan.FromMilliseconds(c.Later) : null);
                return true;
            }),
        cases: 400);
}
