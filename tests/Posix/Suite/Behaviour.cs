using Ext2Union.Vfs;

namespace Ext2Union.Posix.Tests.Suite;

/// <summary>
/// One thing a file system does: what it needs, what is done, and what must be so afterwards, also after a remount. The working directory is
/// a directory of its own with nothing in it but the objects.
/// </summary>
/// <param name="Name">What is so, as a sentence.</param>
/// <param name="Objects">What is prepared; the language is <see cref="Recipe"/>'s.</param>
/// <param name="Action">Does it and fails unless it is so.</param>
/// <param name="Then">Holds after the action and still after a remount, or null.</param>
internal sealed record Behaviour(string Name, string Objects, Action Action, Action? Then)
{
    private readonly List<(Subjects Subjects, Flavour? Flavour, string Reason)> exceptions = [];

    /// <summary>Where a refused call leaves no trace: nothing that stat shows may differ afterwards, times of access apart.</summary>
    public Subjects LeavesNoTraceOn { get; private init; }

    /// <summary>A call that is refused with this error and changes nothing.</summary>
    public static Behaviour Refused(string name, string objects, Errno error, Func<Answer> call) =>
        new(name, objects, () => Check.Is(error, call()), null) { LeavesNoTraceOn = Subjects.All };

    /// <summary>A behaviour that is more than one refused call.</summary>
    public static Behaviour Does(string name, string objects, Action action, Action? then = null) => new(name, objects, action, then);

    /// <summary>Is not asked of these file systems; the reason is printed.</summary>
    public Behaviour NotOn(Subjects subjects, string reason, Flavour? flavour = null)
    {
        exceptions.Add((subjects, flavour, reason));
        return this;
    }

    /// <summary>What goes before the refused call changes something, or the call itself does on these.</summary>
    public Behaviour MayLeaveTraces(Subjects subjects = Subjects.All) => this with { LeavesNoTraceOn = LeavesNoTraceOn & ~subjects };

    /// <summary>Why it is not asked here, or null when it is.</summary>
    public string? ReasonNotAsked(Subjects subject, Flavour flavour) =>
        exceptions.Find(exception => (exception.Subjects & subject) != 0 && (exception.Flavour ?? flavour) == flavour).Reason;
}
