using System.Numerics;

namespace AgentGateway.Rtc.Sctp;

/// <summary>Which TSNs arrived: all up to the cumulative one, and a bitmap of those beyond it (RFC 9260 section 6.2).</summary>
internal sealed class ReceivedTsns(uint initialTsn)
{
    /// <summary>How far ahead of the cumulative TSN one is accepted.</summary>
    public const int Window = 16384;

    private const int WordBits = 64;

    // Most associations never see a gap.
    private ulong[]? _bits;

    /// <summary>The TSN up to which everything arrived or was skipped.</summary>
    public uint Cumulative { get; private set; } = initialTsn - 1;

    /// <summary>The highest TSN that arrived.</summary>
    public uint Highest { get; private set; } = initialTsn - 1;

    /// <summary>How many TSNs beyond the cumulative one arrived.</summary>
    public int OutOfOrderCount { get; private set; }

    public bool HasGap => OutOfOrderCount > 0;

    public bool Contains(uint tsn)
    {
        int offset = (int)(tsn - Cumulative);
        return offset <= 0 || (offset <= Window && IsSet(tsn));
    }

    public bool IsWithinWindow(uint tsn) => (int)(tsn - Cumulative) <= Window;

    /// <summary>Notes a TSN within the window that did not arrive before and is not the next one.</summary>
    public void Add(uint tsn)
    {
        _bits ??= new ulong[Window / WordBits];
        _bits[WordOf(tsn)] |= BitOf(tsn);
        OutOfOrderCount++;
        if ((int)(tsn - Highest) > 0)
            Highest = tsn;
    }

    /// <summary>Moves the cumulative TSN by one, over a TSN that is just arriving or is skipped.</summary>
    public void AdvanceByOne()
    {
        Cumulative++;
        if ((int)(Cumulative - Highest) > 0)
            Highest = Cumulative;
    }

    /// <summary>Moves the cumulative TSN by one when the next one arrived before.</summary>
    public bool TryAdvance()
    {
        uint next = Cumulative + 1;
        if (OutOfOrderCount == 0 || !IsSet(next))
            return false;
        _bits![WordOf(next)] &= ~BitOf(next);
        OutOfOrderCount--;
        Cumulative = next;
        return true;
    }

    /// <summary>Moves the cumulative TSN anywhere ahead; only without a gap.</summary>
    public void JumpTo(uint cumulative)
    {
        Cumulative = cumulative;
        if ((int)(cumulative - Highest) > 0)
            Highest = cumulative;
    }

    /// <summary>Fills in gap ack blocks in ascending order, as many as there is room for, and returns their number.</summary>
    public int GetBlocks(Span<(ushort Start, ushort End)> blocks)
    {
        int count = 0;
        if (!HasGap)
            return 0;
        uint position = Cumulative + 1;
        while (count < blocks.Length && TryFind(ref position, set: true))
        {
            uint start = position;
            if (!TryFind(ref position, set: false))
                position = Highest + 1;
            blocks[count++] = ((ushort)(start - Cumulative), (ushort)(position - 1 - Cumulative));
        }

        return count;
    }

    private static int WordOf(uint tsn) => (int)((tsn % Window) / WordBits);

    private static ulong BitOf(uint tsn) => 1UL << (int)(tsn % WordBits);

    private bool IsSet(uint tsn) => _bits is not null && (_bits[WordOf(tsn)] & BitOf(tsn)) != 0;

    /// <summary>Moves forward to the next TSN, up to the highest, that is set or clear.</summary>
    private bool TryFind(ref uint position, bool set)
    {
        while ((int)(Highest - position) >= 0)
        {
            ulong word = _bits![WordOf(position)];
            if (!set)
                word = ~word;
            word >>= (int)(position % WordBits);
            if (word != 0)
            {
                position += (uint)BitOperations.TrailingZeroCount(word);
                return (int)(Highest - position) >= 0;
            }

            position += WordBits - (position % WordBits);
        }

        return false;
    }
}
