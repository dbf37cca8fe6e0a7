using System.Diagnostics;
using System.Net;
using System.Text.Json;
using AgentGateway.Interop.Support;
using AgentGateway.Net;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing.Network;

namespace AgentGateway.Interop.Matrix;

/// <summary>The calls with one stack that prove its row: one each way round, one over a relay, one over a bad network.</summary>
internal sealed class MatrixCalls
{
    private const double LeastCorrelation = 0.75;
    private const double LeastCorrelationOnBadNetwork = 0.5;
    private const ulong NetworkSeed = 20260101;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(4);

    // A round trip takes a report each way, up to 7.5 s after the one before, and here one of 20 is lost.
    private static readonly TimeSpan Reports = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan AfterTheTune = TimeSpan.FromMilliseconds(900);
    private static readonly int[] AllSizes = [1, 1024, 16 * 1024, 64 * 1024, 256 * 1024];
    private static readonly int[] FewSizes = [1, 16 * 1024];
    private static readonly Melody OurTune = new(11, 18);
    private static readonly Melody TheirTune = new(12, 18);
    private static readonly Melody ShortTuneOfOurs = new(13, 9);
    private static readonly Melody ShortTuneOfTheirs = new(14, 9);

    // Loss and jitter as the matrix promises; the delay is what the jitter needs to be symmetric.
    private static readonly NetemOptions BadNetwork = new()
    {
        Latency = TimeSpan.FromMilliseconds(30),
        Jitter = TimeSpan.FromMilliseconds(30),
        Loss = 0.05,
        EvenLoss = true,
    };

    private readonly MatrixStack _stack;
    private readonly MatrixPeer _peer;
    private readonly MatrixLab _lab;
    private readonly WorkFolder _folder;
    private readonly MatrixOutcome _outcome;
    private RtcConnection? _connection;

    private MatrixCalls(MatrixStack stack, MatrixPeer peer, MatrixLab lab, WorkFolder folder, MatrixOutcome outcome)
    {
        _stack = stack;
        _peer = peer;
        _lab = lab;
        _folder = folder;
        _outcome = outcome;
    }

    internal static async Task<MatrixOutcome> RunAsync(MatrixStack stack, MatrixLab lab)
    {
        var outcome = new MatrixOutcome();
        using var folder = new WorkFolder();
        await using MatrixPeer peer = await MatrixPeer.StartAsync([.. lab.Prefix, .. await stack.Command()], TimeSpan.FromSeconds(60));
        var calls = new MatrixCalls(stack, peer, lab, folder, outcome);
        await calls.WholeCallAsync(theyOffer: true);
        await calls.WholeCallAsync(theyOffer: false);
        foreach (bool theyOffer in (bool[])[true, false])
        {
            await calls.RelayedCallAsync(theyOffer);
            await calls.CallOverBadNetworkAsync(theyOffer);
        }

        return outcome;
    }

    private async Task WholeCallAsync(bool theyOffer)
    {
        MatrixColumn offer = theyOffer ? MatrixColumn.TheyOffer : MatrixColumn.WeOffer;
        using var call = new MatrixCall();
        _connection = null;
        bool connected = await TryAsync(offer, async () =>
        {
            await OpenAsync(channel: theyOffer, turn: null);
            await (theyOffer ? TheyOfferAsync(call) : WeOfferAsync(call));
            await ConnectedAsync(call);
        });
        if (connected)
        {
            await TryAsync(MatrixColumn.Audio, () => HearEachOtherAsync(call, OurTune, TheirTune, LeastCorrelation));
            await TryAsync(MatrixColumn.Data, () => ExchangeAsync(call, AllSizes));
            if (theyOffer || !_stack.Cannot.ContainsKey(MatrixColumn.IceRestart))
                await TryAsync(MatrixColumn.IceRestart, () => RestartAsync(call, theyOffer));
            if (theyOffer)
                await TryAsync(MatrixColumn.TheyHangUp, () => TheyHangUpAsync(call));
            else
                await TryAsync(MatrixColumn.WeHangUp, () => WeHangUpAsync(call));
        }

        await EndAsync(call);
    }

