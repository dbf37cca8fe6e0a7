using AgentGateway.Testing;

namespace AgentGateway.Interop.Matrix;

/// <summary>Each cell of the matrix in MATRIX.md.</summary>
[Collection("real peers")]
public sealed class MatrixTests(MatrixLab lab) : IClassFixture<MatrixLab>
{
    /// <summary>All cells, those that say "no" too.</summary>
    public static TheoryData<string, MatrixColumn> Cells
    {
        get
        {
            var cells = new TheoryData<string, MatrixColumn>();
            foreach (MatrixStack stack in MatrixTable.Tested)
            {
                foreach (MatrixColumn column in MatrixTable.Columns)
                    cells.Add(stack.Id, column);
            }

            return cells;
        }
    }

    /// <summary>The table that the README shows is the one tested; with AGENTGATEWAY_UPDATE_MATRIX=1 this writes it.</summary>
    [Fact]
    public async Task The_written_table_is_the_tested_one()
    {
        string path = Path.Combine(TestPaths.RepositoryRoot, "tests", "AgentGateway.Interop", "MATRIX.md");
        if (Environment.GetEnvironmentVariable("AGENTGATEWAY_UPDATE_MATRIX") == "1")
            await File.WriteAllTextAsync(path, MatrixTable.Document(), TestContext.Current.CancellationToken);
        Assert.Equal(MatrixTable.Document(), await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task A_cell_is_true(string stack, MatrixColumn column)
    {
        MatrixOutcome outcome = await lab.OutcomeAsync(MatrixTable.Stacks.Single(s => s.Id == stack));
        if (outcome.Failure(column) is { } failure)
            Assert.Fail($"{stack}, {column}: {failure}");
    }
}
