using System.Text.Json.Serialization;

namespace AgentGateway.Host.Signalling;

/// <summary>Source-generated JSON of the HTTP API.</summary>
[JsonSerializable(typeof(AgentList))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Readiness))]
internal sealed partial class ApiJson : JsonSerializerContext;
