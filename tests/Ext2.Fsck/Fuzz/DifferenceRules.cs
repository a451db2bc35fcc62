namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>The differences from e2fsck that are right, each with its reason. What is not listed is a failure.</summary>
internal static class DifferenceRules
{
    // Times and states of the superblock change with every check.
    private const int SuperblockEnd = 2048;

    private static readonly DifferenceRule[] All =
    [
        new(
            "Features that are not ext2's are named and left alone; e2fsck may take them for its own, or for damage.",
            (fuzz, failure) => failure.Kind.Contains("ave up SB004", StringComparison.Ordinal)
                || (fuzz.Looked is { GaveUp: true } && fuzz.Looked.Codes.Contains("SB004", StringComparison.Ordinal))),
        new(
            "A block number of a file that was damaged so that it names another's block leads to a copy; what that block held when it was copied differs.",
            (fuzz, failure) => failure.Kind.Contains("content (other bytes, theirs other)", StringComparison.Ordinal)
                && fuzz.Repaired is { } run && run.Result.Raised.Any(code => code[0] == 'B' || code.StartsWith("I02", StringComparison.Ordinal))),
        new(
            "Where a descriptor's inode table number is a little off, or the revision is, we find the inodes, and e2fsck reads other bytes as inodes.",
            (fuzz, failure) => fuzz.Repaired is { } run && run.Result.Raised.Any(code => code is "SB024" or "SB026") && failure.Kind.Contains("lost ", StringComparison.Ordinal)
                && !failure.Kind.Contains("lost whole", StringComparison.Ordinal) && !failure.Kind.Contains("lost name", StringComparison.Ordinal)),
        new(
            "Flags of features that the volume lacks, and that mean nothing without them, are cleared; e2fsck passes over them.",
            (fuzz, failure) => fuzz.Repaired is { } run && run.Result.Raised.Contains("I038") && failure.Kind.Contains("lost flags", StringComparison.Ordinal)),
        new(
            "Who repaired something exits with 1; e2fsck exits with 0 behind some of its repairs: files that were deleted while open, single pointers.",
            (fuzz, failure) => failure.Kind.StartsWith("-y: exit 1, e2fsck 0", StringComparison.Ordinal)
                && (fuzz.Theirs.Text.Contains("MODIFIED", StringComparison.Ordinal)
                    || !fuzz.TheirResult!.Bytes.AsSpan(SuperblockEnd).SequenceEqual(fuzz.Damaged.Bytes.AsSpan(SuperblockEnd)))),
        new(
            "Attributes with a wrong hash are kept; e2fsck -p removes them and with them the question of how many inodes share the block.",
            (fuzz, failure) => failure.Kind.StartsWith("-p: ours stops at I017", StringComparison.Ordinal) && fuzz.Preened!.Result.Raised.Contains("I040")),
        new(
            "A journal on another device, named by a volume without journals, is said and cleared, and weighs nothing; e2fsck looks for the device and ends.",
            (fuzz, failure) => failure.Kind.StartsWith("-n: ours finds nothing, e2fsck says Can't find external journal", StringComparison.Ordinal)
                && fuzz.Looked!.Result.Raised.Contains("SB029")),
        new(
            "A group marked as not initialised on a volume without that feature is read as it is; e2fsck -n goes by the mark and misses the files of the group.",
            (fuzz, failure) => failure.Kind.StartsWith("-n: ours finds nothing, e2fsck says Group descriptor N marked uninitialized", StringComparison.Ordinal)
                && fuzz.Looked!.Result.Raised.Contains("SB020")),
        new(
            "A volume with features that says that it is of revision 0 is read as one of revision 1; e2fsck -n goes on with inodes of 128 bytes and misreads them.",
            (fuzz, failure) => failure.Kind.StartsWith("-n: ours finds nothing", StringComparison.Ordinal) && fuzz.Looked!.Result.Raised.Contains("SB026")),
        new(
            "-p asks before attributes go whose value lies where none can; e2fsck sees a wrong hash only, and -p removes all attributes of the inode.",
            (_, failure) => failure.Kind.StartsWith("-p: ours stops at I016, e2fsck repairs: test.img: Extended attribute in inode N has a hash (N) which is invalid", StringComparison.Ordinal)),
        new(
            "Attributes with a wrong hash are kept with their block; e2fsck -p removes them, and what else claimed the block has it alone.",
            (fuzz, failure) => failure.Kind.StartsWith("-p: ours stops at B001, e2fsck repairs: test.img: Extended attribute in inode N has a hash (N) which is invalid", StringComparison.Ordinal)
                && fuzz.Preened!.Result.Raised.Contains("I040")),
        new(
            "A value that does not begin where values do goes; e2fsck takes the bytes that lie there where their hash happens to be the stored one.",
            (fuzz, failure) => fuzz.Repaired!.Said.ToString().Contains("(a value outside its region)", StringComparison.Ordinal)
                && !fuzz.Theirs.Text.Contains("xtended attribute", StringComparison.Ordinal)
                && (failure.Kind.StartsWith("-p: ours stops at I016", StringComparison.Ordinal)
                    || (failure.Kind.Contains("lost attribute", StringComparison.Ordinal) && !IsOriginal(failure.Text)))),
        new(
            "Flags that only unions know are cleared where they mean nothing; e2fsck passes over them.",
            (fuzz, failure) => (failure.Kind.StartsWith("-n: e2fsck finds nothing", StringComparison.Ordinal) && FindsAlone(fuzz.Looked!, "U011"))
                || (failure.Kind.StartsWith("-y: exit 1, e2fsck 0", StringComparison.Ordinal) && FindsAlone(fuzz.Looked!, "U011"))),
        new(
            "An index whose nodes have hashes outside their bounds hides names; e2fsck looks at the bounds of leaves only.",
            (fuzz, failure) => fuzz.Looked!.Said.ToString().Contains("(hashes outside their node)", StringComparison.Ordinal)
                && ((failure.Kind.StartsWith("-n: e2fsck finds nothing", StringComparison.Ordinal) && FindsAlone(fuzz.Looked!, "D017"))
                    || (failure.Kind.StartsWith("-y: exit 1, e2fsck 0", StringComparison.Ordinal) && FindsAlone(fuzz.Looked!, "D017")))),
        new(
            "An attribute inside an inode that has a namespace or a place, but no name, is removed; e2fsck passes over it.",
            (fuzz, failure) => (failure.Kind.StartsWith("-n: e2fsck finds nothing", StringComparison.Ordinal) || failure.Kind.StartsWith("-y: exit 1, e2fsck 0", StringComparison.Ordinal))
                && FindsAlone(fuzz.Looked!, "I014") && fuzz.Looked!.Said.ToString().Split('\n')
                    .All(line => !line.StartsWith("The attributes inside inode", StringComparison.Ordinal) || line.Contains("(an attribute without a name)", StringComparison.Ordinal))),
        new(
            "An inode that nothing uses loses its flag of extents; e2fsck passes over it but where most of the inodes around are garbage too.",
            (fuzz, failure) => (failure.Kind.StartsWith("-n: e2fsck finds nothing", StringComparison.Ordinal) || failure.Kind.StartsWith("-y: exit 1, e2fsck 0", StringComparison.Ordinal))
                && FindsAlone(fuzz.Looked!, "I036")),
        new(
            "A name whose hash is where the next leaf begins no lookup finds; e2fsck takes it for the last of its leaf.",
            (fuzz, failure) => fuzz.Looked!.Said.ToString().Contains("(a name at the end of its leaf)", StringComparison.Ordinal)
                && (failure.Kind.StartsWith("-p: ours stops at D022, e2fsck repairs", StringComparison.Ordinal)
                    || (failure.Kind.StartsWith("-n: e2fsck finds nothing", StringComparison.Ordinal) && FindsAlone(fuzz.Looked!, "D022"))
                    || (failure.Kind.StartsWith("-y: exit 1, e2fsck 0", StringComparison.Ordinal) && FindsAlone(fuzz.Looked!, "D022")))),
        new(
            "-p does not place bitmaps; e2fsck takes the number 0 for one that is to be placed, where block 0 belongs to a group.",
            (fuzz, failure) => failure.Kind.StartsWith("-p: ours stops at SB01", StringComparison.Ordinal)
                && failure.Kind.Contains(" bitmap to N...", StringComparison.Ordinal) && HasBitmapAtZero(fuzz.Damaged)),
    ];

    // The only row raised that weighs anything.
    private static bool FindsAlone(OwnRun run, string code) =>
        run.Result.Raised.All(raised => raised == code || ProblemTable.All.Single(row => row.Code == raised).Weight == ExitWeight.None);

    // bg_block_bitmap or bg_inode_bitmap of the first group.
    private static bool HasBitmapAtZero(VolumeImage damaged) =>
        damaged.FirstDataBlock == 0 && (damaged.U32(damaged.Descriptor(0, 0)) == 0 || damaged.U32(damaged.Descriptor(0, 4)) == 0);

    // Of an attribute: what e2fsck has is what was there before the damage.
    private static bool IsOriginal(string text)
    {
        string[] parts = text.Split(["was ", ", theirs ", ", ours "], StringSplitOptions.None);
        return parts[1] == parts[2];
    }

    public static bool Excuses(FuzzCase fuzz, FuzzFailure failure) => All.Any(rule => rule.Matches(fuzz, failure));
}
