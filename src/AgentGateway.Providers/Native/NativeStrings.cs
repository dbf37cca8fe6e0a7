using System.Runtime.InteropServices;

namespace AgentGateway.Providers.Native;

/// <summary>Zero-terminated UTF-8 strings in native memory that live as long as the arena: for configuration structs of C APIs.</summary>
internal sealed class NativeStrings : IDisposable
{
    private readonly List<nint> _blocks = [];

    /// <summary>Copies the text; null stays a null pointer.</summary>
    public nint Add(string? text)
    {
        if (text is null)
            return 0;
        nint block = Marshal.StringToCoTaskMemUTF8(text);
        _blocks.Add(block);
        return block;
    }

    public void Dispose()
    {
        foreach (nint block in _blocks)
            Marshal.FreeCoTaskMem(block);
        _blocks.Clear();
    }
}
