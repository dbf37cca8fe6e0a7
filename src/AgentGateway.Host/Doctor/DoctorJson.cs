using System.Text.Json.Serialization;

namespace AgentGateway.Host.Doctor;

/// <summary>Source-generated JSON of the doctor.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJson : JsonSerializerContext;
