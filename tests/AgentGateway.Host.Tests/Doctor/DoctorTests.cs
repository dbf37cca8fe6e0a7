using System.Net;
using System.Text;
using System.Text.Json;
using AgentGateway.Host.Commands;
using AgentGateway.Host.Tests.Signalling;
using AgentGateway.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Host.Tests.Doctor;

public sealed class DoctorTests
{
    [Fact]
    public async Task The_endpoint_tells_what_callers_are_told()
    {
        await using SignallingServer server = await SignallingServer.StartAsync();
        JsonElement report = JsonDocument.Parse(await server.Http.GetStringAsync("v1/doctor")).RootElement;
        JsonElement candidate = Assert.Single(report.GetProperty("candidates").EnumerateArray());
        Assert.Equal("127.0.0.1", candidate.GetProperty("address").GetString());
        Assert.Equal(server.Transport.LocalEndPoints[0].Port, candidate.GetProperty("port").GetInt32());
        Assert.Equal("this host", candidate.GetProperty("reach").GetString());
        Assert.Equal("warning", report.GetProperty("status").GetString());
        Assert.False(report.TryGetProperty("offer", out _));
        string[] names = [.. report.GetProperty("gateway").EnumerateArray().Select(s => s.GetProperty("name").GetString()!)];
        Assert.Equal(["media_ports", "encryption", "audio_libraries", "agents", "ice", "candidates", "public_address", "relay", "room"], names);
    }

    [Fact]
    public async Task An_offer_is_examined_and_no_call_comes_of_it()
    {
        await using SignallingServer server = await SignallingServer.StartAsync();
        string offer = (await server.Callers.OfferAsync(new Testing.Calls.WebRtcCaller())).Sdp!;
        JsonElement good = await PostAsync(server, offer);
        Assert.Equal("ok", good.GetProperty("offer").EnumerateArray().Single(s => s.GetProperty("name").GetString() == "answer").GetProperty("status").GetString());

        JsonElement bad = await PostAsync(server, offer.Replace("a=fingerprint", "a=nothing", StringComparison.Ordinal));
        Assert.Equal("failed", bad.GetProperty("status").GetString());
        JsonElement failed = Assert.Single(bad.GetProperty("offer").EnumerateArray(), s => s.GetProperty("status").GetString() == "failed");
        Assert.Equal("fingerprint", failed.GetProperty("name").GetString());
        Assert.True(failed.GetProperty("line").GetInt32() > 1);
        Assert.Equal(0, server.Transport.ConnectionCount);
        Assert.Equal(0, server.Transport.ConnectingCount);
        Assert.Equal(0, server.Calls.ActiveCalls);
    }

    [Fact]
    public async Task The_command_prints_the_failing_step_and_fails()
    {
        using var folder = new AgentFolder();
        string offer = Path.Combine(folder.Path, "offer.sdp");
        await File.WriteAllTextAsync(offer, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 18\r\n", TestContext.Current.CancellationToken);

        (int code, string output, string errors) = await RunAsync("--offer", offer, "--Media:ListenAddress=127.0.0.1", "--Media:Ports:0=0", $"--Agents:Path={folder.Path}");

        Assert.Equal("", errors);
        Assert.Equal(1, code);
        Assert.Contains("failed   codec            line 5: ", output);
        Assert.Contains("ok       sdp ", output);
        Assert.Contains("relay", output);
    }

    [Fact]
    public async Task A_port_in_use_is_a_warning_and_the_rest_is_told()
    {
        using var folder = new AgentFolder();
        await using MediaTransport other = MediaTransport.Start(
            new MediaTransportOptions { ListenAddress = IPAddress.Loopback, Ports = [0] }, TimeProvider.System, NullLoggerFactory.Instance);
        (int code, string output, _) = await RunAsync(
            "--json", "--Media:ListenAddress=127.0.0.1", $"--Media:Ports:0={other.LocalEndPoints[0].Port}", $"--Agents:Path={folder.Path}");
        Assert.Equal(0, code);
        JsonElement ports = JsonDocument.Parse(output).RootElement.GetProperty("gateway")[0];
        Assert.Equal("warning", ports.GetProperty("status").GetString());
        Assert.Contains("in use", ports.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Servers_that_do_not_answer_are_told()
    {
        using var folder = new AgentFolder();
        using var silent = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        (int code, string output, _) = await RunAsync(
            "--Media:ListenAddress=127.0.0.1", "--Media:Ports:0=0", $"--Agents:Path={folder.Path}", $"--Media:StunServer=stun:127.0.0.1:{((IPEndPoint)silent.Client.LocalEndPoint!).Port}");
        Assert.Equal(0, code);
        Assert.Contains("warning  public_address   stun:127.0.0.1:", output);
    }

    [Theory]
    [InlineData(2, "usage", "--offer")]
    [InlineData(2, "usage", "--help")]
    [InlineData(2, "error: ", "--offer", "/nonexistent/offer.sdp")]
    [InlineData(1, "Media:ListenAddress", "--Media:ListenAddress=nowhere")]
    public async Task What_is_wrong_with_the_arguments_is_said(int code, string said, params string[] args)
    {
        (int actual, _, string errors) = await RunAsync(args);
        Assert.Equal(code, actual);
        Assert.Contains(said, errors);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = await DoctorCommand.RunAsync(args, output, errors, TimeSpan.FromMilliseconds(200));
        return (code, output.ToString(), errors.ToString());
    }

    private static async Task<JsonElement> PostAsync(SignallingServer server, string offer)
    {
        using var content = new StringContent(offer, Encoding.UTF8, "application/sdp");
        using HttpResponseMessage response = await server.Http.PostAsync("v1/doctor", content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }
}
