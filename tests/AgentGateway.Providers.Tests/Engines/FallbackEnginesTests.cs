using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Engines;
using AgentGateway.Providers.Resilience;
using AgentGateway.Testing.Conversation;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Providers.Tests.Engines;

/// <summary>Speech engines with others behind them.</summary>
public sealed class FallbackEnginesTests : IAsyncDisposable
{
    private static readonly CircuitOptions Circuit = new() { FailureRatio = 0.5 };

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedSynthesizer _voice;
    private readonly ScriptedSynthesizer _other;
    private readonly ScriptedRecognizer _ear;
    private readonly ScriptedRecognizer _spare;
    private readonly FallbackSynthesizer _voices;
    private readonly FallbackRecognizer _ears;
    private readonly ProviderCircuit[] _circuits;

    public FallbackEnginesTests()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        _voice = new ScriptedSynthesizer(new WordAudio(), _time);
        _other = new ScriptedSynthesizer(new WordAudio(), _time);
        _ear = new ScriptedRecognizer(new WordAudio(), _time);
        _spare = new ScriptedRecognizer(new WordAudio(), _time);
        _circuits = [.. "ABCD".Select(name => new ProviderCircuit("x", name.ToString(), Circuit, _ => true, _time, NullLogger.Instance))];
        _voices = new FallbackSynthesizer([(_voice, _circuits[0]), (_other, _circuits[1])], TimeSpan.FromSeconds(8), _time);
        _ears = new FallbackRecognizer([(_ear, _circuits[2]), (_spare, _circuits[3])], TimeSpan.FromSeconds(10), _time);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable engine in (IAsyncDisposable[])[_voice, _other, _ear, _spare, _voices, _ears])
            await engine.DisposeAsync();
    }

    [Fact]
    public async Task The_first_voice_speaks_alone()
    {
        List<SpeechAudio> speech = await SpeakAsync("one two");
        Assert.All(speech, piece => Assert.False(piece.IsSubstitute));
        Assert.Empty(_other.Requests);
    }

    [Fact]
    public async Task Another_voice_speaks_when_the_first_fails_and_says_so()
    {
        _voice.Failing = "one two";
        List<SpeechAudio> speech = await SpeakAsync("one two");
        Assert.Equal(0.4, speech.Sum(piece => piece.Pcm.Length) / 48_000.0);
        Assert.All(speech, piece => Assert.True(piece.IsSubstitute));
        Assert.Equal(["one two"], _other.Requests);
        Assert.All(await SpeakAsync("three"), piece => Assert.False(piece.IsSubstitute));
    }

    [Fact]
    public async Task A_voice_that_is_silent_for_half_of_the_time_leaves_the_rest_to_the_other()
    {
        _voice.FirstAudioDelay = TimeSpan.FromSeconds(60);
        Task<List<SpeechAudio>> speech = SpeakAsync("one");
        _time.Advance(TimeSpan.FromSeconds(3.999));
        Assert.Empty(_other.Requests);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.NotEmpty(await speech.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(["one"], _other.Requests);
    }

    [Fact]
    public async Task After_its_first_sample_nobody_takes_over()
    {
        _voice.PieceDelay = TimeSpan.FromSeconds(60);
        await using IAsyncEnumerator<SpeechAudio> speech = _voices.SynthesizeAsync(new SpeechRequest("one two"), CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await speech.MoveNextAsync());
        ValueTask<bool> next = speech.MoveNextAsync();
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await next);
        Assert.Empty(_other.Requests);
    }

    [Fact]
    public async Task When_no_voice_speaks_the_failure_is_the_first_ones()
    {
        _voice.Failing = "*";
        _other.Failing = "*";
        await Assert.ThrowsAsync<SpeechProviderException>(() => SpeakAsync("one"));
    }

    [Fact]
    public async Task A_voice_that_keeps_failing_is_left_alone_and_probed()
    {
        _voice.Failing = "*";
        for (int i = 0; i < 4; i++)
            await SpeakAsync("one");
        _voice.Failing = null;
        Assert.True((await SpeakAsync("one"))[0].IsSubstitute);
        Assert.Equal((4, ProviderState.Open), (_voice.Requests.Count, _circuits[0].Health.State));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False((await SpeakAsync("one"))[0].IsSubstitute);
        Assert.Equal(ProviderState.Closed, _circuits[0].Health.State);
    }

    [Fact]
    public async Task Another_engine_listens_when_the_first_cannot_be_opened()
    {
        _ear.FailingOpens = 1;
        await using IRecognitionSession session = await OpenAsync();
        Assert.Equal((0, 1), (_ear.Opened, _spare.Opened));
        await using IRecognitionSession later = await OpenAsync();
        Assert.Equal((1, 1), (_ear.Opened, _spare.Opened));
    }

    [Fact]
    public async Task An_engine_whose_sessions_keep_breaking_is_left_alone()
    {
        for (int i = 0; i < 2; i++)
        {
            await using IRecognitionSession session = await OpenAsync();
            _ear.FailNextWrite = true;
            await Assert.ThrowsAsync<SpeechProviderException>(async () => await session.WriteAsync(new short[320], CancellationToken.None));
        }

        Assert.Equal((ProviderState.Open, 2L, 2L), (_circuits[2].Health.State, _circuits[2].Health.Answered, _circuits[2].Health.Failed));
        await using IRecognitionSession spare = await OpenAsync();
        Assert.Equal((2, 1), (_ear.Opened, _spare.Opened));
    }

    private ValueTask<IRecognitionSession> OpenAsync() => _ears.OpenAsync(new RecognitionOptions(), CancellationToken.None);

    private async Task<List<SpeechAudio>> SpeakAsync(string text)
    {
        List<SpeechAudio> pieces = [];
        await foreach (SpeechAudio piece in _voices.SynthesizeAsync(new SpeechRequest(text, Voice: "mine"), CancellationToken.None))
            pieces.Add(piece);
        return pieces;
    }
}
