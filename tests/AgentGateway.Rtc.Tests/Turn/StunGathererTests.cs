using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Turn;
using AgentGateway.Rtc.Wire.Stun;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Turn;

public sealed class StunGathererTests
{
    private static readonly TransportAddress Local = TurnLink.Parse("10.0.0.2", 8081);
    private static readonly TransportAddress Public = TurnLink.Parse("203.0.113.9", 31000);
    private static readonly TransportAddress Public6 = TurnLink.Parse("2001:db8::9", 31000);

    private readonly StunGatherer _gatherer = new(new StunGathererOptions(), new SeededRandom(3));
    private readonly byte[] _buffer = new byte[StunGatherer.MaxMessageSize];

    public static TheoryData<string> Families => ["203.0.113.9", "2001:db8::9"];

    [Theory]
    [MemberData(nameof(Families))]
    public void It_tells_how_the_server_sees_us_once(string address)
    {
        TransportAddress mapped = TurnLink.Parse(address, 31000);
        _gatherer.Start(Instant.Zero);

        Assert.True(_gatherer.Handle(Instant.Zero, Local, Answer(mapped)));
        Assert.True(_gatherer.TryPollEvent(out StunGathererEvent e));
        Assert.Equal(new StunGathererEvent(mapped, Local), e);

        Instant next = Instant.FromMilliseconds(20_000);
        Assert.Equal(next, _gatherer.NextTimeout);
        _gatherer.HandleTimeout(next);
        Assert.True(_gatherer.Handle(next, Local, Answer(mapped)));
        Assert.False(_gatherer.TryPollEvent(out _));
    }

    [Fact]
    public void A_new_mapping_is_told()
    {
        _gatherer.Start(Instant.Zero);
        _gatherer.Handle(Instant.Zero, Local, Answer(Public));
        _gatherer.TryPollEvent(out _);
        _gatherer.HandleTimeout(Instant.FromMilliseconds(20_000));
        _gatherer.Handle(Instant.FromMilliseconds(20_001), Local, Answer(Public6));
        Assert.True(_gatherer.TryPollEvent(out StunGathererEvent e));
        Assert.Equal(Public6, e.Mapped);
    }

    [Fact]
    public void A_silent_server_is_given_up_and_asked_again_later()
    {
        _gatherer.Start(Instant.Zero);
        int sent = 0;
        var given = new List<double>();
        while (given.Count < 2)
        {
            while (_gatherer.TryPollTransmit(_buffer, out int length))
            {
                Assert.Equal(28, length);
                sent++;
            }

            Instant next = _gatherer.NextTimeout!.Value;
            _gatherer.HandleTimeout(next);
            while (_gatherer.TryPollEvent(out StunGathererEvent e))
            {
                Assert.Null(e.Mapped);
                given.Add(next.TotalMilliseconds);
            }
        }

        Assert.Equal([39_500, 39_500 + 60_000 + 39_500], given);
        Assert.Equal(14, sent);
    }

    [Fact]
    public void Answers_that_are_not_ours_do_nothing()
    {
        _gatherer.Start(Instant.Zero);
        byte[] good = Answer(Public);
        Assert.False(_gatherer.Handle(Instant.Zero, Local, good.AsSpan()[..^8]));
        Assert.False(_gatherer.Handle(Instant.Zero, Local, []));
        Assert.False(_gatherer.Handle(Instant.Zero, Local, Message(StunClass.SuccessResponse, StunMethod.Binding)));
        Assert.False(_gatherer.Handle(Instant.Zero, Local, Message(StunClass.Request, StunMethod.Binding)));
        Assert.False(_gatherer.Handle(Instant.Zero, Local, Message(StunClass.SuccessResponse, StunMethod.Allocate)));
        Assert.True(_gatherer.Handle(Instant.Zero, Local, good));
        Assert.False(_gatherer.Handle(Instant.Zero, Local, good));
        Assert.Equal([2, 2, 2, 0], Drops());
    }

    [Fact]
    public void An_answer_without_an_address_is_counted_and_asked_for_again_later()
    {
        _gatherer.Start(Instant.Zero);
        Assert.True(_gatherer.Handle(Instant.Zero, Local, Answer(TransportAddress.FromIPv4(0, 0))));
        Assert.Equal([0, 0, 0, 1], Drops());
        Assert.True(_gatherer.TryPollEvent(out StunGathererEvent e));
        Assert.Null(e.Mapped);
        Assert.NotNull(_gatherer.NextTimeout);
    }

    private long[] Drops() => [.. Enum.GetValues<StunDropReason>().Select(_gatherer.Drops)];

    private static byte[] Message(StunClass messageClass, StunMethod method)
    {
        byte[] message = new byte[64];
        var writer = new StunWriter(message, messageClass, method, default);
        writer.AddFingerprint();
        return message[..writer.Length];
    }

    private byte[] Answer(TransportAddress mapped)
    {
        Assert.True(_gatherer.TryPollTransmit(_buffer, out int length));
        Assert.True(StunMessage.TryParse(_buffer.AsSpan(0, length), out StunMessage request));
        Assert.Equal((StunClass.Request, StunMethod.Binding), (request.Class, request.Method));
        byte[] answer = new byte[128];
        var writer = new StunWriter(answer, StunClass.SuccessResponse, StunMethod.Binding, request.TransactionId);
        writer.AddXorMappedAddress(mapped);
        writer.AddFingerprint();
        return answer[..writer.Length];
    }
}
