using AgentGateway.Host.Configuration;
using AgentGateway.Net;

namespace AgentGateway.Host.Tests.Configuration;

public sealed class MediaServerOptionsTests
{
    [Theory]
    [InlineData("stun:stun.example", "stun.example", 3478, false, TurnTransport.Udp)]
    [InlineData("STUN:192.0.2.1:19302", "192.0.2.1", 19302, false, TurnTransport.Udp)]
    [InlineData("turn:[2001:db8::1]:3479", "2001:db8::1", 3479, true, TurnTransport.Udp)]
    [InlineData("turn:turn.example?transport=tcp", "turn.example", 3478, true, TurnTransport.Tcp)]
    [InlineData("turn:turn.example:80?transport=UDP", "turn.example", 80, true, TurnTransport.Udp)]
    [InlineData("turns:turn.example", "turn.example", 5349, true, TurnTransport.Tls)]
    [InlineData("turns:turn.example:443?transport=tcp", "turn.example", 443, true, TurnTransport.Tls)]
    public void Urls_are_read(string text, string host, int port, bool isTurn, TurnTransport transport)
    {
        Assert.True(IceServerUrl.TryParse(text, out IceServerUrl? url));
        Assert.Equal(new IceServerUrl { Host = host, Port = port, IsTurn = isTurn, Transport = transport }, url);
    }

    [Theory]
    [InlineData("")]
    [InlineData("turn:")]
    [InlineData("turn.example:3478")]
    [InlineData("http:turn.example")]
    [InlineData("stuns:stun.example")]
    [InlineData("stun:stun.example?transport=udp")]
    [InlineData("turns:turn.example?transport=udp")]
    [InlineData("turn:turn.example?transport=sctp")]
    [InlineData("turn:turn.example:0")]
    [InlineData("turn:turn.example:65536")]
    [InlineData("turn:turn.example:")]
    [InlineData("turn:[2001:db8::1")]
    [InlineData("turn:[turn.example]:1")]
    [InlineData("turn:user@turn.example")]
    public void Other_text_is_refused(string text) => Assert.False(IceServerUrl.TryParse(text, out _));

    [Fact]
    public void Every_mistake_has_its_sentence()
    {
        Assert.Empty(Media().Validate());
        Assert.Contains("Media:TurnServers:0:Url", Problem(m => m.TurnServers[0].Url = "stun:turn.example"), StringComparison.Ordinal);
        Assert.Contains("Media:TurnServers:0:Family", Problem(m => m.TurnServers[0].Family = "IPX"), StringComparison.Ordinal);
        Assert.Contains("Media:MaxConnectingPerSource", Problem(m => m.MaxConnectingPerSource = 0), StringComparison.Ordinal);
        Assert.Contains("needs Username", Problem(m => m.TurnServers[0].Credential = ""), StringComparison.Ordinal);
        Assert.Contains("CaFile", Problem(m => m.TurnServers[0].CaFile = "/nowhere/ca.pem"), StringComparison.Ordinal);
        Assert.Contains("at most 4", Problem(m => Enumerable.Range(0, 4).ToList().ForEach(i => m.TurnServers.Add(Turn($"turns:turn{i}.example")))), StringComparison.Ordinal);
        Assert.Contains("same Url twice", Problem(m => m.TurnServers.Add(Turn())), StringComparison.Ordinal);
        Assert.Contains("StunServer is", Problem(m => m.StunServer = "stun.example"), StringComparison.Ordinal);
        Assert.Contains("exclude each other", Problem(m => m.AdvertisedAddresses.Add("192.0.2.1")), StringComparison.Ordinal);
        Assert.Contains("TcpPorts", Problem(m => m.TcpPorts.Add(1)), StringComparison.Ordinal);
        Assert.Contains("RelayOnly needs", Problem(m => m.TurnServers.Clear()), StringComparison.Ordinal);
    }

    [Fact]
    public void They_reach_the_transport()
    {
        MediaTransportOptions options = Media().ToTransportOptions();
        Assert.Equal(new StunServer("stun.example", 3478), Assert.Single(options.StunServers));
        TurnServer turn = Assert.Single(options.TurnServers);
        Assert.Equal(("turn.example", 5349, TurnTransport.Tls, "u", "p"), (turn.Host, turn.Port, turn.Transport, turn.UserName, turn.Password));
        Assert.Equal([8081], options.TcpPorts);
        Assert.True(options.RelayOnly);
    }

    private static string Problem(Action<MediaOptions> change)
    {
        MediaOptions media = Media();
        change(media);
        return Assert.Single(media.Validate());
    }

    private static MediaOptions Media()
    {
        var media = new MediaOptions { StunServer = "stun:stun.example", RelayOnly = true };
        media.TcpPorts.Add(8081);
        media.TurnServers.Add(Turn());
        return media;
    }

    private static TurnServerOptions Turn(string url = "turns:turn.example") => new() { Url = url, Username = "u", Credential = "p" };
}
