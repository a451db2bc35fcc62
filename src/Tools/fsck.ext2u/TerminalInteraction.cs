using Ext2Union.Ext2.Fsck;

namespace Ext2Union.Tools.Fsck;

/// <summary>Transcript on standard output, questions at the terminal, progress where -C asked for it, and Ctrl-C.</summary>
internal sealed class TerminalInteraction(Cancellation cancellation, ProgressReport progress) : Interaction
{
    /// <inheritdoc/>
    public override bool CancelRequested => cancellation.IsRequested;

    /// <inheritdoc/>
    public override void Line(string text)
    {
        progress.Clear();
        Terminal.WriteLine(text);
    }

    /// <inheritdoc/>
    public override Answer Ask(string text)
    {
        progress.Clear();
        while (true)
        {
            Terminal.Write($"{text} <y/n/a> ");
            Task<string?> reading = Task.Run(Terminal.ReadLine);
            if (!cancellation.Await(reading) || reading.Result is not { } line)
            {
                // The line of the question ends here, not in what follows.
                Terminal.WriteLine("");
                cancellation.Request();
                return Answer.No;
            }
            switch (line.Trim().ToLowerInvariant())
            {
                case "y" or "yes":
                    return Answer.Yes;
                case "n" or "no":
                    return Answer.No;
                case "a":
                    return Answer.YesToAll;
            }
        }
    }

    /// <inheritdoc/>
    public override void Progress(int pass, long current, long maximum) => progress.Show(pass, current, maximum);
}
