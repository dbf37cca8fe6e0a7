using AgentGateway.Benchmarks;
using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/AgentGateway.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, new InProcessConfig());
