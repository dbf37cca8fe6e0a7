using System.Text;
using AgentGateway.Providers.Sherpa;

namespace AgentGateway.Providers.Tests.Sherpa;

public sealed class SherpaConfidenceTests
{
    [Fact]
    public void It_is_the_geometric_mean_of_the_tokens()
    {
        float? sure = Of("""{ "text": "WAIT A", "tokens": [" WA", "IT"], "ys_probs": [-1.5, -0.5], "lm_probs": [-9], "is_final": false}""");
        Assert.Equal(Math.Exp(-1), sure!.Value, 5);
        Assert.Equal(1, Of("""{"ys_probs": [0.2]}"""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{ "text": "", "ys_probs": [], "lm_probs": [-1] }""")]
    [InlineData("""{ "ys_probs": [""")]
    [InlineData("""{ "ys_probs": [nan] }""")]
    public void Without_probabilities_it_is_not_known(string json) => Assert.Null(Of(json));

    private static float? Of(string json) => SherpaConfidence.Of(Encoding.UTF8.GetBytes(json));
}
