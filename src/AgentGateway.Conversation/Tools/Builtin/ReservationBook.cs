namespace AgentGateway.Conversation.Tools.Builtin;

/// <summary>A booked table.</summary>
internal sealed record Reservation(string Code, DateTime At, int PartySize, string Name);

/// <summary>Why a table cannot be had; null stands for "it can".</summary>
internal sealed record Refusal(string Code, string Message);

/// <summary>
/// Reservations of one house, in memory: they last as long as the process. Bounded; thread-safe. Times are local to the house.
/// </summary>
internal sealed class ReservationBook(ReservationSettings settings)
{
    private const int MaxReservations = 10_000;
    private readonly Lock _lock = new();
    private readonly List<Reservation> _reservations = [];
    private int _sequence = 100;

    public ReservationSettings Settings
    {
        get;
        set => Volatile.Write(ref field, value);
    } = settings;

    /// <summary>Whether a table could be had.</summary>
    public Refusal? Check(DateTime now, DateTime at, int partySize)
    {
        lock (_lock)
            return CheckLocked(now, at, partySize);
    }

    /// <summary>Books a table. The same name, time and size again is the same reservation: a caller who was cut off asks twice.</summary>
    public (Reservation? Reservation, Refusal? Refusal) Book(DateTime now, DateTime at, int partySize, string name)
    {
        lock (_lock)
        {
            Reservation? same = _reservations.Find(r => r.At == at && r.PartySize == partySize && r.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (same is not null)
                return (same, null);
            if (CheckLocked(now, at, partySize) is { } refusal)
                return (null, refusal);
            _reservations.RemoveAll(r => r.At < now.AddDays(-1));
            if (_reservations.Count >= MaxReservations)
                return (null, new Refusal("full", "The reservation book is full."));
            var reservation = new Reservation($"R{++_sequence}", at, partySize, name);
            _reservations.Add(reservation);
            return (reservation, null);
        }
    }

    private Refusal? CheckLocked(DateTime now, DateTime at, int partySize)
    {
        ReservationSettings rules = Settings;
        if (partySize < 1)
            return new Refusal("party_size", "The party must have at least one guest.");
        if (partySize > rules.MaxParty)
            return new Refusal("party_too_large", $"We seat parties of up to {rules.MaxParty}.");
        if (at < now)
            return new Refusal("in_the_past", "That time is over already.");
        if (at > now.AddDays(rules.MaxDaysAhead))
            return new Refusal("too_far_ahead", $"We take reservations up to {rules.MaxDaysAhead} days ahead.");
        if (!rules.Open.TryGetValue(at.DayOfWeek, out (TimeOnly From, TimeOnly To) hours))
            return new Refusal("closed_day", $"We are closed on {at.DayOfWeek}.");
        var time = TimeOnly.FromDateTime(at);
        TimeSpan lastSeating = hours.To.ToTimeSpan() - TimeSpan.FromMinutes(rules.LastSeatingMinutes);
        if (time < hours.From || time.ToTimeSpan() > lastSeating)
            return new Refusal("closed_time", $"On {at.DayOfWeek} we seat guests from {hours.From:HH\\:mm} to {TimeOnly.FromTimeSpan(lastSeating):HH\\:mm}.");
        var stay = TimeSpan.FromMinutes(rules.StayMinutes);
        int present = _reservations.Where(r => r.At < at + stay && at < r.At + stay).Sum(r => r.PartySize);
        return present + partySize > rules.Seats ? new Refusal("full", "There is no table left at that time.") : null;
    }
}
