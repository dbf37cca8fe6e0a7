using System.Collections.Immutable;
using System.Text.Json;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Script.Language;

namespace AgentGateway.Conversation.Script;

/// <summary>
/// The embedded dialogue as a pure function: state and utterance in, state and actions out. The same conversation gives the same answers.
/// Immutable and thread-safe.
/// </summary>
internal sealed class ScriptEngine
{
    private readonly ScriptDefinition _script;
    private readonly IntentMatcher _matcher;
    private readonly string? _endCallTool;
    private readonly HashSet<string> _numberWords;

    /// <param name="script">The dialogue.</param>
    /// <param name="endCallTool">The tool that ends a call; null when the agent has none.</param>
    public ScriptEngine(ScriptDefinition script, string? endCallTool)
    {
        _script = script;
        _endCallTool = endCallTool;
        _matcher = new IntentMatcher(script);
        _numberWords = [.. script.Intents.SelectMany(intent => intent.Slots).Where(slot => slot.Type == ScriptSlotType.Number).SelectMany(slot => slot.Words)];
    }

    /// <summary>The caller said something.</summary>
    /// <param name="state">Where the dialogue stands.</param>
    /// <param name="text">Recognised or typed text.</param>
    /// <param name="now">Local time, which decides what "tomorrow" means.</param>
    /// <param name="lastHeard">What the caller heard last, when the script did not say it itself (the greeting).</param>
    public ScriptStep Hear(ScriptState state, string text, DateTime now, string? lastHeard)
    {
        IReadOnlyList<string> words = Words.Split(text);
        if (words.Count == 0)
            return Fallback(state);
        if (Replies.IsRepeat(words) && (state.LastSaid ?? lastHeard) is { Length: > 0 } last)
            return new ScriptStep(state, [new SayAction(last)]);

        // A call whose result never came (the turn was interrupted) is taken back to its question.
        if (state.Stage == ScriptStage.Calling)
            state = state.Intent is { Confirm: not null } ? state with { Stage = ScriptStage.Confirming } : Reset(state);
        IReadOnlyList<Entity> entities = EnglishEntities.Find(words, now, _numberWords);
        IReadOnlyList<IntentMatch> matches = _matcher.Match(words, entities);
        return state.Stage == ScriptStage.Open
            ? Open(state, words, entities, matches, now)
            : Continue(state, words, entities, matches, now);
    }

    /// <summary>The tool that the last step called has answered.</summary>
    public ScriptStep Finish(ScriptState state, JsonElement result)
    {
        if (state.Stage != ScriptStage.Calling || state.Intent is not { } intent)
            return new ScriptStep(state, []);
        if (result.ValueKind != JsonValueKind.Object || !result.TryGetProperty("error", out JsonElement error))
            return Answer(state, intent, result);

        string code = error.ValueKind == JsonValueKind.String ? error.GetString()! : "";
        if (ScriptTexts.ErrorOf(intent, code) is not { } known)
            return Say(Reset(state), _script.ToolFailed);
        string say = ScriptTexts.Fill(known.Say, state.Values, result);
        if (known.AskAgain.Count == 0)
            return Say(Reset(state), say);
        return Proceed(state with { Stage = ScriptStage.Open, Attempts = 0, Slot = null, Values = state.Values.RemoveRange(known.AskAgain) }, say);
    }

    private ScriptStep Open(
        ScriptState state, IReadOnlyList<string> words, IReadOnlyList<Entity> entities, IReadOnlyList<IntentMatch> matches, DateTime now)
    {
        if (matches.Count == 0)
            return MeantBy(words, entities, now) is { } meant ? Begin(state, meant, words, entities, now) : Fallback(state);
        return Begin(state, Best(matches), words, entities, now);
    }

    /// <summary>
    /// "FOUR PEOPLE TOMORROW" and nothing else: the wish itself was not understood a moment ago, but only one intent can use the values.
    /// </summary>
    private ScriptIntent? MeantBy(IReadOnlyList<string> words, IReadOnlyList<Entity> entities, DateTime now)
    {
        if (!entities.Any(entity => entity.Explicit) || _matcher.HasOtherWords(words, entities))
            return null;
        ScriptIntent[] fitting =
        [
            .. _script.Intents.Where(intent => intent.Slots.Count > 0
                && SlotReader.Read(intent, null, ImmutableDictionary<string, SlotValue>.Empty, words, entities, now).Values.Count > 0),
        ];
        return fitting.Length == 1 ? fitting[0] : null;
    }

