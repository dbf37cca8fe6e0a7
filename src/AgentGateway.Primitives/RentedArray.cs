using System.Buffers;

namespace AgentGateway.Primitives;

/// <summary>
/// Memory of a fixed length that is rented from a pool of the process when it is first needed and goes back with <see cref="Release"/>, so that what comes and
/// goes leaves the collector nothing to allocate and to carry along. It is all zero when it is rented, and cleared before others get it. After a
/// release it may be used anew. One owner; not thread-safe: whoever releases it knows that nobody reads or writes it meanwhile.
/// </summary>
/// <typeparam name="T">Of the elements. A type without references: the collector then need not look into the memory.</typeparam>
public sealed class RentedArray<T>
    where T : unmanaged
{
    private readonly ArrayPool<T> _pool;
    private T[]? _array;

    /// <summary>Rents nothing yet.</summary>
    /// <param name="length">Elements, at least 1.</param>
    /// <param name="pool">Where from; null for the pool that the process shares, which is bounded and gives up what lies in it for long.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is less than 1.</exception>
    public RentedArray(int length, ArrayPool<T>? pool = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        _pool = pool ?? ArrayPool<T>.Shared;
    }

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>Whether the memory is there: it was used since it was made or released.</summary>
    public bool IsRented => _array is not null;

    /// <summary>The memory, rented if need be. Not to be kept beyond <see cref="Release"/>.</summary>
    public Span<T> Span => (_array ?? Rent()).AsSpan(0, Length);

    /// <summary>The memory, rented if need be. Not to be kept beyond <see cref="Release"/>.</summary>
    public Memory<T> Memory => (_array ?? Rent()).AsMemory(0, Length);

    /// <summary>Clears the memory and gives it back; nothing when it was not rented.</summary>
    public void Release()
    {
        if (_array is not { } array)
            return;
        _array = null;
        array.AsSpan(0, Length).Clear();
        _pool.Return(array);
    }

    private T[] Rent()
    {
        _array = _pool.Rent(Length);
        _array.AsSpan(0, Length).Clear();
        return _array;
    }
}
