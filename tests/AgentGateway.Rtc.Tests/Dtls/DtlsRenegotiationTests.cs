using System.Reflection;
using System.Runtime.InteropServices;
using AgentGateway.Rtc.Dtls;

namespace AgentGateway.Rtc.Tests.Dtls;

/// <summary>A peer that wants to shake hands again, which WebRTC never does and which would let it change its certificate.</summary>
public sealed class DtlsRenegotiationTests
{
    private const ulong NoRenegotiation = 1UL << 30;
    private static readonly DtlsEvent Connected = new(DtlsEventKind.Connected);

    [Fact]
    public void A_renegotiation_by_the_peer_is_refused_and_the_connection_lives_on()
    {
        using var link = new DtlsLink();
        link.Connect();
        (object connection, SafeHandle ssl) = Native(link.Client);

        // Our own client never asks; this one is made to.
        SSL_clear_options(ssl, NoRenegotiation);
        Assert.Equal(1, SSL_renegotiate(ssl));
        connection.GetType().GetMethod("Handshake")!.CreateDelegate<HandshakeCall>(connection)([]);

        // Nothing of the answer gets through: OpenSSL's client would give its connection up.
        link.Impairment = (role, _, _) => role == DtlsRole.Server ? DtlsLink.Lost : DtlsLink.OnTime;
        long before = link.Server.Statistics.DatagramsReceived;
        byte[] keys = new byte[SrtpKeyLength(link)];
        link.Server.ExportSrtpKeys(keys);
        link.Drain();
        link.Run(100);

        Assert.True(link.Server.Statistics.DatagramsReceived > before, "The peer's ClientHello did not arrive.");
        Assert.Equal(DtlsState.Connected, link.Server.State);
        byte[] after = new byte[keys.Length];
        link.Server.ExportSrtpKeys(after);
        Assert.Equal(keys, after);
        Assert.DoesNotContain(link.ServerEvents, e => e.Kind != DtlsEventKind.Connected);
    }

    [Fact]
    public void A_server_that_asks_its_client_for_a_renegotiation_gets_none()
    {
        using var link = new DtlsLink();
        link.Connect();
        (object connection, SafeHandle ssl) = Native(link.Server);
        SSL_clear_options(ssl, NoRenegotiation);
        Assert.Equal(1, SSL_renegotiate(ssl));
        connection.GetType().GetMethod("Handshake")!.CreateDelegate<HandshakeCall>(connection)([]);

        // Nothing of the answer gets through: OpenSSL's server would give its connection up.
        link.Impairment = (role, _, _) => role == DtlsRole.Client ? DtlsLink.Lost : DtlsLink.OnTime;
        int before = link.Log.Count;
        link.Drain();
        link.Run(100);

        string[] after = [.. link.Log.Skip(before)];
        Assert.Contains(after, l => l.Contains("Server [22]", StringComparison.Ordinal));
        Assert.DoesNotContain(after, l => l.Contains("Client [22]", StringComparison.Ordinal));
        Assert.Equal([Connected], link.ClientEvents);
        Assert.Equal(DtlsState.Connected, link.Client.State);
    }

    [Fact]
    public void A_first_flight_that_comes_again_is_not_answered()
    {
        byte[]? hello = null;
        using var link = new DtlsLink
        {
            Impairment = (role, number, datagram) =>
            {
                if (role == DtlsRole.Client && number == 0)
                    hello = datagram;
                return DtlsLink.OnTime;
            },
        };
        link.Connect();
        long sent = link.Server.Statistics.DatagramsSent;
        for (int i = 0; i < 100; i++)
            link.Inject(DtlsRole.Server, hello!);
        link.Run(1000);
        Assert.Equal(sent, link.Server.Statistics.DatagramsSent);
        Assert.Equal(DtlsState.Connected, link.Server.State);
        Assert.True(link.Client.TrySendApplicationData("go on"u8));
        link.Drain();
        link.Run(50);
        Assert.Equal(["go on"u8.ToArray()], link.ServerData);
    }

    private delegate Rtc.Dtls.Interop.SslStatus HandshakeCall(ReadOnlySpan<byte> datagram);

    private static int SrtpKeyLength(DtlsLink link) => Rtc.Srtp.SrtpProfileExtensions.KeyingMaterialLength(link.Server.SrtpProfile);

    private static (object Connection, SafeHandle Ssl) Native(DtlsEndpoint endpoint)
    {
        object connection = Field(endpoint, "_connection");
        return (connection, (SafeHandle)Field(connection, "_ssl"));
    }

    private static object Field(object owner, string name) =>
        owner.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(owner)!;

    [DllImport("libssl.so.3")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern ulong SSL_clear_options(SafeHandle ssl, ulong options);

    [DllImport("libssl.so.3")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SSL_renegotiate(SafeHandle ssl);
}
