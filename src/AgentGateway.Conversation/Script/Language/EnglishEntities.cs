using System.Globalization;
using AgentGateway.Conversation.Agents.Documents;

namespace AgentGateway.Conversation.Script.Language;

/// <summary>Finds dates, times and numbers in recognised English. Dates first, then times, then numbers; words are used once.</summary>
internal static class EnglishEntities
{
    private static readonly string[] WeekdayNames = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    private static readonly string[] MonthNames =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    private static readonly string[] Persons = ["people", "person", "persons", "guests", "guest", "adults", "of"];

    /// <summary>All values in the order of the utterance.</summary>
    /// <param name="words">The words.</param>
    /// <param name="now">Local time of the utterance.</param>
    /// <param name="numberWords">Words that belong to numbers here, such as "people".</param>
    public static IReadOnlyList<Entity> Find(IReadOnlyList<string> words, DateTime now, IReadOnlyCollection<string> numberWords)
    {
        var used = new bool[words.Count];
        List<Entity> found = [];
        Scan(words, used, found, index => ReadDate(words, index, DateOnly.FromDateTime(now)));
        DayPart part = PartOf(words);
        Scan(words, used, found, index => ReadTime(words, used, index, part, numberWords));
        Scan(words, used, found, index => ReadNumber(words, used, index, numberWords));
        return [.. found.OrderBy(entity => entity.Start)];
    }

    private enum DayPart
    {
        Unknown,
        Morning,
        Evening,
    }

    private static void Scan(IReadOnlyList<string> words, bool[] used, List<Entity> found, Func<int, Entity?> read)
    {
        for (int i = 0; i < words.Count; i++)
        {
            if (used[i] || read(i) is not { } entity)
                continue;
            if (Enumerable.Range(entity.Start, entity.Length).Any(at => used[at]))
                continue;
            found.Add(entity);
            for (int at = entity.Start; at < entity.Start + entity.Length; at++)
                used[at] = true;
            i = entity.Start + entity.Length - 1;
        }
    }

    private static DayPart PartOf(IReadOnlyList<string> words)
    {
        foreach (string word in words)
        {
            if (word == "morning")
                return DayPart.Morning;
            if (word is "evening" or "afternoon" or "tonight" or "night" or "dinner")
                return DayPart.Evening;
        }

        return DayPart.Unknown;
    }

    private static DateEntity? ReadDate(IReadOnlyList<string> words, int index, DateOnly today)
    {
        string word = words[index];
        string? next = At(words, index + 1);
        if (word is "today" or "tonight")
            return new DateEntity(index, 1, today);
        if (word == "this" && next is "evening" or "afternoon" or "morning")
            return new DateEntity(index, 2, today);
        if (word == "day" && next == "after" && IsNear(At(words, index + 2), "tomorrow"))
            return new DateEntity(index, 3, today.AddDays(2));
        if (IsNear(word, "tomorrow") || (word.Length >= 7 && word.EndsWith("morrow", StringComparison.Ordinal)))
            return new DateEntity(index, 1, today.AddDays(1));
        if (DateOnly.TryParseExact(word, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly iso))
            return new DateEntity(index, 1, iso);
        if (word == "in" && ReadSpan(words, index + 1, out int days) is int spanLength and > 0)
            return new DateEntity(index, spanLength + 1, today.AddDays(days));
        return ReadWeekday(words, index, today) ?? ReadDayOfMonth(words, index, today);
    }

    private static int ReadSpan(IReadOnlyList<string> words, int index, out int days)
    {
        days = 0;
        int used = NumberWords.Read(words, index, out int count);
        if (used == 0 && At(words, index) is "a" or "one")
            (used, count) = (1, 1);
        if (used == 0)
            return 0;
        int unit = At(words, index + used) switch { "day" or "days" => 1, "week" or "weeks" => 7, _ => 0 };
        days = count * unit;
        return unit == 0 || days > 400 ? 0 : used + 1;
    }

    private static DateEntity? ReadWeekday(IReadOnlyList<string> words, int index, DateOnly today)
    {
        int lead = words[index] is "this" or "next" or "coming" or "on" ? 1 : 0;
        int day = Array.FindIndex(WeekdayNames, name => IsWeekday(At(words, index + lead), name));
        if (day < 0)
            return null;
        int ahead = (day - (int)today.DayOfWeek + 7) % 7;
        if (words[index] == "next")
        {
            // "next Friday" is the one of the coming week, Monday being the week's first day.
            int toMonday = ((int)DayOfWeek.Monday - (int)today.DayOfWeek + 7) % 7;
            toMonday = toMonday == 0 ? 7 : toMonday;
            ahead = toMonday + ((day + 6) % 7);
        }
        else if (ahead == 0)
        {
            ahead = At(words, index + lead + 1) == "week" ? 7 : 0;
        }

        int length = lead + 1;
        var date = new DateEntity(index, length, today.AddDays(ahead));

        // "Saturday the twenty eighth": the day of the month is the more exact of the two.
        int after = index + length + (At(words, index + length) == "the" ? 1 : 0);
        if (after < words.Count && ReadDayOfMonth(words, after, today) is { } exact)
            return new DateEntity(index, after + exact.Length - index, exact.Value);
        return date;
    }

