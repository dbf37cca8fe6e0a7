using System.Runtime.InteropServices;

namespace AgentGateway.Providers.Whisper;

/// <summary>whisper_context_params of whisper.cpp 1.9: 48 bytes, of which only the first is ours to change.</summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct WhisperContextParameters
{
    /// <summary>use_gpu.</summary>
    [FieldOffset(0)]
    public byte UseGpu;

    /// <summary>dtw_n_top, whose default -1 shows that the layout is the expected one.</summary>
    [FieldOffset(16)]
    public int DtwTop;
}