    /// <summary>The best match; of equals the one that does something: "hello, I want a table" is about the table.</summary>
    private static ScriptIntent Best(IReadOnlyList<IntentMatch> matches) =>
        matches.Where(match => match.Score >= matches[0].Score - 0.12).OrderByDescending(match => match.Intent.Slots.Count > 0).First().Intent;

    private ScriptStep Begin(ScriptState state, ScriptIntent intent, IReadOnlyList<string> words, IReadOnlyList<Entity> entities, DateTime now)
    {
        if (intent.Slots.Count == 0)
            return intent.Call is null ? Answer(Reset(state), intent, null) : Call(Reset(state) with { Intent = intent });
        ScriptState begun = Reset(state) with { Intent = intent };
        SlotReading reading = SlotReader.Read(intent, null, begun.Values, words, entities, now);
        return Proceed(begun with { Values = begun.Values.SetItems(reading.Values) }, reading.OutOfBounds?.Invalid);
    }

    private ScriptStep Continue(
        ScriptState state, IReadOnlyList<string> words, IReadOnlyList<Entity> entities, IReadOnlyList<IntentMatch> matches, DateTime now)
    {
        ScriptIntent intent = state.Intent!;
        IntentMatch? other = matches.Where(match => match.Intent != intent).Select(match => (IntentMatch?)match).FirstOrDefault();
        if (other is { Intent.EndsCall: true, Score: > 0.6 })
            return Begin(state, other.Value.Intent, words, entities, now);
        if (Replies.IsCancel(words))
            return Say(Reset(state), _script.Cancelled);

        ScriptSlot? asked = intent.Slots.FirstOrDefault(slot => slot.Name == state.Slot);
        bool digression = IsDigression(other, asked, words, entities);
        SlotReading reading = SlotReader.Read(intent, digression ? null : state.Slot, state.Values, words, entities, now);
        ScriptState updated = state with { Values = state.Values.SetItems(reading.Values) };
        bool learned = reading.Values.Any(pair => !state.Values.TryGetValue(pair.Key, out SlotValue? old) || !Equals(old.Argument, pair.Value.Argument));
        if (reading.OutOfBounds is { } wrong && !learned)
            return AskAgain(updated with { Values = updated.Values.Remove(wrong.Name), Slot = wrong.Name }, wrong.Invalid);
        if (learned)
        {
            // Something else was learned: the open question is asked again in other words, but not held against the caller.
            bool open = state.Slot is not null && !updated.Values.ContainsKey(state.Slot);
            return Proceed(updated with { Attempts = open ? Math.Min(state.Attempts, 1) : 0 }, reading.OutOfBounds?.Invalid);
        }

        if (digression)
            return Digress(state, other!.Value.Intent, words, entities, now);

        return state.Stage switch
        {
            ScriptStage.Confirming => Confirmed(state, Replies.Classify(words)),
            ScriptStage.Changing => Change(state, words),
            _ => AskAgain(state, null),
        };
    }

    /// <summary>Whether the caller asks something else instead of answering; names and free text may look like anything, so they need more.</summary>
    private static bool IsDigression(IntentMatch? other, ScriptSlot? asked, IReadOnlyList<string> words, IReadOnlyList<Entity> entities)
    {
        if (other is not { } match)
            return false;
        if (asked is not null && entities.Any(entity => SlotReader.Fits(asked, entity, isAsked: true)))
            return match.Score > 0.8 && words.Count >= 4;
        return asked?.Type is ScriptSlotType.Name or ScriptSlotType.Text
            ? match.Score > 0.75 && words.Count >= 3 && Replies.OfferedName(words) is null
            : match.Score > 0.6 || words.Count >= 3;
    }

    /// <summary>Answers a question in between and comes back to what was asked; another task takes over.</summary>
    private ScriptStep Digress(ScriptState state, ScriptIntent other, IReadOnlyList<string> words, IReadOnlyList<Entity> entities, DateTime now)
    {
        if (other.Slots.Count > 0 || other.Call is not null || other.EndsCall)
            return Begin(state, other, words, entities, now);
        (string answer, ScriptState next) = ScriptTexts.Next(state, "intent:" + other.Name, other.Answer);

        // The question in between is no failed attempt: the open one is asked as before.
        return state.Stage == ScriptStage.Changing
            ? Say(next, answer + " " + _script.Change)
            : Proceed(next with { Attempts = Math.Max(0, next.Attempts - 1) }, answer);
    }

