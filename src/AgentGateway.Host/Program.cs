using AgentGateway.Host;

WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
{
    Args = args,

    // appsettings.json and the console page lie beside the program, wherever it is started from.
    ContentRootPath = AppContext.BaseDirectory,
});
builder.AddAgentGateway();
await using WebApplication app = builder.Build();
app.MapAgentGateway();
return await app.RunAgentGatewayAsync();
