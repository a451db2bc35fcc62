using System.Diagnostics;

namespace Ext2Union.Tests.Support;

/// <summary>Runs commands to their end. A command that takes too long is killed with its children and fails the test.</summary>
public static class ProcessRunner
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(120);

    /// <summary>Runs a command and takes its result, whatever it is.</summary>
    public static ProcessResult Run(string file, params ReadOnlySpan<string> arguments) => Run(new ProcessStartInfo(file), arguments, null, DefaultLimit);

    /// <summary>Runs a command and fails when it fails. Answers its standard output.</summary>
    public static string Check(string file, params ReadOnlySpan<string> arguments) => Run(file, arguments).OrFail().Output;

    /// <summary>Runs a line of bash in a directory and fails when it fails. Answers its standard output.</summary>
    public static string Bash(string script, string? directory = null, int seconds = 120) =>
        Run(
            new ProcessStartInfo("/bin/bash") { WorkingDirectory = directory ?? "/" },
            ["-euo", "pipefail", "-c", script],
            null,
            TimeSpan.FromSeconds(seconds)).OrFail().Output;

    /// <summary>Runs a command with everything settable.</summary>
    public static ProcessResult Run(ProcessStartInfo start, ReadOnlySpan<string> arguments, byte[]? input, TimeSpan limit)
    {
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        string line = $"{start.FileName} {string.Join(' ', arguments)}";
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start: {line}");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        Feed(process, input);
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            _ = Task.WaitAll([output, error], TimeSpan.FromSeconds(5));
            throw new TimeoutException($"$ {line}\ntook longer than {limit.TotalSeconds} s\n{Partial(output)}{Partial(error)}");
        }

        // A daemon that keeps its caller's pipes open would let scripts hang; here it fails.
        return Task.WaitAll([output, error], TimeSpan.FromSeconds(10))
            ? new ProcessResult(line, process.ExitCode, output.Result, error.Result)
            : throw new TimeoutException($"$ {line}\nended, but something it started keeps its output open");
    }

    private static string Partial(Task<string> text) => text.IsCompletedSuccessfully ? text.Result : "";

    private static void Feed(Process process, byte[]? input)
    {
        try
        {
            if (input is not null)
            {
                process.StandardInput.BaseStream.Write(input);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The command ended without reading its input: its exit code tells the rest.
        }
    }
}
