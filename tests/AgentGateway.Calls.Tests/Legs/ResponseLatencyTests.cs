using System.Diagnostics.Metrics;
using System.Threading.Channels;
using AgentGateway.Audio;
using AgentGateway.Calls.Legs;
using AgentGateway.Calls.Tests.Support;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Session;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Testing.Conversation;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Calls.Tests.Legs;

/// <summary>
/// What a turn's report says of the response latency is what the packets say: from the arrival of the last one with the caller's voice to the first
/// one with the agent's. Real packets, codec, jitter buffer and conversation on virtual time.
/// </summary>
public sealed class ResponseLatencyTests
{
    private const float Loud = 0.02f;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    // A window of voice activity is 32 ms, a frame 20: the end of speech is known to that.
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(40);

    [Theory]
    [InlineData(0, 2)]
    [InlineData(25, 60)]
    [InlineData(50, 90)]
    public void The_latency_of_a_turn_is_that_of_its_packets(int jitter, int leastBuffer)
    {
        using var world = new World(new NetemOptions { Latency = TimeSpan.FromMilliseconds(60), Jitter = TimeSpan.FromMilliseconds(jitter), JitterReorders = false });
        TurnLatency told = world.Ask();

        // What the report has to include: without the time in the jitter buffer it would be short by this much.
        TimeSpan buffered = world.Leg.Statistics.Received.CurrentDelay;
        TimeSpan wire = world.FirstSound - world.LastVoice;
        Assert.True(buffered >= TimeSpan.FromMilliseconds(leastBuffer), $"{buffered}");
        Assert.True((wire - told.Total).Duration() <= Resolution, $"wire {wire}, told {told.Total}, buffered {buffered}: {told}");

        // The event and the histograms tell the same, whole and in parts.
        Assert.Equal(told.Total.TotalSeconds, world.Measured("agentgateway.turn.latency").Single(), 6);
        Assert.Equal(told.Total.TotalSeconds, world.Measured("agentgateway.turn.latency.part").Sum(), 6);
        Assert.InRange(told.LlmFirstToken.TotalMilliseconds, 79, 82);
        Assert.Equal(
            told.Total, told.Endpointing + told.Transcription + told.LlmFirstToken + told.FirstChunk + told.TtsFirstAudio + told.Pacing);
    }

    /// <summary>A caller who asks one question of an agent with instant engines but a model that takes 80 ms.</summary>
    private sealed class World : IDisposable
    {
        private readonly string _agent = $"agent-{Guid.NewGuid()}";
        private readonly SynchronizationContext? _outer = SynchronizationContext.Current;
        private readonly PumpContext _pump = new();
        private readonly ManualTimeProvider _time = new();
        private readonly MeterListener _meter = new();
        private readonly List<(string Name, double Value)> _measured = [];
        private readonly ConversationSession _session;
        private readonly LegCall _call;
        private long? _firstSequence;
        private long _voiceEnds;

