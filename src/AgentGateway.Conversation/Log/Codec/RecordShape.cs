using System.Reflection;

namespace AgentGateway.Conversation.Log.Codec;

/// <summary>
/// The fields of a record type: all its properties, by name. A property that is added to a fact or a command is in the log from
/// then on, and a log without it still reads.
/// </summary>
internal sealed class RecordShape<T>
    where T : struct
{
    private readonly Dictionary<string, RecordField<T>> _byName;

    private RecordShape()
    {
        Fields = [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is not null)
            .Select(RecordField<T>.Of)];
        _byName = Fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
    }

    public static RecordShape<T> Instance { get; } = new();

    /// <summary>In the order of declaration.</summary>
    public IReadOnlyList<RecordField<T>> Fields { get; }

    public RecordField<T>? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>A record of which every field is absent.</summary>
    public T Blank()
    {
        T record = default;
        foreach (RecordField<T> field in Fields)
            field.SetDefault(ref record);
        return record;
    }
}
