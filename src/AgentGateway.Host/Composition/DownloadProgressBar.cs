using System.Globalization;
using AgentGateway.Providers.Models;

namespace AgentGateway.Host.Composition;

/// <summary>Shows model downloads on the terminal: a bar that redraws itself, or a line per tenth where output goes to a file.</summary>
internal sealed class DownloadProgressBar : IProgress<ModelDownloadProgress>, IDisposable
{
    private const int Width = 30;

    private readonly Lock _lock = new();
    private string? _file;
    private int _shown = -1;

    /// <inheritdoc/>
    public void Report(ModelDownloadProgress value)
    {
        lock (_lock)
        {
            if (_file != value.File)
            {
                EndLine();
                _file = value.File;
                _shown = -1;
            }

            int percent = value.Total is > 0 ? (int)Math.Min(100, value.Received * 100 / value.Total.Value) : 0;
            int step = Console.IsErrorRedirected ? 10 : 1;
            if (percent / step == _shown)
                return;
            _shown = percent / step;
            string size = string.Create(CultureInfo.InvariantCulture, $"{value.Received / 1e6:F1} MB");
            if (Console.IsErrorRedirected)
            {
                Console.Error.WriteLine($"Downloading {value.Model}: {percent} % ({size})");
                return;
            }

            int filled = percent * Width / 100;
            Console.Error.Write($"\rDownloading {value.Model} [{new string('#', filled)}{new string('.', Width - filled)}] {percent,3} % {size} ");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            EndLine();
    }

    private void EndLine()
    {
        if (_file is not null && !Console.IsErrorRedirected)
            Console.Error.WriteLine();
        _file = null;
    }
}
