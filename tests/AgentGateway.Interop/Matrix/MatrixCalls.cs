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

    // Only what hangs takes so long: nothing is asserted by it.
    private static readonly TimeSpan Soon = Eventually.Limit;

    // How far behind a machine may be before what was not heard is lost.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(15);

    // Long before consent expires, and before a stack believes by itself that the far end is gone.
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
            await MeasuredAsync(call);
            (long sent, long lost) = impairer.Counters;
            (sent, lost) = (sent - goodSent, lost - goodLost);
            Assert.True(lost > 0.04 * sent && lost < 0.06 * sent && sent > 300, $"{lost} of {sent} datagrams were lost (seed {NetworkSeed})");
        });
        await EndAsync(call);
    }

    // What our snapshot says must be what the network does: 0 to 120 ms there and back, 60 on average, 20 between neighbours, and one
    // of 20 datagrams lost each way. What was asked for again and came is not lost.
    private async Task MeasuredAsync(MatrixCall call)
    {
        string told = "nothing";
        await Eventually.TrueAsync(
            async () =>
            {
                RtcAudioStatistics s = await call.Connection.InvokeAsync((now, peer) => peer.GetStatistics(now).Audio);
                double lost = (double)s.PacketsLost / (s.PacketsLost + s.PacketsReceived);
                double lostByThem = (double)s.RemotePacketsLost / s.PacketsSent;
                told = $"round trip {s.RoundTripTime}, jitter {s.Jitter}, theirs {s.RemoteJitter}, lost {lost:P1}, by them {lostByThem:P1}";
                return (s.RoundTripTime is { } roundTrip ? roundTrip > TimeSpan.Zero && roundTrip < TimeSpan.FromSeconds(1) : !_stack.AnswersReports)
                    && IsOfThisNetwork(s.Jitter) && IsOfThisNetwork(s.RemoteJitter)
                    && s.PacketsLost + s.PacketsRetransmitted > 0 && lost < 0.12
                    && s.RemotePacketsLost > 0 && lostByThem < 0.12;
            },
            Reports,
            () => $"this is not what the network does: {told}");
        TestContext.Current.SendDiagnosticMessage($"{_stack}: {told}");

        // A machine that stalls adds to the jitter of that moment.
        static bool IsOfThisNetwork(TimeSpan? jitter) => jitter > TimeSpan.FromMilliseconds(5) && jitter < TimeSpan.FromMilliseconds(200);
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
        TimeSpan length = (ours.Length > theirs.Length ? ours.Length : theirs.Length) + AfterTheTune;
        short[] tune = ours.Render();
        string file = _lab.TuneFile(_stack, theirs);
        _peer.Do("record");
        await _peer.WaitAsync("recording", Soon);
        await call.RecordAsync();
        _peer.Do("play", new { file });
        await call.PlayAsync(tune, length);
        string told = await HeardByBothAsync(call, ours, theirs, leastCorrelation);
        TestContext.Current.SendDiagnosticMessage($"{_stack}: {told}");
    }

    // They may have begun to play a while after they were told to, and their playout may be behind.
    private async Task<string> HeardByBothAsync(MatrixCall call, Melody ours, Melody theirs, double leastCorrelation)
    {
        string heard = _folder["heard"];
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        long since = Stopwatch.GetTimestamp();
        while (true)
        {
            (double byUs, _) = MelodyMatch.Find(theirs, await call.HeardAsync(Soon), Melody.Rate);
            _peer.Do("save", new { file = heard });
            await _peer.WaitAsync("recorded", Soon);
            (short[] recording, int rate) = MatrixLab.ReadRecording(_stack, heard);
            (double byThem, _) = MelodyMatch.Find(ours, recording, rate);
            if (byUs >= leastCorrelation && byThem >= leastCorrelation)
                return FormattableString.Invariant($"we hear {byUs:F3}, they hear {byThem:F3}");
            Assert.True(Stopwatch.GetElapsedTime(since) < Late, $"we hear their tune with a correlation of {byUs:F2}, they hear ours with one of {byThem:F2}");
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
