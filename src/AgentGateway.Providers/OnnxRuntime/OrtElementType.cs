namespace AgentGateway.Providers.OnnxRuntime;

/// <summary>ONNXTensorElementDataType.</summary>
internal enum OrtElementType
{
    /// <summary>32-bit floating point.</summary>
    Float = 1,

    /// <summary>64-bit integer.</summary>
    Int64 = 7,
}
