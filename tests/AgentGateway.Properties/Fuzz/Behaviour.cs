namespace AgentGateway.Properties.Fuzz;

/// <summary>Folds what an input did into one number, the same in every process (FNV-1a).</summary>
internal struct Behaviour
{
    private uint _hash;

    public readonly int Value => (int)_hash;

    public void Add(long value)
    {
        _hash = _hash == 0 ? 2166136261 : _hash;
        for (int i = 0; i < 4; i++)
        {
            _hash = (_hash ^ (byte)(value >> (8 * i))) * 16777619;
        }
    }

    public void Add(bool value) => Add(value ? 1 : 2);

    /// <summary>A count or length by its magnitude only, so that each length is no new behaviour.</summary>
    public void AddSize(long value) => Add(64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)Math.Max(0, value)));
}
