using System.Buffers;

namespace AgentGateway.Testing;

/// <summary>A pool that knows who has what: it fails when something comes back twice, and gives out memory with another owner's traces in it.</summary>
public sealed class CountingPool<T> : ArrayPool<T>
    where T : unmanaged
{
    private readonly Stack<T[]> _free = new();
    private readonly HashSet<T[]> _rented = [];

    /// <summary>Arrays that somebody has.</summary>
    public int Outstanding => _rented.Count;

    /// <summary>Arrays that were ever made.</summary>
    public int Made { get; private set; }

    /// <summary>The array that came back last, as it came.</summary>
    public T[]? Returned { get; private set; }

    /// <inheritdoc/>
    public override T[] Rent(int minimumLength)
    {
        if (!_free.TryPop(out T[]? array) || array.Length < minimumLength)
        {
            array = new T[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)minimumLength)];
            Made++;
        }

        System.Runtime.InteropServices.MemoryMarshal.AsBytes(array.AsSpan()).Fill(0xEE);
        _rented.Add(array);
        return array;
    }

    /// <inheritdoc/>
    public override void Return(T[] array, bool clearArray = false)
    {
        if (!_rented.Remove(array))
            throw new InvalidOperationException("An array came back that nobody has.");
        if (clearArray)
            Array.Clear(array);
        Returned = array;
        _free.Push(array);
    }
}
