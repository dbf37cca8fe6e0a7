namespace AgentGateway.TurnBench.Audio;

/// <summary>A voice of callers.</summary>
/// <param name="Name">As the engine knows it.</param>
/// <param name="Espeak">Whether it is espeak-ng's; else flite's.</param>
/// <param name="Rate">How fast it speaks; 1 is normal.</param>
internal sealed record CallerVoice(string Name, bool Espeak, double Rate = 1);

/// <summary>Who calls, and what they say.</summary>
internal sealed record Cast(CallerVoice[] Voices, string[] Requests, string[] BackChannels, string[] Interruptions, string[] ShortInterruptions)
{
    /// <summary>The callers whom the rules were made with.</summary>
    internal static Cast Tuned { get; } = new(
        [new("slt", false), new("awb", false), new("en-us", true), new("kal16", false), new("en-gb", true)],
        [
            "I would like to book a table for four people on Friday evening",
            "what are your opening hours on Sunday",
            "can you tell me how much the large room costs per night",
            "my name is Peter and I have a reservation for tomorrow",
            "I want to change the date of my appointment to next Tuesday",
            "do you have a parking space near the hotel",
            "is it possible to bring a dog into the restaurant",
            "I need to cancel my booking because I am ill",
            "could you please send the invoice to my office",
            "how long does it take to get from the station to your place",
            "I am calling about the order that I placed last week",
            "the package arrived but one of the glasses was broken",
            "please connect me to somebody from the service department",
            "we are five adults and two children and we will arrive at seven",
            "I forgot my jacket in your restaurant yesterday evening",
            "is breakfast included in the price of the room",
            "what time does the last train to the city leave",
            "I would prefer a table outside if the weather is good",
            "can I pay with a credit card or only with cash",
            "there is a problem with the heating in my room",
        ],
        // No "mm-hmm": these voices spell it.
        ["uh-huh", "okay", "yeah", "yep", "right", "I see", "yes", "sure", "alright", "ah okay"],
        [
            "wait a moment please", "stop please", "no that is not what I meant", "hold on a second", "excuse me I have a question",
            "can you repeat that please", "sorry what was the price", "actually I want to change the date", "no thank you that is enough",
            "what about the other room", "just a moment", "that is too expensive for me",
        ],
        ["stop", "wait", "no", "hold on", "sorry", "what", "excuse me", "hang on"]);

    /// <summary>Other voices, who say other things. Their results were seen while the rules were made.</summary>
    internal static Cast HeldOut { get; } = new(
        [new("en-gb-scotland", true), new("en-us+f3", true), new("en-029", true), new("en-gb-x-rp+f2", true), new("en-us-nyc", true)],
        [
            "could we move the meeting to half past three",
            "I lost my key card and I cannot open the door",
            "which bus should I take to get to the museum",
            "my daughter is allergic to nuts so please tell the kitchen",
            "is there a lift in the building",
            "I would like to speak to the manager",
            "the shower does not work and the towels are missing",
            "how do I return a pair of shoes that I bought online",
            "we were charged twice for the same ticket",
            "do you offer a discount for students",
            "please wake me up at six in the morning",
            "when will the doctor be back from her holiday",
            "I am looking for a present for my mother",
            "can you check whether my payment has arrived",
            "what is the phone number of your office in London",
            "the driver said that he would come before noon",
            "are the shops open on public holidays",
            "I need a taxi to the airport for two people",
            "my contract ends in March and I do not want to extend it",
            "where can I leave my luggage until the evening",
        ],
        ["oh okay", "yeah yeah", "great", "really", "got it", "ah right", "oh I see", "good", "yup", "of course"],
        [
            "one second please", "I don't need breakfast", "is the small room still free", "that is not my question", "could you speak slower", "go back to the first one",
            "Tuesday would be better", "how much is it", "my train leaves in an hour", "let me think about it", "please call me tomorrow", "we need three beds",
        ],
        ["stop it", "one moment", "no no", "pardon", "hello", "listen", "never mind", "wait wait"]);

    /// <summary>Others again, at other speeds. Whoever changes a rule after seeing their results makes new ones.</summary>
    internal static Cast Fresh { get; } = new(
        [new("en-gb-x-gbclan", true, 1.1), new("en-us+m3", true, 0.9), new("en-gb+f4", true), new("en-gb-x-gbcwmd+m7", true, 0.95), new("en-us-nyc+f5", true, 1.1)],
        [
            "I would like to know if my suitcase has been found",
            "could you tell me the way to the swimming pool",
            "we need a cot for the baby in our bedroom",
            "my train was late and I missed the last bus",
            "is the concert on Saturday already sold out",
            "please change the name on the booking to my brother",
            "how many people fit into the meeting room",
            "the coffee machine in the kitchen makes a strange noise",
            "when does the next ferry to the island leave",
            "I want to return the jacket because it is too small",
            "does the ticket include a drink at the bar",
            "there was nobody at the desk when we arrived",
            "can somebody help me carry the boxes upstairs",
            "what is the name of the street where you live",
            "I think that somebody has taken my umbrella",
            "are there any vegetarian dishes on the menu",
            "my sister will pick up the keys this afternoon",
            "could you turn down the music in the lobby",
            "I have an appointment with the dentist at nine",
            "do I have to pay for the parking in advance",
        ],
        ["ah yes", "okay yeah", "right right", "I know", "fine", "exactly", "oh yes", "sounds good", "that's right", "wow"],
        [
            "can I say something please", "we only want one room", "what does that cost", "that was last week", "I already told you that", "skip this part please",
            "Monday is not possible", "do you have something cheaper", "my flight is at noon", "give me a minute please", "you can send it by mail", "there are six of us",
        ],
        ["stop there", "just wait", "no wait", "sorry what", "hey", "hold on please", "excuse me", "hang on please"]);
}
