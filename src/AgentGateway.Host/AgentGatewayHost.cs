using System.Globalization;
using AgentGateway.Audio;
using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;
using AgentGateway.Host.Composition;
using AgentGateway.Host.Configuration;
using AgentGateway.Host.Dialects;
using AgentGateway.Host.Doctor;
using AgentGateway.Host.Signalling;
using AgentGateway.Net;
using AgentGateway.Providers.Llm;
using AgentGateway.Providers.Tools;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Options;

namespace AgentGateway.Host;

/// <summary>Puts the gateway into an ASP.NET Core application: <c>AddAgentGateway</c>, then <c>MapAgentGateway</c>.</summary>
public static class AgentGatewayHost
{
    /// <summary>Adds the gateway's services and reads its configuration.</summary>
    public static WebApplicationBuilder AddAgentGateway(this WebApplicationBuilder builder, Action<AgentGatewayBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var gateway = new AgentGatewayBuilder();
        configure?.Invoke(gateway);

        AddWorkingDirectorySettings(builder.Configuration);

        // The framework logs a failed start with its stack trace; RunAgentGatewayAsync says it in a sentence.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

        IServiceCollection services = builder.Services;
        services.AddSingleton(gateway);
        services.AddValidatedOptions<MediaOptions>(builder.Configuration, MediaOptions.Section, o => o.Validate());
        services.AddValidatedOptions<AgentsOptions>(builder.Configuration, AgentsOptions.Section, o => o.Validate());
        services.AddValidatedOptions<SpeechOptions>(builder.Configuration, SpeechOptions.Section, o => o.Validate());
        services.AddValidatedOptions<LanguageModelOptions>(builder.Configuration, LanguageModelOptions.Section, o => o.Validate());
        services.AddValidatedOptions<CallLogSettings>(builder.Configuration, CallLogSettings.Section, o => o.Validate());
        services.AddValidatedOptions<CrossOriginOptions>(builder.Configuration, CrossOriginOptions.Section, o => o.Validate());
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<CrossOriginOptions>>((cors, ours) => cors.AddDefaultPolicy(p => Allow(p, ours.Value)));
        services.AddProblemDetails();

        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IOpusCodec>(LibOpusCodec.Instance);
        services.AddSingleton(p => new ToolFactory(p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new LlmSelector(
            p.GetRequiredService<IOptions<LanguageModelOptions>>().Value.ToSettings(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<LlmSelector>>()));
        services.AddSingleton<Engines>();
        services.AddSingleton<CallLogs>();
        services.AddSingleton<ConversationFactory>();
        services.AddSingleton<IConversationFactory>(p => p.GetRequiredService<ConversationFactory>());
        services.AddSingleton<ICallDialectFactory, DialectFactory>();
        services.AddSingleton(p => new AgentCatalog(
            new AgentCatalogOptions { Folder = p.GetRequiredService<IOptions<AgentsOptions>>().Value.Resolve() },
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<AgentCatalog>>()));
        services.AddSingleton(p => MediaTransport.Start(
            p.GetRequiredService<IOptions<MediaOptions>>().Value.ToTransportOptions(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<CallManager>();
        services.AddSingleton<GatewayDoctor>();
        services.AddSingleton<WarmUp>();
        services.AddHostedService<GatewayService>();
        return builder;
    }

    /// <summary>Maps the gateway's endpoints and its console page.</summary>
    public static WebApplication MapAgentGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseCors();
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.MapWhip();
        app.MapAgents();
        app.MapHealth();
        app.MapDoctor();
        return app;
    }

    /// <summary>Runs the application; what prevents its start is printed in one line.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAgentGatewayAsync(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        try
        {
            await app.StartAsync();
        }
        catch (OptionsValidationException e)
        {
            foreach (string failure in e.Failures)
                Console.Error.WriteLine($"error: {failure}");
            return 1;
        }
        catch (Exception e) when (e is MediaTransportException or IOException or UnauthorizedAccessException or InvalidDataException or Conversation.Ports.SpeechProviderException or FormatException)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return 1;
        }

        MediaTransport transport = app.Services.GetRequiredService<MediaTransport>();
        string udp = string.Join(", ", transport.LocalEndPoints.Select(p => p.Port.ToString(CultureInfo.InvariantCulture)));
        Console.WriteLine($"AgentGateway is ready: {app.Urls.First()} (media on UDP {udp})");
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>The working directory's appsettings.json overrides the program's, and is overridden by environment and command line.</summary>
    private static void AddWorkingDirectorySettings(ConfigurationManager configuration)
    {
        var source = new JsonConfigurationSource { Path = Path.GetFullPath("appsettings.json"), Optional = true };
        source.ResolveFileProvider();
        IList<IConfigurationSource> sources = configuration.Sources;
        int lastFile = sources.Count - 1;
        while (lastFile >= 0 && sources[lastFile] is not JsonConfigurationSource)
            lastFile--;
        sources.Insert(lastFile + 1, source);
    }

    private static void AddValidatedOptions<T>(this IServiceCollection services, ConfigurationManager configuration, string section, Func<T, IEnumerable<string>> validate)
        where T : class
    {
        services.AddOptions<T>().Bind(configuration.GetSection(section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>>(new ValidateWith<T>(validate));
    }

    private static void Allow(CorsPolicyBuilder policy, CrossOriginOptions options)
    {
        if (options.Origins.Count == 0)
            policy.AllowAnyOrigin();
        else
            policy.WithOrigins([.. options.Origins]);
        policy.AllowAnyHeader()
            .WithMethods("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS")
            .WithExposedHeaders("Location", "Link", "ETag", "Accept-Post", "Accept-Patch", "Access-Control-Allow-Methods")
            .SetPreflightMaxAge(TimeSpan.FromHours(1));
    }

    private sealed class ValidateWith<T>(Func<T, IEnumerable<string>> validate) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            string[] failures = [.. validate(options)];
            return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }
}