    // By whoever offered first. Media goes on by the old path until the new one works, so that it is asked which one is in use.
    private async Task RestartAsync(MatrixCall call, bool byThem)
    {
        string offer;
        string answer;
        if (byThem)
        {
            offer = await TheirOfferAsync(restart: true, trickle: false);
            SdpResult applied = await call.Connection.InvokeAsync((now, peer) => peer.AcceptOffer(now, offer));
            Assert.True(applied.IsSuccess, $"we refuse the offer: {applied.Message} (line {applied.Line})\n{offer}");
            answer = applied.Answer!;
            _peer.Do("accept", new { sdp = answer });
            await _peer.WaitAsync("accepted", Soon);
        }
        else
        {
            offer = await call.Connection.InvokeAsync((now, peer) => peer.CreateOffer(now, restartIce: true));
            _peer.Do("answer", new { sdp = offer, trickle = false });
            answer = (await _peer.WaitAsync("sdp", Soon)).GetProperty("sdp").GetString()!;
            SdpResult applied = await call.Connection.InvokeAsync((now, peer) => peer.AcceptAnswer(now, answer));
            Assert.True(applied.IsSuccess, $"we refuse the answer: {applied.Message} (line {applied.Line})\n{answer}");
        }

        string[] ufrags = [SdpText.Attribute(offer, "ice-ufrag"), SdpText.Attribute(answer, "ice-ufrag")];
        Assert.DoesNotContain(ufrags, call.Ufrags.Contains);
        call.Ufrags.UnionWith(ufrags);
        await call.UsesNewPathAsync().WaitAsync(Soon);

        // Messages first: some send nothing until their own checks are over, and messages wait for that.
        await ExchangeAsync(call, FewSizes);
        await HearEachOtherAsync(call, ShortTuneOfOurs, ShortTuneOfTheirs, LeastCorrelation);
    }

    private async Task RelayedCallAsync(bool theyOffer)
    {
        using var call = new MatrixCall();
        _connection = null;
        await TryAsync(MatrixColumn.Relay, async () =>
        {
            await OpenAsync(channel: theyOffer, _lab.Turn.Reference);
            if (theyOffer)
                await AnswerAsync(call, await TheirOfferAsync(restart: false, trickle: true), static s => s);
            else
                await OfferAsync(call, static s => s, static s => s);
            await WithTheirCandidatesAsync(call, () => ConnectedAsync(call));
            await HearEachOtherAsync(call, OurTune, TheirTune, LeastCorrelation);
            await ExchangeAsync(call, FewSizes);
            IPEndPoint remote = (await call.SelectedPathAsync())!.Value.Remote.ToIPEndPoint();
            Assert.True(_lab.Turn.IsRelay(remote), $"media comes from {remote}, which is no address of the TURN server");
        });
        await EndAsync(call);
    }

    private async Task CallOverBadNetworkAsync(bool theyOffer)
    {
        using var call = new MatrixCall();
        _connection = null;
        bool fromTheStart = !_stack.Partly.ContainsKey(MatrixColumn.BadNetwork);
        await using UdpImpairer impairer = UdpImpairer.Start(
            _lab.Address, _lab.MediaEndPoint, fromTheStart ? BadNetwork : NetemOptions.Perfect, NetworkSeed);
        await TryAsync(MatrixColumn.BadNetwork, async () =>
        {
            await OpenAsync(channel: theyOffer, turn: null);

            // Neither side knows another address of the other than the bad network's.
            string Impaired(string ours) => SdpText.WithOnlyCandidate(ours, impairer.LocalEndPoint);
            if (theyOffer)
                await AnswerAsync(call, SdpText.WithoutCandidates(await TheirOfferAsync(restart: false, trickle: true)), Impaired);
            else
                await OfferAsync(call, Impaired, SdpText.WithoutCandidates);
            await ConnectedAsync(call);
            (long goodSent, long goodLost) = fromTheStart ? default : impairer.ChangeTo(BadNetwork);
            await HearEachOtherAsync(call, OurTune, TheirTune, LeastCorrelationOnBadNetwork);
            await ExchangeAsync(call, FewSizes);
            (long sent, long lost) = impairer.Counters;
            (sent, lost) = (sent - goodSent, lost - goodLost);
            Assert.True(lost > 0.04 * sent && lost < 0.06 * sent && sent > 300, $"{lost} of {sent} datagrams were lost (seed {NetworkSeed})");
            await MeasuredAsync(call);
        });
        await EndAsync(call);
    }

