using System.Text.Json.Serialization;

namespace AgentGateway.Host.Doctor;

/// <summary>What the gateway says about itself, and about an offer if there was one.</summary>
internal sealed record DoctorReport(
    [property: JsonPropertyName("gateway")] IReadOnlyList<DoctorStep> Gateway,
    [property: JsonPropertyName("candidates")] IReadOnlyList<DoctorCandidate> Candidates,
    [property: JsonPropertyName("offer"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<DoctorStep>? Offer)
{
    /// <summary>The worst of all steps.</summary>
    [JsonPropertyName("status")]
    public DoctorStatus Status => Gateway.Concat(Offer ?? []).Max(s => s.Status);
}

/// <summary>A place where callers are told to find the gateway.</summary>
internal sealed record DoctorCandidate(
    [property: JsonPropertyName("address")] string Address,
    [property: JsonPropertyName("port")] int Port,
    [property: JsonPropertyName("transport")] string Transport,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("reach")] string Reach);
