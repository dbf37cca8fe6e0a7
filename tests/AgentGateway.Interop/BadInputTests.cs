using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AgentGateway.Interop.Support;

namespace AgentGateway.Interop;

/// <summary>What a hostile or mistaken client gets over real HTTP, and that the gateway lives on.</summary>
[Collection("real peers")]
public sealed class BadInputTests(SharedGateway gateway) : IClassFixture<SharedGateway>
{
    private const string Audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:111 opus/48000/2\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n";
    private const string Session = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    private const string Ice = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n";
    private const string Fingerprint = "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\na=setup:actpass\r\n";

    public static TheoryData<string, string, string, HttpStatusCode, string> Offers => new()
    {
        { "receptionist", "application/sdp", "", HttpStatusCode.BadRequest, "sdp_empty" },
        { "receptionist", "application/sdp", "hello", HttpStatusCode.BadRequest, "sdp_not_sdp" },
        { "receptionist", "application/sdp", new string('x', 1 << 20), HttpStatusCode.RequestEntityTooLarge, "sdp_too_large" },
        { "receptionist", "application/sdp", Session + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\na=mid:0\r\na=rtcp-mux\r\n" + Ice + Fingerprint, HttpStatusCode.UnprocessableEntity, "sdp_no_audio" },
        { "receptionist", "application/sdp", Session + Audio + Fingerprint, HttpStatusCode.UnprocessableEntity, "sdp_no_ice_credentials" },
        { "receptionist", "application/sdp", Session + Audio + Ice, HttpStatusCode.UnprocessableEntity, "sdp_no_fingerprint" },
        { "nobody", "application/sdp", Session + Audio + Ice + Fingerprint, HttpStatusCode.NotFound, "agent_unknown" },
        { "receptionist", "application/json", "{}", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type" },
        { "receptionist", "", "v=0", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type" },
    };

    [Theory]
    [MemberData(nameof(Offers))]
    public async Task A_bad_offer_gets_its_own_status_and_code(string agent, string contentType, string body, HttpStatusCode status, string code)
    {
        using var http = new HttpClient { BaseAddress = gateway.Process.Url };
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType.Length > 0)
            content.Headers.ContentType = new MediaTypeHeaderValue(contentType);

        using HttpResponseMessage response = await http.PostAsync($"whip/{agent}", content);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task A_good_offer_is_created_with_a_location_that_pages_may_read()
    {
        using var http = new HttpClient { BaseAddress = gateway.Process.Url };
        using var content = new StringContent(Session + Audio + Ice + Fingerprint, Encoding.UTF8, "application/sdp");
        using var request = new HttpRequestMessage(HttpMethod.Post, "whip/echo") { Content = content };
        request.Headers.Add("Origin", "https://app.example");

        using HttpResponseMessage response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("application/sdp", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Location", Assert.Single(response.Headers.GetValues("Access-Control-Expose-Headers")));
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        string answer = await response.Content.ReadAsStringAsync();
        Assert.Contains("a=end-of-candidates", answer);
        Assert.Contains("a=candidate:", answer);
        Assert.DoesNotContain("a=msid:-", answer);
        Assert.Equal(HttpStatusCode.OK, (await http.DeleteAsync(response.Headers.Location)).StatusCode);
    }

    [Fact]
    public async Task A_preflight_of_a_page_elsewhere_is_allowed()
    {
        using var http = new HttpClient { BaseAddress = gateway.Process.Url };
        using var request = new HttpRequestMessage(HttpMethod.Options, "whip/echo");
        request.Headers.Add("Origin", "https://app.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");

        using HttpResponseMessage response = await http.SendAsync(request);

        Assert.True(response.IsSuccessStatusCode);
        Assert.Contains("authorization", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("POST", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Methods")));
    }

    [Fact]
    public async Task An_unknown_session_can_not_be_deleted()
    {
        using var http = new HttpClient { BaseAddress = gateway.Process.Url };
        using HttpResponseMessage response = await http.DeleteAsync("whip/sessions/nonsense");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Garbage_on_the_media_port_changes_nothing()
    {
        using var udp = new UdpClient();
        var random = new Random(20261121);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] datagram = new byte[random.Next(0, 1500)];
            random.NextBytes(datagram);
            udp.Send(datagram, datagram.Length, "127.0.0.1", gateway.Process.MediaPort);
        }

        Assert.Equal("ready", (await gateway.Process.GetJsonAsync("readyz")).GetProperty("status").GetString());
    }
}
