using System.Globalization;
using System.Text.RegularExpressions;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>What a recipe may name, found in a volume. fixtures/fsck/README.md lists the forms.</summary>
internal sealed partial class RecipePlaces(VolumeImage volume)
{
    private const int ExtraStart = 128;
    private const int IndexInfo = 24;
    private const int IndexEntries = 32;

    /// <summary>A number: one that is written, one that stands at a place, an inode's or a block's; +N and -N behind it.</summary>
    public ulong Value(string word)
    {
        if (RecipeWords.TryNumber(word, out ulong number))
        {
            return number;
        }
        Match sum = SumForm().Match(word);
        if (sum.Success)
        {
            return Value(sum.Groups[1].Value) + (ulong)long.Parse(sum.Groups[2].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }
        RecipePlace place = Find(word);
        return place.Number ?? Read(place);
    }

    /// <summary>The little-endian number that stands at a place.</summary>
    public ulong Read(RecipePlace place)
    {
        ulong number = 0;
        for (int at = Math.Min(place.Bytes, 8) - 1; at >= 0; at--)
        {
            number = (number << 8) | volume.U8(place.At + at);
        }
        return number;
    }

    /// <summary>An inode by number or path; "/" is the root.</summary>
    public uint InodeOf(string word) => word.StartsWith('/') ? volume.Lookup(RecipeWords.Name(word)) : (uint)Value(word);

    public RecipePlace Find(string word)
    {
        Match form = PlaceForm().Match(word);
        if (!form.Success)
        {
            throw new RecipeSyntaxException($"'{word}' is no place");
        }
        string[] arguments = [.. form.Groups["arguments"].Value.Split(',').Select(part => part.Trim())];
        uint index = form.Groups["index"].Success ? (uint)Value(form.Groups["index"].Value) : 0;
        string field = form.Groups["field"].Value;
        int item = form.Groups["item"].Success ? (int)Value(form.Groups["item"].Value) : 0;
        return form.Groups["head"].Value switch
        {
            "superblock" => Field(RecipeFields.Superblock, 1024, field, 1024),
            "backup" => Field(RecipeFields.Superblock, volume.At(GroupStart(index)), field, 1024),
            "descriptor" => Field(RecipeFields.Descriptor, volume.Descriptor(index, 0), field, 32),
            "descriptorcopy" => Field(RecipeFields.Descriptor, volume.At(GroupStart((uint)Value(arguments[0])) + 1) + (index * 32), field, 32),
            "inode" => Inode(InodeOf(arguments[0]), field),
            "pointer" => Pointer(InodeOf(arguments[0]), (int)Value(arguments[1])),
            "block" => Block(arguments, field, item),
            "blockbitmap" => Cell(volume.At(volume.U32(volume.Descriptor(index, 0))), field, item),
            "inodebitmap" => Cell(volume.At(volume.U32(volume.Descriptor(index, 4))), field, item),
            "record" => Record(arguments, field, item),
            "index" => Index(volume.At(volume.Pointer(InodeOf(arguments[0]), 0)), field, item),
            "xattr" => Attribute(arguments, field, item),
            "xattrblock" => Field(RecipeFields.AttributeBlock, volume.At(volume.U32(volume.Inode(InodeOf(arguments[0]), VolumeImage.FileAcl))), field, volume.BlockBytes),
            "copy" => Value(InodeOf(arguments[0]), "trusted.ext2u.copy", RecipeFields.Copy, 0, field),
            "lowers" => Value(2, "trusted.ext2u.lowers", RecipeFields.LowerRow, LowerRow((int)index), field),
            string head => throw new RecipeSyntaxException($"'{head}' is no place"),
        };
    }

    private static RecipePlace Field(IReadOnlyDictionary<string, RecipeField> fields, long start, string name, int whole, uint? number = null, Action? settle = null)
    {
        if (name.Length == 0)
        {
            return new RecipePlace(start, whole, number, settle);
        }
        return fields.TryGetValue(name, out RecipeField field)
            ? new RecipePlace(start + field.Offset, field.Bytes, null, settle)
            : throw new RecipeSyntaxException($"'{name}' is no field; there are {string.Join(", ", fields.Keys)}");
    }

    private RecipePlace Inode(uint inode, string field) =>
        RecipeFields.InodeExtra.ContainsKey(field) && !RecipeFields.Inode.ContainsKey(field)
            ? Field(RecipeFields.InodeExtra, volume.Inode(inode, ExtraStart), field, 0)
            : Field(RecipeFields.Inode, volume.Inode(inode, 0), field, volume.InodeBytes, inode);

    private RecipePlace Pointer(uint inode, int slot) => new(volume.Inode(inode, VolumeImage.Block + (slot * 4)), 4);

    // block(NUMBER), block(FILE, INDEX): a data block, or ind, dind, tind.
    private RecipePlace Block(string[] arguments, string field, int item)
    {
        uint block = arguments.Length == 1 ? (uint)Value(arguments[0]) : FileBlock(InodeOf(arguments[0]), arguments[1]);
        RecipePlace place = Cell(volume.At(block), field, item);
        return field.Length == 0 ? place with { Number = block } : place;
    }

    private uint FileBlock(uint inode, string which)
    {
        switch (which)
        {
            case "ind":
                return volume.Pointer(inode, 12);
            case "dind":
                return volume.Pointer(inode, 13);
            case "tind":
                return volume.Pointer(inode, 14);
            default:
                uint index = (uint)Value(which);
                uint perBlock = (uint)volume.BlockBytes / 4;
                if (index < 12)
                {
                    return volume.Pointer(inode, (int)index);
                }
                index -= 12;
                return index < perBlock
                    ? volume.U32(volume.At(volume.Pointer(inode, 12)) + (4 * index))
                    : volume.U32(volume.At(volume.U32(volume.At(volume.Pointer(inode, 13)) + (4 * ((index - perBlock) / perBlock)))) + (4 * ((index - perBlock) % perBlock)));
        }
    }

    // u8[N], u16[N], u32[N]: the N-th of that width.
    private RecipePlace Cell(long start, string field, int item)
    {
        int bytes = field switch
        {
            "" => volume.BlockBytes,
            "u8" => 1,
            "u16" => 2,
            "u32" => 4,
            _ => throw new RecipeSyntaxException($"'{field}' is no field; there are u8[N], u16[N], u32[N]"),
        };
        return new RecipePlace(start + (item * bytes), bytes);
    }

    private RecipePlace Record(string[] arguments, string field, int item)
    {
        long record = volume.Entry(InodeOf(arguments[0]), RecipeWords.Name(arguments[1]));
        return field == "Name" ? new RecipePlace(record + 8 + item, 1) : Field(RecipeFields.Record, record, field, 8);
    }

    private static RecipePlace Index(long block, string field, int item) => field switch
    {
        "Limit" => new RecipePlace(block + IndexEntries, 2),
        "Count" => new RecipePlace(block + IndexEntries + 2, 2),
        "Hash" => new RecipePlace(block + IndexEntries + (8 * item), 4),
        "Block" => new RecipePlace(block + IndexEntries + (8 * item) + 4, 4),
        _ => Field(RecipeFields.IndexRoot, block + IndexInfo, field, 8),
    };

    private RecipePlace Attribute(string[] arguments, string field, int item)
    {
        uint inode = InodeOf(arguments[0]);
        if (field is "" or "Value")
        {
            return Value(inode, arguments[1], RecipeFields.Copy, item, "") with { Bytes = 1 };
        }
        AttributePlace place = Located(inode, arguments[1]);
        return field == "Name" ? new RecipePlace(place.Entry + 16 + item, 1) : Field(RecipeFields.Attribute, place.Entry, field, 16);
    }

    private RecipePlace Value(uint inode, string name, IReadOnlyDictionary<string, RecipeField> fields, int start, string field)
    {
        AttributePlace place = Located(inode, name);
        return Field(fields, place.Start + start, field, (int)volume.U32(place.Entry + 8) - start, null, () => volume.SettleHash(place));
    }

    private AttributePlace Located(uint inode, string name)
    {
        AttributePlace place = volume.Locate(inode, name);
        return place.Entry != 0 ? place : throw new RecipeSyntaxException($"inode {inode} has no attribute {name}");
    }

    private int LowerRow(int row)
    {
        AttributePlace place = Located(2, "trusted.ext2u.lowers");
        int at = 1;
        for (; row > 0; row--)
        {
            at += 5 + volume.U8(place.Start + at + 4);
        }
        return at;
    }

    private uint GroupStart(uint group) => volume.FirstDataBlock + (group * volume.BlocksPerGroup);

    [GeneratedRegex(@"^(?<head>[a-z]+)(\((?<arguments>.*)\))?(\[(?<index>[^\]]+)\])?(\.(?<field>\w+)(\[(?<item>[^\]]+)\])?)?$")]
    private static partial Regex PlaceForm();

    [GeneratedRegex(@"^(.*[\w\])])([+-][0-9]+)$")]
    private static partial Regex SumForm();
}
