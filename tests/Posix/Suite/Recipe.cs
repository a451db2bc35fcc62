namespace Ext2Union.Posix.Tests.Suite;

/// <summary>
/// What a behaviour needs, as a line of words in the order in which they are made:
/// <c>f</c> an empty file, <c>f=text</c> with content, <c>f=*N</c> with N bytes of <see cref="Calls.Files.Pattern"/>, <c>f=^N:text</c> with a hole of N bytes before
/// the text; <c>d/</c> a directory; <c>l>target</c> a symlink; <c>p|</c> a fifo; <c>s&amp;</c> a socket; <c>c%1:3</c> and <c>b#7:0</c> devices; <c>h&lt;f</c> one more name of f.
/// What exists already gets <c>f+user.a=value</c> an extended attribute, <c>f!ia</c> inode flags, <c>f?ACL</c> and <c>d??ACL</c> access and default ACL.
/// <c>@MODE[:UID:GID]</c> behind a word sets mode and owner; <c>.@1777</c> those of the directory itself.
/// </summary>
internal sealed class Recipe
{
    private const string Kinds = "=>|&%#<+!?";

    public Recipe(string text) => Objects = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    public IReadOnlyList<RecipeObject> Objects { get; }

    /// <summary>
    /// The part of it that lies in one of several layers: directories are in each, the other objects are dealt out by turns, further names lie where the file
    /// lies, and so does what is said of an object. Inode flags of a directory are those of the highest layer, which is filled last.
    /// </summary>
    public IEnumerable<RecipeObject> Part(int layer, int layers, int first)
    {
        const int Everywhere = -1;
        var places = new Dictionary<string, int>(StringComparer.Ordinal) { ["."] = Everywhere };
        int turn = first;
        foreach (RecipeObject item in Objects)
        {
            if (!item.IsAddition)
            {
                places[item.Path] = item.Kind switch
                {
                    RecipeObject.Directory => Everywhere,
                    RecipeObject.HardLink => places[item.Detail],
                    _ => turn++ % layers,
                };
            }

            int place = places[item.Path] == Everywhere && item.Kind == RecipeObject.InodeFlags ? 0 : places[item.Path];
            if (place == Everywhere || place == layer)
            {
                yield return item;
            }
        }
    }

    private static RecipeObject Parse(string word)
    {
        string[] parts = word.Split('@');
        string[] owner = parts.Length > 1 ? parts[1].Split(':') : [];
        uint? mode = owner.Length > 0 ? Convert.ToUInt32(owner[0], 8) : null;
        (uint user, uint group) = owner.Length > 2 ? (uint.Parse(owner[1]), uint.Parse(owner[2])) : (0, 0);
        string text = parts[0];
        int at = text.IndexOfAny(Kinds.ToCharArray());
        (string path, char kind, string detail) =
            at >= 0 ? (text[..at], text[at], text[(at + 1)..])
            : text == "." ? (text, RecipeObject.Attributes, "")
            : text.EndsWith('/') ? (text[..^1], RecipeObject.Directory, "")
            : (text, RecipeObject.File, "");
        return new RecipeObject(path, kind, detail, mode, user, group);
    }
}
