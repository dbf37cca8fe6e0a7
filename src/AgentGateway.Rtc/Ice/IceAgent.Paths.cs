using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Ice;

/// <summary>What the layers above ask about paths and roles.</summary>
public sealed partial class IceAgent
{
    /// <summary>
    /// Whether somebody who knows our password was heard on this path, or a check of ours was answered on it: data that comes this
    /// way may be looked at. Constant work for the selected path, else at most one comparison per pair.
    /// </summary>
    public bool IsVerified(in DatagramPath path)
    {
        if (_selected is not null && _selected.Path == path)
            return true;
        if (_replaced is not null && _replaced.Path == path)
            return true;
        return _checks.Find(path) is { } pair && (pair.State == PairState.Succeeded || pair.HeardAt != default);
    }

    /// <summary>
    /// Sets the role with the first offer: who offers controls, and at creation that may not be known. Once checks have begun the
    /// role stays as it is, also when a role conflict turned it around, until a restart (RFC 8445 section 6.1.1); a lite agent stays
    /// controlled. So a later offer may call this without harm.
    /// </summary>
    public void SetRole(IceRole role)
    {
        if (!_options.Lite && Role != role && State == IceState.New)
            SwitchRole(role);
    }
}
