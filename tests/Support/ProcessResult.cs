namespace Ext2Union.Tests.Support;

/// <summary>How a command ended.</summary>
/// <param name="CommandLine">The command, for messages.</param>
/// <param name="ExitCode">Its exit code; 128 + signal when a signal ended it.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
public sealed record ProcessResult(string CommandLine, int ExitCode, string Output, string Error)
{
    /// <summary>Both streams, for messages and searches.</summary>
    public string All => Output + Error;

    /// <summary>The result itself when the exit code is 0, else a failure that shows everything.</summary>
    public ProcessResult OrFail() => ExitCode == 0 ? this : throw new InvalidOperationException(ToString());

    /// <inheritdoc/>
    public override string ToString() => $"$ {CommandLine}\n{Output}{Error}exit code {ExitCode}";
}