    // What our snapshot says must be what the network does: 0 to 120 ms there and back, 60 on average, 20 between neighbours, and one
    // of 20 datagrams lost each way. What was asked for again and came is not lost.
    private async Task MeasuredAsync(MatrixCall call)
    {
        RtcStatistics s = new();
        await Eventually.TrueAsync(
            async () =>
            {
                s = await call.Connection.InvokeAsync((now, peer) => peer.GetStatistics(now));
                return s.Audio.RemotePacketsLost > 0 && (s.Audio.RoundTripTime is not null || !_stack.AnswersReports);
            },
            Reports,
            () => $"no round trip or loss is reported: {s}");
        double lost = (double)s.Audio.PacketsLost / (s.Audio.PacketsLost + s.Audio.PacketsReceived);
        double lostByThem = (double)s.Audio.RemotePacketsLost / s.Audio.PacketsSent;
        string told = $"round trip {s.Audio.RoundTripTime}, jitter {s.Audio.Jitter}, theirs {s.Audio.RemoteJitter}, lost {lost:P1}, by them {lostByThem:P1}";
        TestContext.Current.SendDiagnosticMessage($"{_stack}: {told}");
        Assert.True(s.Audio.RoundTripTime is null || (s.Audio.RoundTripTime > TimeSpan.Zero && s.Audio.RoundTripTime < TimeSpan.FromSeconds(1)), told);
        Assert.True(s.Audio.Jitter > TimeSpan.FromMilliseconds(5) && s.Audio.Jitter < TimeSpan.FromMilliseconds(200), told);
        Assert.True(s.Audio.RemoteJitter > TimeSpan.FromMilliseconds(5) && s.Audio.RemoteJitter < TimeSpan.FromMilliseconds(200), told);
        Assert.True(s.Audio.PacketsLost + s.Audio.PacketsRetransmitted > 0 && lost < 0.12, told);
        Assert.True(lostByThem < 0.12, told);
    }

    private async Task OpenAsync(bool channel, object? turn)
    {
        _peer.Forget();
        string stun = _lab.Turn.StunUrl;
        _peer.Do("open", turn is null ? new { channel, stun } : new { channel, stun, turn });
        await _peer.WaitAsync("opened", Soon);
    }

    private async Task<string> TheirOfferAsync(bool restart, bool trickle)
    {
        _peer.Do("offer", new { restart, trickle });
        return (await _peer.WaitAsync("sdp", Soon)).GetProperty("sdp").GetString()!;
    }

    private async Task AnswerAsync(MatrixCall call, string offer, Func<string, string> rewrite)
    {
        RtcAcceptResult result = await _lab.Transport.AcceptAsync(offer, call);
        Assert.True(result.Connection is not null, $"we refuse the offer: {result.Refusal?.Message} (line {result.Refusal?.Line})\n{offer}");
        _connection = call.Connection = result.Connection;
        call.Ufrags.UnionWith([SdpText.Attribute(offer, "ice-ufrag"), SdpText.Attribute(result.Sdp!, "ice-ufrag")]);
        _peer.Do("accept", new { sdp = rewrite(result.Sdp!) });
        await _peer.WaitAsync("accepted", Soon);
    }

    private async Task<string> OfferAsync(MatrixCall call, Func<string, string> rewriteOurs, Func<string, string> rewriteTheirs)
    {
        RtcAcceptResult result = await _lab.Transport.OfferAsync(call);
        _connection = call.Connection = result.Connection!;
        _peer.Do("answer", new { sdp = rewriteOurs(result.Sdp!), trickle = true });
        string answer = (await _peer.WaitAsync("sdp", Soon)).GetProperty("sdp").GetString()!;
        SdpResult applied = await call.Connection.InvokeAsync((now, peer) => peer.AcceptAnswer(now, rewriteTheirs(answer)));
        Assert.True(applied.IsSuccess, $"we refuse the answer: {applied.Message} (line {applied.Line})\n{answer}");
        call.Ufrags.UnionWith([SdpText.Attribute(answer, "ice-ufrag"), SdpText.Attribute(result.Sdp!, "ice-ufrag")]);
        await call.OpenChannelAsync();
        return result.Sdp!;
    }

