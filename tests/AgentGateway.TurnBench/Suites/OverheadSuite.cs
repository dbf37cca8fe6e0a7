using System.Diagnostics;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Session;
using AgentGateway.Primitives;
using AgentGateway.Audio;
using AgentGateway.Testing.Conversation;
using AgentGateway.TurnBench.Engines;

namespace AgentGateway.TurnBench.Suites;

/// <summary>
/// What the gateway itself adds, in real time: providers answer at once, so all that is between the decision that a turn is over and the
/// agent's first frame is ours.
/// </summary>
internal static class OverheadSuite
{
    private const int Calls = 20;

    // The first turns of a process are compiled while they run; the gateway does that before it says that it is ready.
    private const int WarmUp = 2;

    internal static void Run(BenchRun run)
    {
        // Of 99 in 100 something can be said from some hundreds on.
        int turns = run.Count(30);
        List<double> added = Task.Run(() => PlayAsync(turns)).GetAwaiter().GetResult();
        double p50 = Report.Percentile(added, 0.5);
        double p99 = Report.Percentile(added, 0.99);
        run.Report.Add(
            "gateway-added latency with instant providers, p50 / p99", $"{Calls} calls at once in real time, {added.Count} turns",
            Report.Text($"{p50:F0} ms / {p99:F0} ms"), "<= 30 ms / <= 60 ms", p50 <= 30 && p99 <= 60 && added.Count == Calls * turns);
    }

    private static async Task<List<double>> PlayAsync(int turns)
    {
        Caller[] callers = [.. Enumerable.Range(0, Calls).Select(n => new Caller(n))];
        long started = Stopwatch.GetTimestamp();
        var clock = new FrameClock(Instant.Zero, TimeSpan.FromMilliseconds(20));
        using var ticker = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        // A turn takes four seconds; who is not done by then was not answered.
        TimeSpan limit = TimeSpan.FromSeconds(((turns + WarmUp) * 5) + 5);
        while (Stopwatch.GetElapsedTime(started) < limit && !Array.TrueForAll(callers, caller => caller.Added.Count >= turns + WarmUp))
        {
            await ticker.WaitForNextTickAsync();
            var now = new Instant(Stopwatch.GetElapsedTime(started).Ticks);
            for (int due = clock.Advance(now); due > 0; due--)
            {
                foreach (Caller caller in callers)
                    caller.Frame();
            }
        }

        List<double> added = [];
        foreach (Caller caller in callers)
        {
            added.AddRange(caller.Added.Skip(WarmUp).Take(turns));
            await caller.DisposeAsync();
        }

        return added;
    }

    /// <summary>Says a word, hears the answer, and again.</summary>
    private sealed class Caller : IAsyncDisposable
    {
        private static readonly TimeSpan Word = TimeSpan.FromMilliseconds(250);

        private readonly WordAudio _said = new();
        private readonly ConversationSession _session;
        private readonly Task _running;
        private readonly Queue<short> _microphone = new();
        private readonly short[] _in = new short[320];
        private readonly short[] _out = new short[960];
        private bool _listening;
        private int _quiet;

        public Caller(int number)
        {
            var answer = new WordAudio();
            _session = new ConversationSession(new ConversationContext
            {
                Agent = new AgentDefinition { Name = "bench", DisplayName = "Bench", Version = "0" },
                VoiceActivity = new LevelVoiceModel(),
                Recognizer = new ScriptedRecognizer(_said, TimeProvider.System),
                Synthesizer = new ScriptedSynthesizer(answer, TimeProvider.System),
                ChatClient = new InstantModel("Yes, certainly."),
            });
            _running = _session.RunAsync(CancellationToken.None);
            _quiet = -(number * 3);
        }

        public List<double> Added { get; } = [];

        public void Frame()
        {
            for (int i = 0; i < _in.Length; i++)
                _in[i] = _microphone.TryDequeue(out short sample) ? sample : (short)0;
            _session.PushAudio(_in);
            _quiet = _session.PullAudio(_out) ? 0 : _quiet + 1;
            while (_session.Events.TryRead(out ConversationEvent? e))
            {
                if (e is TurnMeasured measured)
                    Added.Add((measured.Latency.Total - measured.Latency.Endpointing).TotalMilliseconds);
                if (e is AgentStateChanged state)
                    _listening = state.State == AgentState.Listening;
            }

            if (!_listening || _quiet < 15 || _microphone.Count > 0)
                return;
            _quiet = -100;
            foreach (short sample in _said.Speak("yes please", Word, 16_000))
                _microphone.Enqueue(sample);
        }

        public async ValueTask DisposeAsync()
        {
            _session.RequestEnd(ConversationEndReason.CallerHungUp);
            await _running;
            await _session.DisposeAsync();
        }
    }
}
