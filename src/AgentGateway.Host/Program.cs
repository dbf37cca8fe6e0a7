using AgentGateway.Host;
using AgentGateway.Host.Commands;

if (args is [ReplayCommand.Name, .. string[] replay])
    return ReplayCommand.Run(replay, Console.Out, Console.Error);

if (args is [DoctorCommand.Name, .. string[] doctor])
    return await DoctorCommand.RunAsync(doctor, Console.Out, Console.Error);

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
