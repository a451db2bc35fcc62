namespace Ext2Union.Ext2.Fsck;

/// <summary>The other side of a check: the tool's terminal, or what a test or a mount puts in its place.</summary>
public abstract class Interaction
{
    /// <summary>Drops every line and answers no; for checks that only want the result.</summary>
    public static Interaction Silent { get; } = new SilentInteraction();

    /// <summary>The check shall end as soon as the volume is in a state that the next run can repair (SIGINT).</summary>
    public virtual bool CancelRequested => false;

    /// <summary>One line of the transcript, without its line end.</summary>
    public abstract void Line(string text);

    /// <summary>A sentence about the volume as a whole, and the line that it makes.</summary>
    public virtual void Remark(string text, string line) => Line(line);

    /// <summary>A problem and what became of it. Its line was or will be given too.</summary>
    public virtual void Found(in Finding finding)
    {
    }

    /// <summary>The repair of a problem that was found before could not be made.</summary>
    public virtual void TakenBack()
    {
    }

    /// <summary>Asks for one repair; the text ends in a question mark. Called in <see cref="CheckMode.Ask"/> only.</summary>
    public abstract Answer Ask(string text);

    /// <summary>How far a pass (1..5) is.</summary>
    public virtual void Progress(int pass, long current, long maximum)
    {
    }

    private sealed class SilentInteraction : Interaction
    {
        public override void Line(string text)
        {
        }

        public override Answer Ask(string text) => Answer.No;
    }
}
