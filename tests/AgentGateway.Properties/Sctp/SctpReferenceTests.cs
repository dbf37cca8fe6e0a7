using AgentGateway.Rtc.Sctp;
using FsCheck.Fluent;

namespace AgentGateway.Properties.Sctp;

/// <summary>
/// Random conversations over a random network, against a plain queue: what a channel promised (RFC 8831 section 6.4) is what came out.
/// </summary>
public sealed class SctpReferenceTests
{
    private int _delivered;
    private int _abandoned;

    [Fact]
    public void Every_channel_delivers_what_it_promises()
    {
        PropertyCheck.Run(Prop.ForAll(SctpPlan.Arbitrary, Holds), cases: 150);

        // The network was bad enough for the promises to differ.
        Assert.True(_delivered > 1000, $"{_delivered} messages delivered");
        Assert.True(_abandoned > 20, $"{_abandoned} messages abandoned");
    }

    private bool Holds(SctpPlan plan)
    {
        var world = new SctpWorld(plan.Seed);
        world.Run(plan);
        world.AssertQuiet();
        for (int channel = 0; channel < SctpPlan.Channels.Count; channel++)
        {
            Check(world, fromLeft: true, channel);
            Check(world, fromLeft: false, channel);
        }

        return true;
    }

    private void Check(SctpWorld world, bool fromLeft, int channel)
    {
        DataChannelOptions options = SctpPlan.Channels[channel];
        (IReadOnlyList<(int Number, int Size)> sent, IReadOnlyList<(int Number, int Size)> received, _, bool abandoned) = world.Flow(fromLeft, channel);
        string what = $"{options.Label}, from the {(fromLeft ? "left" : "right")}: sent {string.Join(' ', sent)}; received {string.Join(' ', received)}";
        Assert.True(received.Distinct().Count() == received.Count, $"twice: {what}");
        Assert.True(!received.Except(sent).Any(), $"out of nothing: {what}");
        if (options.Ordered)
            Assert.True(received.SequenceEqual(received.OrderBy(m => m.Number)), $"out of order: {what}");

        // Who closes a channel takes nothing any more (W3C WebRTC, closing procedure); what was sent before one's own close still goes out.
        bool partial = options.MaxRetransmits is not null || options.MaxPacketLifeTime is not null;
        if (!partial && !abandoned)
            Assert.True(received.Count == sent.Count, $"lost: {what}");
        _delivered += received.Count;
        _abandoned += partial ? sent.Count - received.Count : 0;
    }
}
