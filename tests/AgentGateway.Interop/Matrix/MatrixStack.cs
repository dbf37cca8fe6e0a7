namespace AgentGateway.Interop.Matrix;

/// <summary>Another WebRTC implementation: a row of the matrix.</summary>
/// <param name="Id">Short name in test names.</param>
/// <param name="Name">Name in the table.</param>
internal sealed record MatrixStack(string Id, string Name)
{
    internal const int LargestMessage = 256 * 1024;

    /// <summary>The command that starts its peer program.</summary>
    internal required Func<Task<IReadOnlyList<string>>> Command { get; init; }

    /// <summary>Whether it is a browser, which needs as much of the machine as it can get.</summary>
    internal bool IsBrowser { get; init; }

    /// <summary>Whether it plays and records Opus packets instead of WAV files.</summary>
    internal bool HasNoCodec { get; init; }

    /// <summary>The largest message that it takes, in bytes.</summary>
    internal int Takes { get; init; } = LargestMessage;

    /// <summary>The largest message that its description allows when that is less than the largest tried; we refuse to send a larger one.</summary>
    internal int? Announces { get; init; }

    /// <summary>The largest message that it sends, in bytes.</summary>
    internal int Sends { get; init; } = LargestMessage;

    /// <summary>Whether its reports answer ours (RFC 3550 section 6.4.1, LSR), so that we know the round trip.</summary>
    internal bool AnswersReports { get; init; } = true;

    /// <summary>What it can do only in part, with the words for the table. Tested as far as it goes.</summary>
    internal IReadOnlyDictionary<MatrixColumn, string> Partly { get; init; } = new Dictionary<MatrixColumn, string>();

    /// <summary>What it cannot do, with the reason.</summary>
    internal IReadOnlyDictionary<MatrixColumn, string> Cannot { get; init; } = new Dictionary<MatrixColumn, string>();

    /// <summary>Whether it tells its candidates one by one.</summary>
    internal bool Trickles => !Cannot.ContainsKey(MatrixColumn.Trickle) && !Partly.ContainsKey(MatrixColumn.Trickle);

    public override string ToString() => Id;
}
