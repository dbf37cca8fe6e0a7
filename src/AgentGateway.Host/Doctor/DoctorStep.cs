using System.Text.Json.Serialization;

namespace AgentGateway.Host.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">A stable name: lower case with underscores.</param>
/// <param name="Status">How it went.</param>
/// <param name="Detail">A sentence for whoever runs the gateway or wrote the offer.</param>
/// <param name="Line">The line of the offer that is to blame, from 1; null when there is none.</param>
internal sealed record DoctorStep(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("status")] DoctorStatus Status,
    [property: JsonPropertyName("detail")] string Detail,
    [property: JsonPropertyName("line"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Line = null);
