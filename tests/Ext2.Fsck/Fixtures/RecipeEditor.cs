namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Carries out the edits of a recipe on a volume, one line at a time. fixtures/fsck/README.md lists them.</summary>
internal sealed class RecipeEditor(VolumeImage volume)
{
    /// <summary>The words that begin an edit.</summary>
    public static readonly string[] Verbs =
        ["set", "flag", "unflag", "clear", "fill", "copy", "swap", "add", "remove", "rename", "use", "free", "truncate", "prepare"];

    private readonly RecipePlaces places = new(volume);

    public void Run(IReadOnlyList<string> words)
    {
        switch (words[0])
        {
            case "set":
                Change(Word(words, 1), _ => places.Value(Word(words, 2)));
                break;
            case "flag":
                Change(Word(words, 1), old => old | places.Value(Word(words, 2)));
                break;
            case "unflag":
                Change(Word(words, 1), old => old & ~places.Value(Word(words, 2)));
                break;
            case "clear":
                Bytes(places.Find(Word(words, 1))).Clear();
                break;
            case "fill":
                Fill(words);
                break;
            case "copy":
                Bytes(places.Find(Word(words, 1))).CopyTo(Bytes(places.Find(Word(words, 2))));
                break;
            case "swap":
                Swap(places.Find(Word(words, 1)), places.Find(Word(words, 2)));
                break;
            case "add" or "remove" or "rename":
                EditRecord(words);
                break;
            case "use" or "free":
                EditBitmap(words);
                break;
            case "truncate":
                volume.Truncate(RecipeWords.Size(Word(words, 1)));
                break;
            default:
                RecipeBuilders.Run(volume, Word(words, 1));
                break;
        }
    }

    private static string Word(IReadOnlyList<string> words, int index) =>
        index < words.Count ? words[index] : throw new RecipeSyntaxException($"'{words[0]}' needs {index} words behind it");

    private Span<byte> Bytes(RecipePlace place) => volume.Bytes.AsSpan((int)place.At, place.Bytes);

    private void Change(string where, Func<ulong, ulong> change)
    {
        RecipePlace place = places.Find(where);
        if (place.Bytes > 8)
        {
            throw new RecipeSyntaxException($"'{where}' has {place.Bytes} bytes: name a field, or use clear, fill or copy");
        }
        ulong value = change(places.Read(place));
        for (int at = 0; at < place.Bytes; at++, value >>= 8)
        {
            volume.Set8(place.At + at, (byte)value);
        }
        place.Settle?.Invoke();
    }

    // fill PLACE BYTE [COUNT]
    private void Fill(IReadOnlyList<string> words)
    {
        Span<byte> bytes = Bytes(places.Find(Word(words, 1)));
        byte with = (byte)places.Value(Word(words, 2));
        bytes[..(words.Count > 3 ? (int)places.Value(words[3]) : bytes.Length)].Fill(with);
    }

    private void Swap(RecipePlace one, RecipePlace other)
    {
        byte[] kept = Bytes(one).ToArray();
        Bytes(other).CopyTo(Bytes(one));
        kept.CopyTo(Bytes(other));
    }

    // record(DIRECTORY, NAME) is where; what follows: fields of a new record, or a new name.
    private void EditRecord(IReadOnlyList<string> words)
    {
        string where = Word(words, 1);
        int comma = where.IndexOf(',', StringComparison.Ordinal);
        if (!where.StartsWith("record(", StringComparison.Ordinal) || comma < 0 || !where.EndsWith(')'))
        {
            throw new RecipeSyntaxException($"'{where}' is no record(DIRECTORY, NAME)");
        }
        uint directory = places.InodeOf(where["record(".Length..comma]);
        string name = RecipeWords.Name(where[(comma + 1)..^1]);
        switch (words[0])
        {
            case "add":
                _ = volume.AddRecord(directory, name, (uint)Option(words, "inode"), (byte)Option(words, "type"));
                break;
            case "remove":
                volume.RemoveRecord(directory, name);
                break;
            default:
                volume.SetName(volume.Entry(directory, name), RecipeWords.Name(Word(words, 2)));
                break;
        }
    }

    private ulong Option(IReadOnlyList<string> words, string key)
    {
        string? word = words.FirstOrDefault(candidate => candidate.StartsWith(key + "=", StringComparison.Ordinal));
        return word is null ? 0 : places.Value(word[(key.Length + 1)..]);
    }

    // use|free blocks|inodes FIRST..LAST: in the bitmaps only.
    private void EditBitmap(IReadOnlyList<string> words)
    {
        bool isBlocks = Word(words, 1) == "blocks";
        string[] ends = Word(words, 2).Split("..");
        ulong last = places.Value(ends[^1]);
        for (ulong number = places.Value(ends[0]); number <= last; number++)
        {
            uint bit = (uint)number - (isBlocks ? volume.FirstDataBlock : 1);
            uint perGroup = isBlocks ? volume.BlocksPerGroup : volume.InodesPerGroup;
            long at = volume.At(volume.U32(volume.Descriptor(bit / perGroup, isBlocks ? 0 : 4))) + (bit % perGroup / 8);
            int mask = 1 << (int)(bit % 8);
            volume.Set8(at, (byte)(words[0] == "use" ? volume.U8(at) | mask : volume.U8(at) & ~mask));
        }
    }
}
