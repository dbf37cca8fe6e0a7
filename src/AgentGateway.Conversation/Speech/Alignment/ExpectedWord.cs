namespace AgentGateway.Conversation.Speech.Alignment;

/// <summary>A word as its spelling lets one expect it to sound.</summary>
/// <param name="TextEnd">Where it ends in the text, its punctuation included.</param>
/// <param name="Length">How long an ordinary voice takes for it, in seconds.</param>
/// <param name="Syllables">How many vowels are heard in it; 1 or more.</param>
/// <param name="Break">What stands behind it.</param>
internal readonly record struct ExpectedWord(int TextEnd, double Length, int Syllables, WordBreak Break);
