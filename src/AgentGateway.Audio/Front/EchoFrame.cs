namespace AgentGateway.Audio.Front;

/// <summary>What is known about one frame of the microphone.</summary>
/// <param name="EchoLikelihood">How much of the frame's energy is explained by what was played, 0..1.</param>
/// <param name="Delay">From playing to hearing, as far as it is known; zero before.</param>
/// <param name="LevelDb">The frame's level as it came, in dBFS.</param>
/// <param name="CleanedDb">Its level after cleaning, in dBFS.</param>
public readonly record struct EchoFrame(float EchoLikelihood, TimeSpan Delay, float LevelDb, float CleanedDb);
