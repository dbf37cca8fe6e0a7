using AgentGateway.Conversation.Log;
using AgentGateway.Host.Configuration;
using Microsoft.Extensions.Options;

namespace AgentGateway.Host.Composition;

/// <summary>The logs of the calls, if they are wanted.</summary>
internal sealed class CallLogs(IOptions<CallLogSettings> settings, TimeProvider time, ILogger<CallLogFolder> logger) : IAsyncDisposable
{
    private CallLogFolder? _folder;

    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be made.</exception>
    internal void Prepare()
    {
        if (settings.Value.Enabled)
            _folder ??= new CallLogFolder(settings.Value.ToOptions(), time, logger);
    }

    /// <summary>Begins the log of a call; null when there is none.</summary>
    internal ICallLog? Create(string callId, string agent) => _folder?.Create(callId, agent);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
            await _folder.DisposeAsync();
    }
}
