using System.Collections;
using System.Globalization;

namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>The attributes of the session or of a media section, in order. Not thread-safe.</summary>
public sealed class SdpAttributeList : IReadOnlyList<SdpAttributeLine>
{
    private readonly List<SdpAttributeLine> _items = [];

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <inheritdoc/>
    public SdpAttributeLine this[int index] => _items[index];

    /// <summary>Appends an attribute.</summary>
    /// <exception cref="ArgumentException">The name or value would break the line structure.</exception>
    public void Add(string name, string? value = null) => _items.Add(new SdpAttributeLine(name, value));

    /// <summary>Appends an attribute with a number as its value.</summary>
    public void Add(string name, long value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Replaces all attributes of that name by one, at the place of the first.</summary>
    public void Set(string name, string? value = null)
    {
        var attribute = new SdpAttributeLine(name, value);
        int at = _items.FindIndex(a => a.Name == name);
        if (at < 0)
        {
            _items.Add(attribute);
            return;
        }

        _items[at] = attribute;
        _items.RemoveAll(a => a.Name == name && !a.Equals(attribute));
    }

    /// <summary>Removes all attributes of that name.</summary>
    public void Remove(string name) => _items.RemoveAll(a => a.Name == name);

    /// <summary>Whether an attribute of that name is present.</summary>
    public bool Has(string name) => _items.Exists(a => a.Name == name);

    /// <summary>The value of the first attribute of that name; null when absent or without a value.</summary>
    public string? First(string name)
    {
        foreach (SdpAttributeLine attribute in _items)
        {
            if (attribute.Name == name)
                return attribute.Value;
        }

        return null;
    }

    /// <summary>The values of all attributes of that name, in order.</summary>
    public IEnumerable<string> All(string name)
    {
        foreach (SdpAttributeLine attribute in _items)
        {
            if (attribute.Name == name && attribute.Value is not null)
                yield return attribute.Value;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<SdpAttributeLine> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
