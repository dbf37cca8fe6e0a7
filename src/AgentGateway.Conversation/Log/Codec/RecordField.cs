using System.Globalization;
using System.Reflection;
using System.Text.Json;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Log.Codec;

/// <summary>One property of a record type as a field of the log.</summary>
internal abstract class RecordField<T>(string name)
    where T : struct
{
    protected delegate TValue Getter<TValue>(ref T record);

    protected delegate void Setter<TValue>(ref T record, TValue value);

    public string Name => name;

    /// <summary>The value; false when it is the default, which is not written.</summary>
    public abstract bool TryGet(ref T record, out FieldValue value);

    /// <summary>Sets the value; false when it cannot be one of this field.</summary>
    public abstract bool TrySet(ref T record, in FieldValue value);

    /// <summary>Gives the property what an absent field stands for.</summary>
    public virtual void SetDefault(ref T record)
    {
    }

    public static RecordField<T> Of(PropertyInfo property)
    {
        Type type = property.PropertyType;
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return new TextField(property);
        if (bare.IsEnum || bare == typeof(bool) || bare == typeof(int) || bare == typeof(long) || bare == typeof(float) || bare == typeof(double)
            || bare == typeof(TimeSpan) || bare == typeof(Instant))
        {
            Type made = bare == type ? typeof(ValueField<>) : typeof(NullableField<>);
            return (RecordField<T>)Activator.CreateInstance(made.MakeGenericType(typeof(T), bare), property)!;
        }

        return (RecordField<T>)Activator.CreateInstance(typeof(JsonField<>).MakeGenericType(typeof(T), type), property)!;
    }

    private static Getter<TValue> GetterOf<TValue>(PropertyInfo property) => property.GetMethod!.CreateDelegate<Getter<TValue>>();

    private static Setter<TValue> SetterOf<TValue>(PropertyInfo property) => property.SetMethod!.CreateDelegate<Setter<TValue>>();

    private static bool InRange(long ticks) => ticks >= -LogFormat.MaxTicks && ticks <= LogFormat.MaxTicks;

    private static FieldValue ToField<TValue>(TValue value)
        where TValue : struct => value switch
        {
            bool b => new FieldValue(b ? FieldWire.True : FieldWire.Integer, b ? 1 : 0),
            int i => new FieldValue(FieldWire.Integer, i),
            long l => new FieldValue(FieldWire.Delta, l),
            float f => new FieldValue(FieldWire.Single, BitConverter.SingleToInt32Bits(f)),
            double d => new FieldValue(FieldWire.Double, BitConverter.DoubleToInt64Bits(d)),
            TimeSpan t => new FieldValue(FieldWire.Delta, t.Ticks),
            Instant at => new FieldValue(FieldWire.Before, at.Ticks),
            Enum e when Enum.GetName(typeof(TValue), e) is { } name => new FieldValue(FieldWire.Name, 0, name),
            _ => new FieldValue(FieldWire.Integer, Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        };

    private static bool TryFromField<TValue>(in FieldValue field, out TValue value)
        where TValue : struct
    {
        value = default;
        object? read = default(TValue) switch
        {
            bool when field.Wire is FieldWire.True or FieldWire.Integer => field.Wire == FieldWire.True,
            int when field.Wire == FieldWire.Integer && field.Integer is >= int.MinValue and <= int.MaxValue => (int)field.Integer,
            long when field.Wire == FieldWire.Delta => field.Integer,
            float when field.Wire == FieldWire.Single => BitConverter.Int32BitsToSingle((int)field.Integer),
            double when field.Wire == FieldWire.Double => BitConverter.Int64BitsToDouble(field.Integer),
            TimeSpan when field.Wire == FieldWire.Delta && InRange(field.Integer) => TimeSpan.FromTicks(field.Integer),
            Instant when field.Wire == FieldWire.Before && InRange(field.Integer) => new Instant(field.Integer),
            Enum when field.Wire == FieldWire.Name && Enum.TryParse(field.Text, out TValue named) => named,
            _ => null,
        };
        if (read is null)
            return false;
        value = (TValue)read;
        return true;
    }

    private sealed class ValueField<TValue>(PropertyInfo property) : RecordField<T>(property.Name)
        where TValue : struct
    {
        private readonly Getter<TValue> _get = GetterOf<TValue>(property);
        private readonly Setter<TValue> _set = SetterOf<TValue>(property);

        public override bool TryGet(ref T record, out FieldValue value)
        {
            TValue present = _get(ref record);
            value = default;
            if (EqualityComparer<TValue>.Default.Equals(present, default))
                return false;
            value = ToField(present);
            return true;
        }

        public override bool TrySet(ref T record, in FieldValue value)
        {
            bool read = TryFromField(value, out TValue found);
            if (read)
                _set(ref record, found);
            return read;
        }
    }

    private sealed class NullableField<TValue>(PropertyInfo property) : RecordField<T>(property.Name)
        where TValue : struct
    {
        private readonly Getter<TValue?> _get = GetterOf<TValue?>(property);
        private readonly Setter<TValue?> _set = SetterOf<TValue?>(property);

        public override bool TryGet(ref T record, out FieldValue value)
        {
            TValue? present = _get(ref record);
            value = present is { } there ? ToField(there) : default;
            return present is not null;
        }

        public override bool TrySet(ref T record, in FieldValue value)
        {
            bool read = TryFromField(value, out TValue found);
            if (read)
                _set(ref record, found);
            return read;
        }
    }

    /// <summary>An absent text is null where that is allowed, else empty.</summary>
    private sealed class TextField(PropertyInfo property) : RecordField<T>(property.Name)
    {
        private readonly Getter<string?> _get = GetterOf<string?>(property);
        private readonly Setter<string?> _set = SetterOf<string?>(property);
        private readonly string? _absent = new NullabilityInfoContext().Create(property).ReadState == NullabilityState.NotNull ? "" : null;

        public override bool TryGet(ref T record, out FieldValue value)
        {
            string? text = _get(ref record);
            value = new FieldValue(FieldWire.Text, 0, text);
            return text is not null && text != _absent;
        }

        public override bool TrySet(ref T record, in FieldValue value)
        {
            if (value.Wire != FieldWire.Text)
                return false;
            _set(ref record, value.Text);
            return true;
        }

        public override void SetDefault(ref T record) => _set(ref record, _absent);
    }

    /// <summary>Anything else: as JSON.</summary>
    private sealed class JsonField<TValue>(PropertyInfo property) : RecordField<T>(property.Name)
    {
        private readonly Getter<TValue?> _get = GetterOf<TValue?>(property);
        private readonly Setter<TValue?> _set = SetterOf<TValue?>(property);

        public override bool TryGet(ref T record, out FieldValue value)
        {
            TValue? present = _get(ref record);
            bool there = !EqualityComparer<TValue?>.Default.Equals(present, default);
            value = there ? new FieldValue(FieldWire.Text, 0, JsonSerializer.Serialize(present)) : default;
            return there;
        }

        public override bool TrySet(ref T record, in FieldValue value)
        {
            if (value.Wire != FieldWire.Text)
                return false;
            try
            {
                _set(ref record, JsonSerializer.Deserialize<TValue>(value.Text!));
                return true;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}
