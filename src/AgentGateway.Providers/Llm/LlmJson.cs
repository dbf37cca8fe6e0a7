using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentGateway.Providers.Llm;

/// <summary>JSON at the boundary to model servers.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class LlmJson : JsonSerializerContext;