        public World(NetemOptions uplink)
        {
            SynchronizationContext.SetSynchronizationContext(_pump);
            _meter.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "AgentGateway.Conversation")
                    listener.EnableMeasurementEvents(instrument);
            };
            _meter.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            {
                if (tags.ToArray().Any(tag => Equals(tag.Value, _agent)))
                    _measured.Add((instrument.Name, value));
            });
            _meter.Start();
            _session = new ConversationSession(new ConversationContext
            {
                Agent = new AgentDefinition
                {
                    Name = _agent,
                    DisplayName = "Agent",
                    Version = "1",
                    Turn = new TurnOptions { Speculate = false },
                    Audio = new AudioOptions { EchoDefence = false, NormalizeLevel = false },
                },
                VoiceActivity = new LoudnessModel(),
                Recognizer = new OneSentence("What time do you open?"),
                Synthesizer = new ToneSynthesizer(TimeSpan.FromSeconds(1)),
                ChatClient = new ScriptedChatClient(_time).Reply(TimeSpan.FromMilliseconds(80), "We open at nine."),
                TimeProvider = _time,
            });
            Leg = new ConversationLeg(LibOpusCodec.Instance, _session);
            _call = new LegCall(Leg, new TwoPeersOptions { Uplink = uplink, Downlink = NetemOptions.Perfect });
            Action<Instant, RtcPeerEvent> handle = _call.Pair.Answerer.OnEvent!;
            _call.Pair.Answerer.OnEvent = (now, e) =>
            {
                if (e.Kind == RtcPeerEventKind.AudioReceived)
                {
                    // On the network's fastest packets: one that was late says nothing about when the caller fell silent.
                    _firstSequence ??= e.Sequence;
                    Instant last = now + (TimeSpan.FromMilliseconds(20) * (_voiceEnds - 1 - (e.Sequence - _firstSequence.Value)));
                    LastVoice = LastVoice == Instant.Zero ? last : Instant.Earliest(LastVoice, last)!.Value;
                }

                handle(now, e);
            };
            _ = _session.RunAsync(CancellationToken.None);
            Run(() => false, 200);
        }

        public ConversationLeg Leg { get; }

        /// <summary>When the last packet with the caller's voice arrived, if it was none of the late ones.</summary>
        public Instant LastVoice { get; private set; }

        /// <summary>When the first packet with the agent's left: nothing is between the two.</summary>
        public Instant FirstSound { get; private set; }

        public IEnumerable<double> Measured(string name) => _measured.Where(m => m.Name == name).Select(m => m.Value);

        public TurnLatency Ask()
        {
            // Two seconds of silence first, so that the buffer knows the network.
            short[] said = new short[48_000 * 7];
            for (int i = 96_000; i < 96_000 + 72_000; i++)
                said[i] = (short)(9000 * Math.Sin(2 * Math.PI * 300 * i / 48_000) * (0.8 + (0.2 * Math.Sin(i / 900.0))));
            _voiceEnds = (96_000 + 72_000) / 960;
            _call.Say(Voice.Encode(said));
            TurnMeasured? told = null;
            Run(() =>
            {
                while (_session.Events.TryRead(out ConversationEvent? e))
                    told ??= e as TurnMeasured;
                return told is not null;
            }, 7000);
            Run(() => false, 100);
            using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
            short[] pcm = new short[AudioFormat.MaxPacketSamples];
            HeardPacket first = _call.Heard.First(packet =>
                decoder.Decode(packet.Payload, pcm, out int samples) == OpusStatus.Ok && packet.At > LastVoice && AudioLevel.Rms(pcm.AsSpan(0, samples)) > Loud);
            FirstSound = first.At;
            return told!.Latency;
        }

        public void Dispose()
        {
            _session.RequestEnd(ConversationEndReason.ServerStopped);
            Run(() => false, 50);
            _call.Dispose();
            _meter.Dispose();
            SynchronizationContext.SetSynchronizationContext(_outer);
        }

        private void Run(Func<bool> until, int milliseconds)
        {
            for (int i = 0; i < milliseconds && !until(); i++)
            {
                _time.Advance(Step);
                _pump.RunUntilIdle();
                _call.RunFor(Step.TotalMilliseconds);
                _pump.RunUntilIdle();
            }
        }
    }

    private sealed class LoudnessModel : IVoiceActivityModel, IVoiceActivityDetector
    {
        public string Name => "loudness";

        public int WindowSamples => 512;

        public IVoiceActivityDetector CreateDetector() => this;

        public float Process(ReadOnlySpan<short> window) => AudioLevel.Rms(window) > Loud ? 0.95f : 0.02f;

        public void Reset()
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class OneSentence(string text) : ISpeechRecognizer, IRecognitionSession
    {
        private readonly Channel<RecognitionResult> _results = Channel.CreateUnbounded<RecognitionResult>();
        private int _utterance;

        public string Name => "one-sentence";

        public ChannelReader<RecognitionResult> Results => _results.Reader;

        public ValueTask<IRecognitionSession> OpenAsync(RecognitionOptions options, CancellationToken cancellationToken) => ValueTask.FromResult<IRecognitionSession>(this);

        public ValueTask WriteAsync(ReadOnlyMemory<short> pcm, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<int> EndUtteranceAsync(CancellationToken cancellationToken)
        {
            _results.Writer.TryWrite(new RecognitionResult(_utterance, text, IsFinal: true));
            return ValueTask.FromResult(_utterance++);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
