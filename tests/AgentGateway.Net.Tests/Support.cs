using System.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Net.Tests;

internal static class Loopback
{
    private static int _nextCaller = 1;

    /// <summary>Callers share a port, so each calls from an address of its own in 127.0.0.0/8.</summary>
    internal static IPAddress NextCaller() => new([127, 7, 0, (byte)Interlocked.Increment(ref _nextCaller)]);

    internal static MediaTransport StartCaller() => MediaTransport.Start(
        new MediaTransportOptions { Ports = [0], IceLite = false }, TimeProvider.System, NullLoggerFactory.Instance);

    internal static MediaTransport Start(int maxConnections = 100, TimeSpan? connectTimeout = null, ILoggerFactory? loggers = null) => MediaTransport.Start(
        new MediaTransportOptions
        {
            ListenAddress = IPAddress.Loopback,
            Ports = [0],
            MaxConnections = maxConnections,
            ConnectTimeout = connectTimeout ?? TimeSpan.FromSeconds(30),
        },
        TimeProvider.System,
        loggers ?? NullLoggerFactory.Instance);
}

/// <summary>A handler that tells the test what happened.</summary>
internal sealed class Recorder : IRtcConnectionHandler
{
    internal TaskCompletionSource Connected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource<byte[]> Audio { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource<ushort> ChannelOpened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource<string> Candidate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource CandidatesEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource<string> Message { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal bool EchoAudio { get; init; }

    internal bool ThrowOnAudio { get; init; }

    internal bool ThrowOnClosed { get; init; }

    /// <summary>Wants to be woken at once, again and again.</summary>
    internal bool IsImpatient { get; init; }

    public Instant? NextTimeout { get; set; }

    public void HandleEvent(Instant now, RtcConnection connection, in RtcPeerEvent e)
    {
        switch (e.Kind)
        {
            case RtcPeerEventKind.ConnectionStateChanged when e.State == RtcPeerState.Connected:
                if (IsImpatient)
                    NextTimeout = Instant.Zero;
                Connected.TrySetResult();
                break;
            case RtcPeerEventKind.AudioReceived when ThrowOnAudio:
                throw new InvalidOperationException("a defect in a handler");
            case RtcPeerEventKind.AudioReceived:
                if (EchoAudio)
                    connection.Peer.SendAudio(now, e.Payload.Span, e.Timestamp, e.Marker);
                Audio.TrySetResult(e.Payload.ToArray());
                break;
            case RtcPeerEventKind.LocalCandidate:
                Candidate.TrySetResult(e.Candidate!.Format());
                break;
            case RtcPeerEventKind.LocalCandidatesEnded:
                CandidatesEnded.TrySetResult();
                break;
            case RtcPeerEventKind.ChannelOpened:
                ChannelOpened.TrySetResult(e.ChannelId);
                break;
            case RtcPeerEventKind.ChannelMessage:
                Message.TrySetResult(System.Text.Encoding.UTF8.GetString(e.Payload.Span));
                break;
        }
    }

    public void HandleTimeout(Instant now, RtcConnection connection) => NextTimeout = IsImpatient ? Instant.Zero : null;

    public void HandleClosed(Instant now, RtcConnection connection, RtcCloseReason reason)
    {
        Connected.TrySetException(new InvalidOperationException($"closed: {reason}"));
        if (ThrowOnClosed)
            throw new InvalidOperationException("a defect in a handler");
    }
}

/// <summary>A caller and an answerer, connected over real sockets.</summary>
internal sealed record ConnectedPair(RtcConnection Caller, Recorder CallerSide, RtcConnection Callee, Recorder CalleeSide)
{
    /// <summary>When a test that hangs ends; nothing is asserted by it.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    internal static async Task<ConnectedPair> CreateAsync(MediaTransport caller, MediaTransport callee, Recorder? calleeSide = null)
    {
        var callerSide = new Recorder();
        calleeSide ??= new Recorder();
        RtcAcceptResult offer = await caller.OfferAsync(callerSide, Loopback.NextCaller());
        RtcAcceptResult answer = await callee.AcceptAsync(offer.Sdp!, calleeSide);
        Assert.NotNull(answer.Connection);
        SdpResult accepted = await offer.Connection!.InvokeAsync((now, peer) => peer.AcceptAnswer(now, answer.Sdp!));
        Assert.True(accepted.IsSuccess, accepted.Message);
        await callerSide.Connected.Task.WaitAsync(Limit);
        await calleeSide.Connected.Task.WaitAsync(Limit);
        return new ConnectedPair(offer.Connection, callerSide, answer.Connection, calleeSide);
    }

    /// <summary>Waits until something is true of a peer that raises no event for it.</summary>
    internal static async Task UntilAsync(RtcConnection connection, Func<RtcPeer, bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await connection.InvokeAsync((_, peer) => condition(peer)))
            await poll.WaitForNextTickAsync(limit.Token);
    }
}
