using System.Diagnostics.CodeAnalysis;
using AgentGateway.Primitives;

namespace AgentGateway.Net;

/// <summary>
/// The connections of a shard by their next deadline: a binary heap in which each connection knows its place, so that it has one entry
/// at most and leaves none behind when it ends. A connection is in one heap only. One owner; not thread-safe.
/// </summary>
internal sealed class DeadlineHeap
{
    private (long Ticks, RtcConnection Connection)[] _items = new (long, RtcConnection)[64];
    private int _count;

    /// <summary>How many connections have a deadline.</summary>
    public int Count => _count;

    /// <summary>The connection whose deadline is first.</summary>
    public bool TryPeek([NotNullWhen(true)] out RtcConnection? connection, out Instant deadline)
    {
        (long ticks, connection) = _count > 0 ? _items[0] : default;
        deadline = new Instant(ticks);
        return _count > 0;
    }

    /// <summary>
    /// Wakes the connection at the deadline, or earlier when an earlier one was set: being woken too early costs little, and moving the
    /// entry with every packet would cost more.
    /// </summary>
    public void SetNoLater(RtcConnection connection, Instant deadline)
    {
        if (connection.DeadlineIndex < 0)
        {
            if (_count == _items.Length)
                Array.Resize(ref _items, _count * 2);
            connection.DeadlineIndex = _count++;
        }
        else if (_items[connection.DeadlineIndex].Ticks <= deadline.Ticks)
        {
            return;
        }

        MoveUp(connection.DeadlineIndex, (deadline.Ticks, connection));
    }

    /// <summary>Takes a connection out; does nothing when it is not in.</summary>
    public void Remove(RtcConnection connection)
    {
        int index = connection.DeadlineIndex;
        if (index < 0)
            return;
        connection.DeadlineIndex = -1;
        (long Ticks, RtcConnection Connection) last = _items[--_count];
        _items[_count] = default;
        if (index == _count)
            return;
        if (last.Ticks < _items[(index - 1) / 2].Ticks)
            MoveUp(index, last);
        else
            MoveDown(index, last);
    }

    private void MoveUp(int index, (long Ticks, RtcConnection Connection) item)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (_items[parent].Ticks <= item.Ticks)
                break;
            Put(index, _items[parent]);
            index = parent;
        }

        Put(index, item);
    }

    private void MoveDown(int index, (long Ticks, RtcConnection Connection) item)
    {
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= _count)
                break;
            if (child + 1 < _count && _items[child + 1].Ticks < _items[child].Ticks)
                child++;
            if (_items[child].Ticks >= item.Ticks)
                break;
            Put(index, _items[child]);
            index = child;
        }

        Put(index, item);
    }

    private void Put(int index, (long Ticks, RtcConnection Connection) item)
    {
        _items[index] = item;
        item.Connection.DeadlineIndex = index;
    }
}
