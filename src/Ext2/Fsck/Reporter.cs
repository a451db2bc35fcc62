namespace Ext2Union.Ext2.Fsck;

/// <summary>The one place that prints, asks, counts and knows how the run will end.</summary>
internal sealed class Reporter(CheckOptions options, Interaction interaction)
{
    private bool yesToAll;

    /// <summary>Problems answered with yes.</summary>
    public int Corrected { get; private set; }

    /// <summary>Problems answered with no.</summary>
    public int Left { get; private set; }

    /// <summary>What does not agree with the layers below and stays so. It does not make the volume unsound.</summary>
    public int Differences { get; private set; }

    /// <summary>Changes that were asked for on the command line and answer no problem.</summary>
    public int Wished { get; set; }

    /// <summary>Directories written anew though nothing was wrong with them: no corrections; what the exit code tells is that bitmaps changed.</summary>
    public int Compacted { get; set; }

    /// <summary>-D: directories are to be written anew though nothing is wrong with them.</summary>
    public bool CompactsDirectories => options.CompactDirectories && options.Mode != CheckMode.No;

    /// <summary>Codes raised, in order, remarks included. Bounded: a count for each row of the table.</summary>
    public Dictionary<Problem, int> Raised { get; } = [];

    public CheckMode Mode => options.Mode;

    /// <summary>The volume was in use when it stopped, and nobody has met an error on it: what a crash leaves is to be expected.</summary>
    public bool IsAfterCrash { get; set; }

    public bool IsVerbose => options.Verbose;

    public string VolumeName => options.Name;

    /// <summary>
    /// Reports a problem. True: repair it now. Leaves with <see cref="CheckStopped"/> when -p may not decide: for the reason given.
    /// </summary>
    public bool Raise(Problem problem, in Place place = default, StopReason preenStop = StopReason.NeedsPerson)
    {
        CheckCancelled();
        if (problem.IsImprovement && options.Mode == CheckMode.No)
        {
            return false;
        }
        Raised[problem] = Raised.GetValueOrDefault(problem) + 1;
        string message = place.Fill(problem.Message);
        if (!problem.IsQuestion)
        {
            interaction.Line(Prefix() + message);
            interaction.Found(new Finding(problem, place, message, "", FindingOutcome.Noted));
            Differences += problem.IsDifference ? 1 : 0;
            return false;
        }
        bool repair = Decide(problem, place, message, preenStop);
        if (repair)
        {
            Corrected += problem.Weight == ExitWeight.None ? 0 : 1;
        }
        else if (problem.IsDifference)
        {
            Differences += options.Mode == CheckMode.Preen ? 0 : 1;
        }
        else
        {
            Left += problem.Weight == ExitWeight.Full ? 1 : 0;
        }
        return repair;
    }

    /// <summary>Asks for what the command line wished for. It is no problem: a no leaves nothing to be corrected.</summary>
    public bool Wish(Problem question, in Place place)
    {
        CheckCancelled();
        Raised[question] = Raised.GetValueOrDefault(question) + 1;
        bool isGranted = Decide(question, place, place.Fill(question.Message), StopReason.NeedsPerson);
        Wished += isGranted ? 1 : 0;
        return isGranted;
    }

    /// <summary>A line that is not about a problem.</summary>
    public void Say(string text) => interaction.Line(text);

    /// <summary>A line about the volume as a whole.</summary>
    public void SayOfVolume(string text) => interaction.Remark(text, $"{options.Name}: {text}");

    /// <summary>Why a volume is checked that could have been believed.</summary>
    public void SayForced(string reason) => interaction.Remark($"{reason}, check forced.", $"{options.Name} {reason}, check forced.");

    public void Progress(int pass, long current, long maximum)
    {
        CheckCancelled();
        interaction.Progress(pass, current, maximum);
    }

    /// <summary>A repair that was promised could not be made, so the problem stays.</summary>
    public void TakeBack()
    {
        Corrected--;
        Left++;
        interaction.TakenBack();
    }

    /// <summary>As <see cref="TakeBack"/>, where another question about the same follows.</summary>
    public void TakeBackAndAskOn() => Corrected--;

    /// <summary>Ends the check where it was cancelled.</summary>
    public void CheckCancelled()
    {
        if (interaction.CancelRequested)
        {
            throw new CheckStopped(StopReason.Cancelled);
        }
    }

    private bool Decide(Problem problem, in Place place, string message, StopReason preenStop)
    {
        string question = place.Fill(problem.Question);
        bool isStopped = options.Mode == CheckMode.Preen && problem.Preen != PreenAction.Leave && !IsRepairedAlone(problem);
        if (isStopped)
        {
            interaction.Found(new Finding(problem, place, message, question, FindingOutcome.Stopped));
        }
        bool repair = Decide(problem, message, question, preenStop);
        interaction.Found(new Finding(problem, place, message, question, repair ? FindingOutcome.Corrected : FindingOutcome.Left));
        return repair;
    }

    private bool IsRepairedAlone(Problem problem) =>
        problem.Preen == PreenAction.Repair || (problem.Preen == PreenAction.RepairAfterCrash && IsAfterCrash);

    private bool Decide(Problem problem, string message, string question, StopReason preenStop)
    {
        switch (options.Mode)
        {
            case CheckMode.Preen when IsRepairedAlone(problem):
                interaction.Line($"{Prefix()}{message}  REPAIRED.");
                return true;
            case CheckMode.Preen when problem.Preen == PreenAction.Leave:
                interaction.Line($"{Prefix()}{message}  LEFT.");
                return false;
            case CheckMode.Preen:
                interaction.Line(Prefix() + message);
                SayOfVolume("UNEXPECTED INCONSISTENCY; RUN fsck.ext2u BY HAND (without -p).");
                Left += preenStop == StopReason.NeedsPerson ? 1 : 0;
                throw new CheckStopped(preenStop);
            case CheckMode.Yes:
                interaction.Line($"{message}  {question}? yes");
                return true;
            case CheckMode.No:
                interaction.Line($"{message}  {question}? no");
                return false;
            default:
                if (yesToAll)
                {
                    interaction.Line($"{message}  {question}? yes");
                    return true;
                }
                Answer answer = interaction.Ask($"{message}  {question}?");
                CheckCancelled();
                yesToAll = answer == Answer.YesToAll;
                return answer != Answer.No;
        }
    }

    private string Prefix() => options.Mode == CheckMode.Preen ? options.Name + ": " : "";
}