    private static DateEntity? ReadDayOfMonth(IReadOnlyList<string> words, int index, DateOnly today)
    {
        int at = index;
        if (MonthAt(words, at) is int month and > 0)
        {
            int the = At(words, at + 1) == "the" ? 1 : 0;
            int used = ReadDay(words, at + 1 + the, out int day);
            return used > 0 && ToDate(month, day, today) is { } date ? new DateEntity(index, 1 + the + used, date) : null;
        }

        int article = words[at] == "the" ? 1 : 0;
        int ordinal = NumberWords.ReadOrdinal(words, at + article, out int number);
        int cardinal = ordinal > 0 ? ordinal : NumberWords.Read(words, at + article, out number);
        if (cardinal == 0)
            return null;
        int of = At(words, at + article + cardinal) == "of" ? 1 : 0;
        int named = MonthAt(words, at + article + cardinal + of);
        if (named > 0 && ToDate(named, number, today) is { } full)
            return new DateEntity(index, article + cardinal + of + 1, full);
        bool alone = ordinal > 0 && (article == 1 || char.IsAsciiDigit(words[at][0]) || (at > 0 && words[at - 1] == "the"));
        return alone && NextDay(number, today) is { } next ? new DateEntity(index, article + ordinal, next) : null;
    }

    private static int ReadDay(IReadOnlyList<string> words, int index, out int day)
    {
        int used = NumberWords.ReadOrdinal(words, index, out day);
        if (used == 0)
            used = NumberWords.Read(words, index, out day);
        return day is >= 1 and <= 31 ? used : 0;
    }

    private static int MonthAt(IReadOnlyList<string> words, int index) =>
        At(words, index) is { } word ? Array.FindIndex(MonthNames, name => IsNear(word, name)) + 1 : 0;

    private static DateOnly? ToDate(int month, int day, DateOnly today)
    {
        for (int year = today.Year; year <= today.Year + 1; year++)
        {
            if (day <= DateTime.DaysInMonth(year, month) && new DateOnly(year, month, day) is var date && date >= today)
                return date;
        }

        return null;
    }

    private static DateOnly? NextDay(int day, DateOnly today)
    {
        for (int ahead = 0; ahead < 12; ahead++)
        {
            DateOnly month = today.AddDays(1 - today.Day).AddMonths(ahead);
            if (day >= 1 && day <= DateTime.DaysInMonth(month.Year, month.Month) && month.AddDays(day - 1) is var date && date >= today)
                return date;
        }

        return null;
    }

    private static TimeEntity? ReadTime(IReadOnlyList<string> words, bool[] used, int index, DayPart part, IReadOnlyCollection<string> numberWords)
    {
        int lead = words[index] is "at" or "around" or "about" or "by" or "from" or "till" or "until" ? 1 : 0;
        int at = index + lead;
        if (at >= words.Count || used[at])
            return null;
        string word = words[at];
        if (word is "noon" or "midday" || (lead > 0 && word == "lunchtime"))
            return new TimeEntity(index, lead + 1, true, 12, 0, false);
        if (word == "midnight")
            return new TimeEntity(index, lead + 1, true, 0, 0, false);
        if (word.Contains(':', StringComparison.Ordinal) && TimeOnly.TryParseExact(word, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly clock))
            return Finish(words, index, at + 1, true, clock.Hour, clock.Minute, part, isOpen: clock.Hour is >= 1 and <= 12 && word.Length == 4);
        if (ReadRelative(words, at) is { } relative)
            return Finish(words, index, at + relative.Length, true, relative.Hour, relative.Minute, part, isOpen: true);

        int hourWords = NumberWords.Read(words, at, out int hour);
        if (hourWords == 0 && lead > 0)
            hourWords = NumberWords.ReadHomophone(words, at, out hour);
        if (hourWords == 0 || hour > 23 || words[at] is "couple" or "dozen")
            return null;
        int end = at + hourWords;
        int minuteWords = NumberWords.ReadMinutes(words, end, out int minute);
        end += minuteWords;
        bool oclock = At(words, end) == "oclock";
        end += oclock ? 1 : 0;
        bool isPart = IsDayPart(words, end) > 0;
        bool counts = At(words, end) is { } after && (Persons.Contains(after) || numberWords.Contains(after));
        if (counts && !oclock && minuteWords == 0)
            return null;
        bool certain = minuteWords > 0 || oclock || isPart || lead > 0;

        // A bare number is a time only to somebody who asked for one; but "seven tomorrow morning" must keep its morning.
        bool counted = index > 0 && words[index - 1] is "for" or "of";
        return !certain && (counted || part == DayPart.Unknown)
            ? null
            : Finish(words, index, end, certain, hour, minute, part, isOpen: hour is >= 1 and <= 12);
    }

