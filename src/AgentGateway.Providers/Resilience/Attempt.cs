namespace AgentGateway.Providers.Resilience;

/// <summary>
/// One try at one provider: ends when its time is over, when another provider answered first, or when the caller leaves. Its token goes on to
/// govern what was opened, so it lives as long as that.
/// </summary>
internal sealed class Attempt : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenRegistration _registration;
    private int _lost;

    public Attempt(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        Caller = caller;
        _stop = new CancellationTokenSource(limit, time);
        Token = _stop.Token;
        _registration = caller.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
    }

    private enum Loss
    {
        None,
        Overtaken,
        Unneeded,
    }

    /// <summary>Cancelled when the try is over without an answer.</summary>
    public CancellationToken Token { get; }

    /// <summary>Whoever wants the answer.</summary>
    public CancellationToken Caller { get; }

    /// <summary>Whether somebody who was asked later answered first.</summary>
    public bool IsOvertaken => Volatile.Read(ref _lost) == (int)Loss.Overtaken && !Caller.IsCancellationRequested;

    /// <summary>Whether nobody wants its answer, through no fault of the provider.</summary>
    public bool IsAbandoned => Caller.IsCancellationRequested || Volatile.Read(ref _lost) == (int)Loss.Unneeded;

    /// <summary>Sets the time that is left from now on.</summary>
    public void Limit(TimeSpan time) => _stop.CancelAfter(time);

    /// <summary>Another provider answered.</summary>
    /// <param name="overtaken">Whether it was asked later.</param>
    public void Lose(bool overtaken)
    {
        Interlocked.CompareExchange(ref _lost, (int)(overtaken ? Loss.Overtaken : Loss.Unneeded), (int)Loss.None);
        _stop.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _stop.Dispose();
    }
}