    // The one way to connect is by their candidates, told one by one; or by ours, when they tell theirs at once.
    private async Task TheyOfferAsync(MatrixCall call)
    {
        string offer = await TheirOfferAsync(restart: false, trickle: true);
        string ours = "";
        await AnswerAsync(call, SdpText.WithoutCandidates(offer), answer => SdpText.WithoutCandidates(ours = answer));
        await TryAsync(MatrixColumn.Trickle, async () =>
        {
            if (_stack.Trickles)
            {
                await WithTheirCandidatesAsync(call, () => call.Connected.WaitAsync(Soon));
            }
            else
            {
                TellOurCandidates(ours);
                await call.Connected.WaitAsync(Soon);
            }
        });
    }

    // The one way to connect is by our candidates, told one by one.
    private async Task WeOfferAsync(MatrixCall call)
    {
        string ours = await OfferAsync(call, SdpText.WithoutCandidates, SdpText.WithoutCandidates);
        await TryAsync(MatrixColumn.Trickle, async () =>
        {
            TellOurCandidates(ours);
            await call.Connected.WaitAsync(Soon);
        });
    }

    // While something is waited for: no longer, or it would take what belongs to the next call.
    private async Task WithTheirCandidatesAsync(MatrixCall call, Func<Task> wait)
    {
        using var over = new CancellationTokenSource();
        Task taking = TakeTheirCandidatesAsync(call, over.Token);
        try
        {
            await wait();
        }
        finally
        {
            await over.CancelAsync();
            await taking;
        }
    }

    private async Task TakeTheirCandidatesAsync(MatrixCall call, CancellationToken over)
    {
        try
        {
            while (true)
            {
                JsonElement told = await _peer.WaitAsync("candidate", Timeout.InfiniteTimeSpan, cancellationToken: over);
                await call.AddCandidateAsync(told.GetProperty("candidate").GetString()!);
            }
        }
        catch (Exception e) when (e is OperationCanceledException || over.IsCancellationRequested)
        {
            // Enough of them; what else is wrong, the call tells.
        }
    }

    private void TellOurCandidates(string ours)
    {
        string mid = SdpText.Attribute(ours, "mid");
        foreach (string candidate in SdpText.Candidates(ours).Append(""))
            _peer.Do("candidate", new { candidate, mid, index = 0 });
    }

    private async Task ConnectedAsync(MatrixCall call)
    {
        await call.Connected.WaitAsync(Soon);
        await _peer.WaitAsync("state", Soon, e => e.GetProperty("state").GetString() == "connected");
        await _peer.WaitAsync("track", Soon);
        await call.ChannelOpen.WaitAsync(Soon);
        await _peer.WaitAsync("channel", Soon, e => e.GetProperty("state").GetString() == "open");
    }

    private async Task HearEachOtherAsync(MatrixCall call, Melody ours, Melody theirs, double leastCorrelation)
    {
        string heard = _folder["heard"];
        TimeSpan length = (ours.Length > theirs.Length ? ours.Length : theirs.Length) + AfterTheTune;
        short[] tune = ours.Render();
        string file = _lab.TuneFile(_stack, theirs);
        _peer.Do("record");
        await _peer.WaitAsync("recording", Soon);
        await call.RecordAsync();
        _peer.Do("play", new { file });
        await call.PlayAsync(tune, length);
        _peer.Do("stop", new { file = heard });
        await _peer.WaitAsync("recorded", Soon);

        double correlation = await ListenAsync(call, theirs, length, leastCorrelation);
        (short[] byThem, int rate) = MatrixLab.ReadRecording(_stack, heard);
        (double theirCorrelation, _) = MelodyMatch.Find(ours, byThem, rate);
        TestContext.Current.SendDiagnosticMessage($"{_stack}: we hear {correlation:F3}, they hear {theirCorrelation:F3}");
        Assert.True(correlation >= leastCorrelation, $"we hear their tune with a correlation of {correlation:F2}");
        Assert.True(theirCorrelation >= leastCorrelation, $"they hear our tune with a correlation of {theirCorrelation:F2}");
    }