    private static (int Length, int Hour, int Minute)? ReadRelative(IReadOnlyList<string> words, int at)
    {
        int minuteWords = 1;
        int minute = words[at] switch { "half" => 30, "quarter" => 15, _ => 0 };
        if (minute == 0)
        {
            minuteWords = NumberWords.Read(words, at, out minute);
            if (minuteWords == 0 || minute is not (5 or 10 or 20 or 25))
                return null;
        }

        int skip = At(words, at + minuteWords) == "minutes" ? 1 : 0;
        string? direction = At(words, at + minuteWords + skip);
        int hourAt = at + minuteWords + skip + 1;
        if (direction is not ("past" or "to" or "passed" or "after" or "before") || (minute == 30 && direction is not ("past" or "passed")))
            return null;
        int hourWords = NumberWords.Read(words, hourAt, out int hour);
        if (hourWords == 0)
            hourWords = NumberWords.ReadHomophone(words, hourAt, out hour);
        if (hourWords == 0 || hour is < 1 or > 12)
            return null;
        if (direction is "to" or "before")
            (hour, minute) = (hour == 1 ? 12 : hour - 1, 60 - minute);
        return (hourAt + hourWords - at, hour, minute);
    }

    private static TimeEntity Finish(
        IReadOnlyList<string> words, int start, int end, bool certain, int hour, int minute, DayPart part, bool isOpen)
    {
        int partWords = IsDayPart(words, end);
        if (partWords > 0)
        {
            string last = words[end + partWords - 1];
            part = last is "am" or "morning" ? DayPart.Morning : DayPart.Evening;
        }

        if (isOpen && part != DayPart.Unknown)
        {
            isOpen = false;
            hour = (hour % 12) + (part == DayPart.Evening ? 12 : 0);
        }

        return new TimeEntity(start, end + partWords - start, certain, hour, minute, isOpen);
    }

    /// <summary>"pm", "in the evening", "at night": the number of words.</summary>
    private static int IsDayPart(IReadOnlyList<string> words, int index) => At(words, index) switch
    {
        "am" or "pm" => 1,
        "in" when At(words, index + 1) == "the" && At(words, index + 2) is "morning" or "evening" or "afternoon" => 3,
        "at" when At(words, index + 1) == "night" => 2,
        _ => 0,
    };

    private static NumberEntity? ReadNumber(IReadOnlyList<string> words, bool[] used, int index, IReadOnlyCollection<string> numberWords)
    {
        string word = words[index];
        if (word is "alone" or "myself" || (word == "just" && At(words, index + 1) == "me"))
            return new NumberEntity(index, word == "just" ? 2 : 1, true, 1);

        // "A TABLE FOUR TWO": the first of two numbers is the word before the second.
        bool afterFor = word is "for" or "of" || (word is "four" && index > 0 && NumberWords.Read(words, index + 1, out _) > 0);
        int at = index + (afterFor ? 1 : 0);
        if (at >= words.Count || used[at])
            return null;
        int length = NumberWords.Read(words, at, out int value);
        if (length == 0 && afterFor)
            length = NumberWords.ReadHomophone(words, at, out value);
        if (length == 0)
        {
            // "to people", "for guests": the word before a counted noun is a number.
            bool counted = At(words, index + 1) is { } noun && noun != "of" && (Persons.Contains(noun) || numberWords.Contains(noun));
            length = counted ? NumberWords.ReadHomophone(words, index, out value) : 0;
            if (length == 0)
                return null;
            at = index;
            afterFor = false;
        }

        int end = at + length;
        bool unit = end < words.Count && !used[end] && (Persons.Contains(words[end]) || numberWords.Contains(words[end]));
        if (unit)
            end += words[end] == "of" && At(words, end + 1) is "us" or "you" ? 2 : 1;
        return new NumberEntity(index, end - index, afterFor || unit, value);
    }

    /// <summary>Long names bear two errors, and recognisers glue "on" to them: "UNSATUREDY".</summary>
    private static bool IsWeekday(string? word, string name) =>
        IsNear(word, name)
        || (word is not null && name.Length >= 8 && word.Length >= 7
            && ((word[0] == name[0] && EditDistance.Between(word, name) <= 2)
                || (word.Length >= 9 && word[..2] is "on" or "un" or "an" && EditDistance.Between(word.AsSpan(2), name) <= 2)));

    private static bool IsNear(string? word, string name) =>
        word is not null && (word == name || word == name + "s"
            || (name.Length >= 6 && word.Length >= 5 && word[0] == name[0] && EditDistance.Between(word, name) <= 1));

    private static string? At(IReadOnlyList<string> words, int index) => index >= 0 && index < words.Count ? words[index] : null;
}
