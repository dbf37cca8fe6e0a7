using AgentGateway.Audio;
using AgentGateway.Calls;
using AgentGateway.Host.Composition;
using AgentGateway.Host.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Host.Tests.Composition;

public sealed class WarmUpTests
{
    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    public async Task It_asks_for_an_agent_that_nobody_has_wherever_http_listens(string url)
    {
        List<string> asked = await RequestAsync(url, new MediaOptions());

        Assert.Equal(["POST /whip/~"], asked);
    }

    [Fact]
    public async Task Switched_off_it_asks_nothing()
    {
        Assert.Empty(await RequestAsync("http://127.0.0.1:0", new MediaOptions { WarmUp = false }));
    }

    [Fact]
    public async Task Without_an_address_it_is_done_all_the_same()
    {
        await using WebApplication app = WebApplication.CreateSlimBuilder().Build();
        WarmUp warmUp = Create(app, new MediaOptions());

        await warmUp.RequestAsync(CancellationToken.None);

        Assert.True(warmUp.IsDone);
    }

    private static async Task<List<string>> RequestAsync(string url, MediaOptions options)
    {
        List<string> asked = [];
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using WebApplication app = builder.Build();
        app.Urls.Add(url);
        app.Run(context =>
        {
            asked.Add($"{context.Request.Method} {context.Request.Path}");
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        WarmUp warmUp = Create(app, options);
        Assert.False(warmUp.IsDone);

        await warmUp.RequestAsync(CancellationToken.None);

        Assert.True(warmUp.IsDone);
        return asked;
    }

    private static WarmUp Create(WebApplication app, MediaOptions options) => new(
        Microsoft.Extensions.Options.Options.Create(options),
        LibOpusCodec.Instance,
        new NoDialects(),
        app.Services.GetRequiredService<IServer>(),
        TimeProvider.System,
        NullLogger<WarmUp>.Instance)
    {
        // A busy machine is no reason to give up here.
        RequestLimit = TimeSpan.FromMinutes(1),
    };

    private sealed class NoDialects : ICallDialectFactory
    {
        public ICallDialect? Create(string channelLabel, ICallControl call) => null;
    }
}
