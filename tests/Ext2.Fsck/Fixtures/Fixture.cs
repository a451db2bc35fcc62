using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>How to damage a sound volume so that rows of the problem table are raised: a folder of fixtures/fsck with a recipe and the transcripts of two runs.</summary>
internal sealed class Fixture
{
    private static readonly string[] Expectations = ["raises", "refuse", "stays", "remark", "option"];
    private readonly List<(int Line, List<string> Words)> edits = [];
    private readonly List<string> codes = [];
    private readonly List<string> refused = [];
    private BaseVolume? parameters;
    private bool isVerbose;
    private bool isForced = true;
    private uint? superblock;
    private int? blockBytes;
    private string lower = "";

    private Fixture(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>The folder's name: the code in lower case, and a word where a row has several.</summary>
    public string Name => Path.GetFileName(Folder);

    /// <summary>The row that it stands for.</summary>
    public string Code => Codes[0];

    /// <summary>All rows that must be raised.</summary>
    public IReadOnlyList<string> Codes => codes;

    /// <summary>The volume cannot be checked, or the problem stays: there is no sound result to judge.</summary>
    public bool StaysDamaged { get; private set; }

    /// <summary>The row is a remark of the verbose mode and changes nothing.</summary>
    public bool IsRemark { get; private set; }

    /// <summary>Directories are written anew whether or not anything is wrong, so that a second run changes the volume too.</summary>
    public bool IsCompacting { get; private set; }

    /// <summary>Marks are removed because somebody wants that: nothing is wrong without.</summary>
    public bool IsClearing { get; private set; }

    /// <summary>Parts of questions that are answered with no.</summary>
    public IReadOnlyList<string> Refused => refused;

    /// <summary>Reads a folder. Throws <see cref="RecipeSyntaxException"/> with file and line.</summary>
    public static Fixture Read(string folder)
    {
        string path = Path.Combine(folder, "recipe");
        return Parse(folder, File.Exists(path) ? File.ReadAllLines(path) : throw new RecipeSyntaxException($"{path} is missing"));
    }

    /// <summary>Reads the lines of a recipe.</summary>
    public static Fixture Parse(string folder, IReadOnlyList<string> lines)
    {
        var fixture = new Fixture(folder);
        for (int line = 0; line < lines.Count; line++)
        {
            fixture.Guarded(line + 1, () => fixture.Take(line + 1, RecipeWords.Split(lines[line])));
        }
        fixture.Guarded(lines.Count, () =>
        {
            if (fixture.parameters is null || fixture.codes.Count == 0)
            {
                throw new RecipeSyntaxException("a recipe needs 'base' or 'volume', and 'raises'");
            }
        });
        return fixture;
    }

    /// <summary>The sound volume.</summary>
    public VolumeImage Base() => BaseVolumes.Of(parameters!);

    /// <summary>Does the damage.</summary>
    public void Edit(VolumeImage volume)
    {
        var editor = new RecipeEditor(volume);
        foreach ((int line, List<string> words) in edits)
        {
            Guarded(line, () => editor.Run(words));
        }
    }

    /// <summary>The damaged volume.</summary>
    public VolumeImage Damaged()
    {
        VolumeImage volume = Base();
        Edit(volume);
        return volume;
    }

    /// <summary>The options of a run. Refused questions are asked, whatever the mode is.</summary>
    public CheckOptions Options(CheckMode mode) => new()
    {
        Mode = mode == CheckMode.Yes && refused.Count != 0 ? CheckMode.Ask : mode,
        Force = isForced,
        Verbose = IsRemark || isVerbose,
        CompactDirectories = IsCompacting,
        ClearMarks = IsClearing,
        Lowers = lower.Length == 0 ? [] : [LowerVolume.Open(lower == "other" ? LowerVolume.Other : LowerVolume.Sound)],
        SuperblockBlock = superblock,
        BlockBytes = blockBytes,
        Name = "test.img",
        Clock = Clock.Fixed(new Timestamp(BaseVolumes.MadeAt + 86400, 0)),
    };

    public override string ToString() => Name;

    private void Guarded(int line, Action action)
    {
        try
        {
            action();
        }
        catch (Exception fault) when (fault is RecipeSyntaxException or KeyNotFoundException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            throw new RecipeSyntaxException($"{Path.GetRelativePath(Repository.Root, Folder)}/recipe:{line}: {fault.Message}");
        }
    }

    private void Take(int line, List<string> words)
    {
        if (words.Count == 0)
        {
            return;
        }
        if (RecipeEditor.Verbs.Contains(words[0]))
        {
            edits.Add((line, words));
        }
        else if (Expectations.Contains(words[0]))
        {
            Expect(words);
        }
        else
        {
            parameters = words[0] switch
            {
                "base" => BaseVolumes.Named[words[1]],
                "volume" => words.Skip(1).Aggregate(new BaseVolume(), WithParameter),
                _ => throw new RecipeSyntaxException($"'{words[0]}' begins no line; there are base, volume, {string.Join(", ", [.. Expectations, .. RecipeEditor.Verbs])}"),
            };
        }
    }

    private void Expect(List<string> words)
    {
        switch (words[0])
        {
            case "raises":
                codes.AddRange(words.Skip(1));
                break;
            case "refuse":
                refused.Add(words[1].Trim('"'));
                break;
            case "stays":
                StaysDamaged = true;
                break;
            case "remark":
                IsRemark = true;
                break;
            default:
                words.Skip(1).ToList().ForEach(TakeOption);
                break;
        }
    }

    private void TakeOption(string word)
    {
        string[] pair = word.Split('=', 2);
        switch (pair[0])
        {
            case "compact":
                IsCompacting = true;
                break;
            case "clear_marks":
                IsClearing = true;
                break;
            case "lower":
                lower = pair[1] is "sound" or "other" ? pair[1] : throw new RecipeSyntaxException($"there is no lower '{pair[1]}'; there are sound, other");
                break;
            case "verbose":
                isVerbose = true;
                break;
            case "unforced":
                isForced = false;
                break;
            case "superblock":
                superblock = (uint)RecipeWords.Size(pair[1]);
                break;
            case "block":
                blockBytes = RecipeWords.Size(pair[1]);
                break;
            default:
                throw new RecipeSyntaxException($"'{word}' is no option; there are compact, clear_marks, lower=NAME, verbose, unforced, superblock=N, block=BYTES");
        }
    }

    private static BaseVolume WithParameter(BaseVolume volume, string word)
    {
        string[] pair = word.Split('=', 2);
        return (pair[0], pair[^1]) switch
        {
            ("block", string size) => volume with { BlockBytes = RecipeWords.Size(size) },
            ("inode", string size) => volume with { InodeBytes = RecipeWords.Size(size) },
            ("size", string size) => volume with { Bytes = RecipeWords.Size(size) },
            ("inodes", string count) => volume with { Inodes = RecipeWords.Size(count) },
            ("group", string count) => volume with { GroupBlocks = RecipeWords.Size(count) },
            ("revision", string number) => volume with { Revision = RecipeWords.Size(number) },
            ("features", string names) => volume with { Features = names },
            ("marks", string answer) => volume with { IsMarked = answer == "yes" },
            ("copies", string answer) => volume with { HasCopies = answer == "yes" },
            ("attributes", string answer) => volume with { HasAttributes = answer == "yes" },
            _ => throw new RecipeSyntaxException($"'{word}' is no parameter; there are block, inode, size, inodes, group, revision, features, marks, copies, attributes"),
        };
    }
}
