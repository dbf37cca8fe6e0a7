using System.Collections.Immutable;
using System.Globalization;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Script.Language;

namespace AgentGateway.Conversation.Script;

/// <summary>What an utterance says about an intent's slots.</summary>
/// <param name="Values">New values.</param>
/// <param name="OutOfBounds">A slot whose value was heard but is not allowed.</param>
internal sealed record SlotReading(ImmutableDictionary<string, SlotValue> Values, ScriptSlot? OutOfBounds);

/// <summary>Reads slots from an utterance.</summary>
internal static class SlotReader
{
    /// <summary>Reads every slot that the utterance speaks of.</summary>
    /// <param name="intent">The intent whose slots are read.</param>
    /// <param name="asked">The slot that was asked for: a bare number or name belongs to it.</param>
    /// <param name="known">Slots that have a value: only explicit words replace it.</param>
    /// <param name="words">The utterance.</param>
    /// <param name="entities">Values found in it.</param>
    /// <param name="now">Local time of the utterance.</param>
    public static SlotReading Read(
        ScriptIntent intent,
        string? asked,
        ImmutableDictionary<string, SlotValue> known,
        IReadOnlyList<string> words,
        IReadOnlyList<Entity> entities,
        DateTime now)
    {
        ImmutableDictionary<string, SlotValue>.Builder values = ImmutableDictionary.CreateBuilder<string, SlotValue>(StringComparer.Ordinal);
        ScriptSlot? outOfBounds = null;
        List<Entity> rest = [.. entities];
        foreach (ScriptSlot slot in intent.Slots.OrderBy(slot => slot.Name == asked ? 0 : 1))
        {
            bool isAsked = slot.Name == asked;
            Entity? entity = rest.Find(entity => Fits(slot, entity, isAsked));
            if (entity is not null)
                rest.Remove(entity);
            (SlotValue? value, bool wrong) = ReadSlot(slot, entity, isAsked, words, now);
            if (wrong)
                outOfBounds ??= slot;
            if (value is not null && (isAsked || !known.ContainsKey(slot.Name) || entity is { Explicit: true } || slot.Type is ScriptSlotType.Name))
                values[slot.Name] = value;
        }

        return new SlotReading(values.ToImmutable(), outOfBounds);
    }

    /// <summary>Whether a value can be the slot's; one that was asked for may be bare.</summary>
    public static bool Fits(ScriptSlot slot, Entity entity, bool isAsked) => slot.Type switch
    {
        ScriptSlotType.Number => entity is NumberEntity { Explicit: true } || (isAsked && entity is NumberEntity or TimeEntity { Explicit: false }),
        ScriptSlotType.Date => entity is DateEntity,
        ScriptSlotType.Time => entity is TimeEntity { Explicit: true } || (isAsked && entity is TimeEntity or NumberEntity { Value: >= 0 and <= 23 }),
        _ => false,
    };

    private static (SlotValue? Value, bool OutOfBounds) ReadSlot(
        ScriptSlot slot, Entity? entity, bool isAsked, IReadOnlyList<string> words, DateTime now)
    {
        switch (slot.Type)
        {
            case ScriptSlotType.Number:
                int? number = entity switch { NumberEntity n => n.Value, TimeEntity t => t.Hour, _ => isAsked ? Homophone(words) : null };
                if (number is null)
                    return (null, false);
                return number < slot.Min || number > slot.Max ? (null, true) : (new SlotValue(SpokenEnglish.Number(number.Value), number.Value), false);
            case ScriptSlotType.Date when entity is DateEntity date:
                var today = DateOnly.FromDateTime(now);
                return date.Value < today
                    ? (null, true)
                    : (new SlotValue(SpokenEnglish.Date(date.Value, today), date.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), false);
            case ScriptSlotType.Time when entity is not null:
                TimeEntity heard = entity as TimeEntity
                    ?? new TimeEntity(0, 0, false, ((NumberEntity)entity).Value, 0, ((NumberEntity)entity).Value is >= 1 and <= 12);
                TimeOnly time = heard.Resolve(slot.From, slot.To);
                return time < slot.From || time > slot.To
                    ? (null, true)
                    : (new SlotValue(SpokenEnglish.Time(time), time.ToString("HH:mm", CultureInfo.InvariantCulture)), false);
            case ScriptSlotType.Name:
                string? name = Replies.OfferedName(words) ?? (isAsked ? Replies.NameIn(words) : null);
                return (name is null ? null : new SlotValue(name, name), false);
            case ScriptSlotType.Choice:
                string? option = slot.Options.FirstOrDefault(option => Says(words, option));
                return (option is null ? null : new SlotValue(option, option), false);
            case ScriptSlotType.Text when isAsked && words.Count > 0:
                string text = string.Join(' ', words);
                return (new SlotValue(text, text), false);
            default:
                return (null, false);
        }
    }

    /// <summary>A one- or two-word answer that only sounds like a number: "FOR", "TO", "TOO PLEASE".</summary>
    private static int? Homophone(IReadOnlyList<string> words) =>
        words.Count <= 3 && Enumerable.Range(0, words.Count).FirstOrDefault(i => NumberWords.ReadHomophone(words, i, out _) > 0, -1) is var at and >= 0
            && NumberWords.ReadHomophone(words, at, out int value) > 0
            ? value
            : null;

    private static bool Says(IReadOnlyList<string> words, string option)
    {
        string[] stems = [.. words.Select(Stem.Of)];
        return Words.Split(option).All(word => stems.Any(stem => Stem.Likeness(Stem.Of(word), stem) >= 0.7));
    }
}
