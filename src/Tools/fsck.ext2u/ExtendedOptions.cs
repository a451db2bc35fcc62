namespace Ext2Union.Tools.Fsck;

/// <summary>What follows -E: words with commas between, as e2fsck has them. Every word is understood or refused.</summary>
internal sealed class ExtendedOptions
{
    private const string ClearMarksWord = "clear_marks";

    /// <summary>clear_marks: remove all marks of a union, after saying what that changes.</summary>
    public bool ClearMarks { get; private set; }

    /// <summary>Reads all values of -E. False: <paramref name="unknown"/> is the first word that means nothing here.</summary>
    public static bool TryParse(IEnumerable<string> values, out ExtendedOptions options, out string unknown)
    {
        options = new ExtendedOptions();
        unknown = "";
        foreach (string word in values.SelectMany(value => value.Split(',')))
        {
            if (word != ClearMarksWord)
            {
                unknown = word;
                return false;
            }
            options.ClearMarks = true;
        }
        return true;
    }
}
