using AgentGateway.Host;
using MinimalAgent;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Configuration["Agents:Path"] ??= Path.Combine(AppContext.BaseDirectory, "agents");

// The folder agents/clock says "llm: { provider: host }": this client answers its calls.
builder.AddAgentGateway(gateway => gateway.AddChatClient("clock", _ => new ClockChatClient(TimeProvider.System)));

await using WebApplication app = builder.Build();
app.MapAgentGateway();
return await app.RunAgentGatewayAsync();
