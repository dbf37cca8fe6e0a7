using AgentGateway.Testing;

namespace AgentGateway.Primitives.Tests;

public sealed class RentedArrayTests
{
    [Fact]
    public void Whatever_is_done_with_it_memory_goes_back_once_and_comes_empty()
    {
        const int seed = 11;
        var random = new Random(seed);
        var pool = new CountingPool<long>();
        RentedArray<long>[] arrays = [.. Enumerable.Range(1, 20).Select(i => new RentedArray<long>(100, pool))];
        for (int step = 0; step < 10_000; step++)
        {
            RentedArray<long> array = arrays[random.Next(arrays.Length)];
            bool was = array.IsRented;
            int before = pool.Outstanding;
            if (random.Next(2) == 0)
            {
                if (!was)
                    Assert.True(array.Span.IndexOfAnyExcept(0L) < 0, $"seed {seed}, step {step}");
                array.Span.Fill(step + 1);
                Assert.Equal(array.Length, array.Memory.Length);
                Assert.True(array.IsRented);
                Assert.Equal(before + (was ? 0 : 1), pool.Outstanding);
            }
            else
            {
                array.Release();
                Assert.False(array.IsRented);
                Assert.Equal(before - (was ? 1 : 0), pool.Outstanding);
                if (was)
                    Assert.True(pool.Returned.AsSpan(0, array.Length).IndexOfAnyExcept(0L) < 0, $"seed {seed}, step {step}");
            }
        }

        foreach (RentedArray<long> array in arrays)
            array.Release();
        Assert.Equal(0, pool.Outstanding);
        Assert.InRange(pool.Made, 1, arrays.Length);
    }

    [Fact]
    public void What_comes_and_goes_takes_nothing_new_from_the_collector()
    {
        var array = new RentedArray<byte>(8192);
        array.Span[0] = 1;
        array.Release();
        long allocated = Allocations.Least(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                array.Span[i % array.Length] = 1;
                array.Release();
            }
        });

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Nothing_of_no_length_is_rented() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RentedArray<byte>(0));
}
