using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Session;
using AgentGateway.Conversation.Text;

namespace AgentGateway.Conversation.Tests.Session;

public sealed class PlayoutTrackerTests
{
    private const string Text = "One two three four.";

    private readonly PlayoutTracker _tracker = new();

    public PlayoutTrackerTests()
    {
        _tracker.Add(1, SpokenText.AsWritten(Text));
        _tracker.Begin(1, 1000);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1000, 0)]
    [InlineData(1000 + 9_599, 0)]
    [InlineData(1000 + 9_600, 3)]
    [InlineData(1000 + 30_000, 13)]
    [InlineData(1000 + 38_400, 19)]
    public void Words_count_once_they_were_played_whole(long position, int heard)
    {
        TimeSpan word = TimeSpan.FromMilliseconds(200);
        int[] offsets = [0, 4, 8, 14];
        int[] lengths = [3, 3, 5, 5];
        _tracker.AddWords(1, [.. offsets.Select((o, i) => new WordTiming(o, lengths[i], word * i, word * (i + 1)))], trimmed: 0);
        Assert.Equal(heard, PlayoutTracker.HeardLength(_tracker.Tracks[0], position));
    }

    // The voice counts from its own first sample, of which 100 ms of silence were not played.
    [Theory]
    [InlineData(1000 + 4_799, 0)]
    [InlineData(1000 + 4_800, 3)]
    [InlineData(1000 + 14_400, 7)]
    public void Words_count_from_where_the_voices_silence_was_cut_off(long position, int heard)
    {
        TimeSpan word = TimeSpan.FromMilliseconds(200);
        _tracker.AddWords(1, [new WordTiming(0, 3, TimeSpan.Zero, word), new WordTiming(4, 3, word, word * 2)], trimmed: 4_800);
        Assert.Equal(heard, PlayoutTracker.HeardLength(_tracker.Tracks[0], position));
    }

    [Fact]
    public void Without_timings_words_are_estimated_from_their_share_of_the_audio()
    {
        _tracker.End(1, 1000 + 38_000);
        Assert.Equal(0, PlayoutTracker.HeardLength(_tracker.Tracks[0], 1000 + 4_000));
        Assert.Equal(7, PlayoutTracker.HeardLength(_tracker.Tracks[0], 1000 + 19_000));
        Assert.Equal(Text.Length, PlayoutTracker.HeardLength(_tracker.Tracks[0], 1000 + 38_000));
    }

    [Fact]
    public void While_the_length_is_unknown_people_speak_14_characters_a_second()
    {
        Assert.Equal(7, PlayoutTracker.HeardLength(_tracker.Tracks[0], 1000 + (48_000 * 10 / 14)));
    }

    [Fact]
    public void A_reply_is_finished_when_it_is_sealed_and_played()
    {
        Assert.False(_tracker.IsFinished(100_000));
        _tracker.End(1, 5000);
        Assert.False(_tracker.IsFinished(100_000));
        _tracker.Seal();
        Assert.False(_tracker.IsFinished(4999));
        Assert.True(_tracker.IsFinished(5000));
    }

    [Fact]
    public void Chunks_that_were_not_spoken_hold_nothing_up()
    {
        var tracker = new PlayoutTracker();
        tracker.Add(1, SpokenText.AsWritten("Shown."));
        tracker.Seal();
        Assert.False(tracker.HasStarted(100));
        Assert.True(tracker.IsFinished(0));
    }
}
