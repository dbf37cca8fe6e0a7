using AgentGateway.Host.Configuration;

namespace AgentGateway.Host.Tests.Configuration;

public sealed class IceServerOptionsTests
{
    [Theory]
    [InlineData("stun:stun.example", null, null, true)]
    [InlineData("stun:192.0.2.1:3478", null, null, true)]
    [InlineData("stun:[2001:db8::1]:3478", null, null, true)]
    [InlineData("stuns:stun.example", null, null, true)]
    [InlineData("turn:turn.example:3478?transport=tcp", "u", "p", true)]
    [InlineData("turns:turn.example", "u", "p", true)]
    [InlineData("turn:turn.example", null, null, false)]
    [InlineData("turn:turn.example", "u", "", false)]
    [InlineData("turn:turn.example", "u", "line\r\nbreak", false)]
    [InlineData("stun:stun.example", "u", "p", false)]
    [InlineData("stun:stun.example?transport=udp", null, null, false)]
    [InlineData("stun:stun.example:0", null, null, false)]
    [InlineData("stun:stun.example:65536", null, null, false)]
    [InlineData("stun:stun.example>; rel=x", null, null, false)]
    [InlineData("stun:stun.example\r\nX: y", null, null, false)]
    [InlineData("https://stun.example", null, null, false)]
    [InlineData("", null, null, false)]
    public void A_server_is_checked_before_it_is_told_to_anybody(string url, string? username, string? credential, bool valid)
    {
        var server = new IceServerOptions { Username = username, Credential = credential };
        server.Urls.Add(url);
        string[] problems = [.. server.Validate("Media:IceServers:0")];
        Assert.Equal(valid, problems.Length == 0);
        Assert.All(problems, p => Assert.StartsWith("Media:IceServers:0", p));
    }

    [Fact]
    public void There_are_bounds_to_how_many_there_are()
    {
        var media = new MediaOptions();
        for (int i = 0; i < 17; i++)
        {
            var server = new IceServerOptions();
            server.Urls.Add("stun:stun.example");
            media.IceServers.Add(server);
        }

        Assert.Contains("at most 16", Assert.Single(media.Validate()));
        var crowded = new IceServerOptions();
        Assert.Single(crowded.Validate("k"));
        for (int i = 0; i < 9; i++)
            crowded.Urls.Add("stun:stun.example");
        Assert.Single(crowded.Validate("k"));
    }
}
