using AgentGateway.Interop.Support;
using AgentGateway.Net;

namespace AgentGateway.Interop.Matrix;

/// <summary>A call that another stack's program made to us, connected, without any condition of the matrix.</summary>
internal sealed class PlainCall : IAsyncDisposable
{
    // Only what hangs takes so long.
    private static readonly TimeSpan Soon = Eventually.Limit;

    private PlainCall(MatrixStack stack, MatrixPeer peer)
    {
        Stack = stack;
        Peer = peer;
    }

    internal MatrixStack Stack { get; }

    internal MatrixPeer Peer { get; }

    internal MatrixCall Ours { get; } = new();

    /// <param name="lab">Where it runs.</param>
    /// <param name="stack">Its id.</param>
    /// <param name="rewriteAnswer">Changes what it is told of us; null for nothing.</param>
    internal static async Task<PlainCall> ConnectAsync(MatrixLab lab, string stack, Func<string, string>? rewriteAnswer = null)
    {
        MatrixStack of = MatrixTable.Stacks.Single(s => s.Id == stack);
        var call = new PlainCall(of, await MatrixPeer.StartAsync([.. lab.Prefix, .. await of.Command()], TimeSpan.FromSeconds(60)));
        try
        {
            call.Peer.Do("open", new { channel = true, stun = lab.Turn.StunUrl });
            await call.Peer.WaitAsync("opened", Soon);
            call.Peer.Do("offer", new { restart = false, trickle = false });
            string offer = (await call.Peer.WaitAsync("sdp", Soon)).GetProperty("sdp").GetString()!;
            RtcAcceptResult result = await lab.Transport.AcceptAsync(offer, call.Ours);
            Assert.True(result.Connection is not null, $"we refuse the offer: {result.Refusal?.Message} (line {result.Refusal?.Line})\n{offer}");
            call.Ours.Connection = result.Connection;
            call.Peer.Do("accept", new { sdp = rewriteAnswer?.Invoke(result.Sdp!) ?? result.Sdp });
            await call.Peer.WaitAsync("accepted", Soon);
            await call.Ours.Connected.WaitAsync(Soon);
            return call;
        }
        catch
        {
            await call.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            Ours.Connection.Close();
            await Ours.Connection.Closed.WaitAsync(Soon);
        }
        catch (InvalidOperationException)
        {
            // It never began.
        }

        await Peer.DisposeAsync();
        Ours.Dispose();
    }
}