    // They may have begun to play a while after they were told to.
    private static async Task<double> ListenAsync(MatrixCall call, Melody theirs, TimeSpan length, double leastCorrelation)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        long since = Stopwatch.GetTimestamp();
        while (true)
        {
            (double correlation, _) = MelodyMatch.Find(theirs, await call.HeardAsync(length + Soon), Melody.Rate);
            if (correlation >= leastCorrelation || Stopwatch.GetElapsedTime(since) > AtOnce)
                return correlation;
            await poll.WaitForNextTickAsync();
        }
    }

    private async Task ExchangeAsync(MatrixCall call, IReadOnlyList<int> sizes)
    {
        int[] theirs = [.. sizes.Select(s => Math.Min(s, _stack.Sends)).Distinct()];
        int[] ours = [.. sizes.Select(s => Math.Min(s, _stack.Takes)).Distinct()];
        foreach (int size in theirs)
            _peer.Do("send", new { size });
        foreach (int size in ours)
            Assert.Equal(DataSendResult.Ok, await call.SendAsync(size));
        if (_stack.Announces is { } announced)
            Assert.Equal(DataSendResult.TooLarge, await call.SendAsync(announced + 1));
        foreach (int size in theirs)
        {
            using var soon = new CancellationTokenSource(Soon);
            try
            {
                Assert.Equal(DataMessage.Of(size), await call.Messages.ReadAsync(soon.Token));
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"their message of {size} bytes does not arrive");
            }
        }

        foreach (int size in ours)
            Assert.Equal(DataMessage.Of(size), DataMessage.Of(await _peer.WaitAsync("message", Soon)));
    }

    private async Task TheyHangUpAsync(MatrixCall call)
    {
        _peer.Do("hangup");
        await _peer.WaitAsync("hungup", Soon);
        if (_stack.Partly.ContainsKey(MatrixColumn.TheyHangUp))
            await call.ChannelsClosed.WaitAsync(AtOnce);
        else
            Assert.Equal(RtcCloseReason.RemoteClose, await call.Connection.Closed.WaitAsync(AtOnce));
    }

    private async Task WeHangUpAsync(MatrixCall call)
    {
        call.Connection.Close();
        Task<JsonElement> state = _peer.WaitAsync("state", AtOnce, e => e.GetProperty("state").GetString() is "closed" or "failed" or "disconnected");
        Task<JsonElement> channel = _peer.WaitAsync("channel", AtOnce, e => e.GetProperty("state").GetString() == "closed");
        await await Task.WhenAny(state, channel);
    }

    private async Task EndAsync(MatrixCall call)
    {
        try
        {
            call.Connection.Close();
            await call.Connection.Closed.WaitAsync(Soon);
        }
        catch (InvalidOperationException)
        {
            // It never began.
        }

        try
        {
            _peer.Do("hangup");
            await _peer.WaitAsync("hungup", Soon);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or IOException)
        {
            // Some do not like to close what the far end has closed. The next call will tell if anything is wrong.
        }
    }

    private async Task<string> DescribeOursAsync()
    {
        if (_connection is null)
            return "no connection";
        try
        {
            return await _connection.InvokeAsync((now, peer) =>
            {
                RtcStatistics s = peer.GetStatistics(now);
                string drops = string.Join(", ", s.Drops.Select(d => $"{d.Key} {d.Value}").Concat(s.EngineDrops.Select(d => $"{d.Key} {d.Value}")).Where(d => !d.EndsWith(" 0", StringComparison.Ordinal)));
                return $"{peer.State}, path {peer.SelectedPath}, restarting {peer.IsRestartingIce}, audio in {s.Audio.PacketsReceived}, "
                    + $"last {s.Audio.SinceLastAudio}, lost {s.Audio.PacketsLost}, jitter {s.Audio.Jitter}, drops: {drops}";
            });
        }
        catch (InvalidOperationException) when (_connection.Closed.IsCompletedSuccessfully)
        {
            return $"ended: {await _connection.Closed} {_connection.Peer.FailureDetail}";
        }
    }

    // What a stack cannot do must fail, or the table is out of date.
    private async Task<bool> TryAsync(MatrixColumn column, Func<Task> run)
    {
        bool cannot = _stack.Cannot.ContainsKey(column);
        try
        {
            await run();
            if (cannot)
                _outcome.Fail(column, $"It can: {_stack.Cannot[column]} is no longer true.");
            else
                _outcome.Pass(column);
            return true;
        }
        catch (Exception e)
        {
            if (cannot)
            {
                _outcome.Pass(column);
                return false;
            }

            _outcome.Fail(column, $"{e.Message}\n{e.StackTrace}\nOur side: {await DescribeOursAsync()}\nThe peer:\n{_peer.Log}");
            return false;
        }
    }
}
