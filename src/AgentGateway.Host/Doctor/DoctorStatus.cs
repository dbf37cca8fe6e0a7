using System.Text.Json.Serialization;

namespace AgentGateway.Host.Doctor;

/// <summary>How a step of a diagnosis went, from good to bad.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DoctorStatus>))]
internal enum DoctorStatus
{
    /// <summary>Not looked at, because a step before it failed.</summary>
    [JsonStringEnumMemberName("skipped")]
    Skipped,

    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>It works, but not for every caller.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    [JsonStringEnumMemberName("failed")]
    Failed,
}
