namespace AgentGateway.Interop;

/// <summary>Real peers use real time and both cores: one after the other.</summary>
[CollectionDefinition("real peers", DisableParallelization = true)]
public sealed class RealPeers;