    private ScriptStep Confirmed(ScriptState state, YesNo answer) => answer switch
    {
        YesNo.Yes => state.Intent!.Call is null ? Answer(state, state.Intent, null) : Call(state),
        YesNo.No => Say(state with { Stage = ScriptStage.Changing, Slot = null }, _script.Change),
        _ when state.Attempts + 1 >= _script.MaxAttempts => Say(Reset(state), _script.GiveUp),
        _ => Proceed(state with { Attempts = state.Attempts + 1 }, null),
    };

    /// <summary>"The time": the slot that the caller names is asked for again.</summary>
    private ScriptStep Change(ScriptState state, IReadOnlyList<string> words)
    {
        string[] stems = [.. words.Select(Stem.Of)];
        ScriptSlot? named = state.Intent!.Slots.FirstOrDefault(slot => slot.Words.Append(slot.Name).SelectMany(Words.Split)
            .Any(word => stems.Any(stem => Stem.Likeness(Stem.Of(word), stem) >= 0.8)));
        if (named is not null)
            return Proceed(state with { Stage = ScriptStage.Open, Attempts = 0, Slot = null, Values = state.Values.Remove(named.Name) }, null);
        switch (Replies.Classify(words))
        {
            case YesNo.No:
                return Say(Reset(state), _script.Cancelled);
            case YesNo.Yes:
                return Proceed(state with { Attempts = 0 }, null);
        }

        return state.Attempts + 1 >= _script.MaxAttempts
            ? Say(Reset(state), _script.GiveUp)
            : Say(state with { Attempts = state.Attempts + 1 }, _script.Change);
    }

    private ScriptStep AskAgain(ScriptState state, string? before) => state.Attempts >= _script.MaxAttempts
        ? Say(Reset(state), _script.GiveUp)
        : Proceed(state, before);

    /// <summary>Asks for the next missing slot, or confirms, or does it.</summary>
    private ScriptStep Proceed(ScriptState state, string? before)
    {
        ScriptIntent intent = state.Intent!;
        string prefix = before is null ? "" : before + " ";
        ScriptSlot? missing = intent.Slots.FirstOrDefault(slot => !state.Values.ContainsKey(slot.Name));
        if (missing is not null)
        {
            int attempts = state.Slot == missing.Name ? state.Attempts : 0;
            string ask = missing.Ask[Math.Min(attempts, missing.Ask.Count - 1)];
            return Say(
                state with { Stage = ScriptStage.Asking, Slot = missing.Name, Attempts = attempts + 1 },
                prefix + ScriptTexts.Fill(ask, state.Values, null));
        }

        if (intent.Confirm is not null)
        {
            int attempts = state.Stage == ScriptStage.Confirming ? state.Attempts : 0;
            return Say(
                state with { Stage = ScriptStage.Confirming, Slot = null, Attempts = attempts },
                prefix + ScriptTexts.Fill(intent.Confirm, state.Values, null));
        }

        return intent.Call is null ? Answer(state, intent, null) : Call(state);
    }

    private static ScriptStep Call(ScriptState state)
    {
        ScriptIntent intent = state.Intent!;
        var arguments = intent.Slots
            .Where(slot => state.Values.ContainsKey(slot.Name))
            .ToDictionary(slot => slot.Name, slot => (object?)state.Values[slot.Name].Argument, StringComparer.Ordinal);
        return new ScriptStep(state with { Stage = ScriptStage.Calling, Slot = null }, [new CallAction(intent.Call!, arguments)]);
    }

    private ScriptStep Answer(ScriptState state, ScriptIntent intent, JsonElement? result)
    {
        (string text, ScriptState next) = ScriptTexts.Next(state, "intent:" + intent.Name, intent.Answer);
        string filled = ScriptTexts.Fill(text, state.Values, result);
        ScriptStep step = Say(Reset(next), filled, intent.Interruptible);
        return intent.EndsCall && _endCallTool is not null
            ? step with { Actions = [.. step.Actions, new CallAction(_endCallTool, ImmutableDictionary<string, object?>.Empty)] }
            : step;
    }

    private ScriptStep Fallback(ScriptState state)
    {
        (string text, ScriptState next) = ScriptTexts.Next(state, "fallback", _script.Fallback);
        return Say(next, text);
    }

    private static ScriptStep Say(ScriptState state, string text, bool interruptible = true) =>
        new(state with { LastSaid = text }, [new SayAction(text, interruptible)]);

    private static ScriptState Reset(ScriptState state) => state with
    {
        Stage = ScriptStage.Open,
        Intent = null,
        Slot = null,
        Attempts = 0,
        Values = state.Values.Clear(),
    };
}
