using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.Volume;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>-E clear_marks: says what a union would show differently, asks, and makes plain ext2 of a top; or changes nothing.</summary>
public sealed class ClearMarksTests
{
    private const string Question = "Remove them, and the features with them?";

    [Fact]
    public void AnOrdinaryVolumeIsLeftThatStockToolsOpen()
    {
        V volume = BaseVolumes.Groups;
        using MemoryBlockDevice device = volume.ToDevice();
        CheckResult result = Clear(device, CheckMode.Yes, Answer.Yes, out string transcript);
        Assert.Equal((ExitCode.Corrected, 0), (result.Exit, result.Left));
        Assert.Contains("deleted names that come back where a layer below has them: 2 (/gone-too, /union/gone)", transcript);
        Assert.Contains("directories that show all that layers below have under their name, deleted files too: 1 (/union/merged)", transcript);
        Assert.Contains("fallthrus that go, their names being found below as before: 2 (/a/b/deep, /union/below)", transcript);
        Assert.Contains($"All 5 marks of the volume are to go.  {Question} yes", transcript);
        Assert.DoesNotContain("union: ", transcript);
        AssertPlain(V.Of(device), 0x820);
        Assert.Equal(ExitCode.Clean, Judge.Check(device, CheckMode.No, out _).Exit);
        result = Clear(device, CheckMode.Yes, Answer.Yes, out transcript);
        Assert.Equal(ExitCode.Clean, result.Exit);
        Assert.Contains("there are no marks to remove", transcript);
    }

    [Theory]
    [InlineData(CheckMode.No)]
    [InlineData(CheckMode.Ask)]
    public void WithoutAYesNothingGoes(CheckMode mode)
    {
        V volume = BaseVolumes.Groups;
        using MemoryBlockDevice device = volume.ToDevice();
        CheckResult result = Clear(device, mode, Answer.No, out string transcript);
        Assert.Equal((ExitCode.Clean, 0), (result.Exit, result.Left));
        Assert.Contains(Question, transcript);
        Assert.Equal(MarksOf(volume), MarksOf(V.Of(device)));
        Assert.Equal(mode == CheckMode.No, V.Of(device).Bytes.AsSpan().SequenceEqual(volume.Bytes));
    }

    [Fact]
    public void WhatLiesBelowIsNotGivenUp()
    {
        V volume = BaseVolumes.Copies;
        using MemoryBlockDevice device = volume.ToDevice();
        CheckResult result = Clear(device, CheckMode.Yes, Answer.Yes, out string transcript);
        Assert.Equal(ExitCode.Operational, result.Exit);
        Assert.Contains("The marks cannot be removed: files take data from a layer below: 4 (", transcript);
        Assert.Equal(MarksOf(volume), MarksOf(V.Of(device)));
    }

    [Fact]
    public void AMovedDirectoryKeepsItsContent()
    {
        using MemoryBlockDevice device = Made(root =>
        {
            LayerDirectory moved = MakeDirectory(root, "moved");
            Assert.Equal(Errno.None, moved.SetOrigin(OriginKind.Redirect, "old/place"u8));
            moved.Release();
        });
        CheckResult result = Clear(device, CheckMode.Yes, Answer.Yes, out string transcript);
        Assert.Equal(ExitCode.Operational, result.Exit);
        Assert.Contains("The marks cannot be removed: moved directories have their content below under another name: 1 (/moved).", transcript);
        Assert.Equal(["opaque /moved", "redirect /moved\tfrom /old/place"], MarksOf(V.Of(device)));
    }

    [Fact]
    public void LinkedCopiesLoseTheirIndexAndNoContent()
    {
        using MemoryBlockDevice device = Made(root =>
        {
            var volume = (Ext2Volume)root.FileSystem;
            Assert.Equal(Errno.None, volume.StoreLowers([new RememberedLower(1, new LayerIdentity(LayerKind.Ext2, new byte[16], ""), true)]));
            PutCopy(root, 50, "named");
            PutCopy(root, 51, null);
            MakeDirectory(root, "new").Release();
        });
        CheckResult result = Clear(device, CheckMode.Yes, Answer.Yes, out string transcript);
        Assert.Equal((ExitCode.Corrected, 0), (result.Exit, result.Left));
        Assert.Contains("hard-linked files that fall apart", transcript);
        V cleared = V.Of(device);
        AssertPlain(cleared, 0x820);
        Assert.DoesNotContain(MarksOf(cleared), line => !line.StartsWith("lower", StringComparison.Ordinal));
        Assert.False(cleared.Has(2, CopiedTree.Index));
        Assert.Equal(1u, cleared.U16(cleared.Inode(cleared.Lookup("named"), V.Links)));
        using var scratch = new ScratchDirectory("fsck-clear");
        cleared.Save(scratch["cleared.img"]);
        string found = ProcessRunner.Bash($"/sbin/debugfs -R 'ls -p /lost+found' '{scratch["cleared.img"]}' 2>/dev/null | grep -c '/#'");
        Assert.Equal("1", found.Trim());
        Assert.Equal(ExitCode.Clean, Judge.Check(device, CheckMode.No, out _).Exit);
    }

    [Fact]
    public void AnInterruptedRemovalIsFinishedByTheNext()
    {
        V volume = BaseVolumes.Groups;
        using MemoryBlockDevice start = volume.ToDevice();
        using var recording = new RecordingBlockDevice(start.Clone());
        _ = Clear(recording, CheckMode.Yes, Answer.Yes, out _);
        for (int writes = 0; writes <= recording.Count; writes++)
        {
            using MemoryBlockDevice left = start.Clone();
            Assert.Equal(Errno.None, recording.ReplayPrefix(left, writes));
            bool hasMarks = MarksOf(V.Of(left)).Length != 0;
            bool hasFeature = (V.Of(left).U32(V.Super(96)) & 0x20) != 0;
            Assert.True(hasFeature || !hasMarks, $"after {writes} writes: marks without their feature");
            Assert.Equal(ExitCode.Clean, Clear(left, CheckMode.Yes, Answer.Yes, out string transcript).Exit & ~ExitCode.Corrected);
            Assert.Null(Judge.E2fsckSays(V.Of(left)));
            Assert.True((V.Of(left).U32(V.Super(96)) & 0x820) == 0, transcript);
        }
    }

    private static CheckResult Clear(BlockDevice device, CheckMode mode, Answer answer, out string transcript)
    {
        var terminal = new Terminal(answer);
        var options = new CheckOptions { Mode = mode, ClearMarks = true, Verbose = false, Name = "test.img" };
        CheckResult result = Checker.Run(device, options, terminal);
        transcript = terminal.Text.ToString();
        return result;
    }

    // The stock tools refuse a volume that still has a bit; the backups are asked too.
    private static void AssertPlain(V volume, uint bits)
    {
        Assert.Equal(0u, volume.U32(V.Super(96)) & bits);
        using var scratch = new ScratchDirectory("fsck-plain");
        string image = scratch["plain.img"];
        volume.Save(image);
        ProcessResult result = ProcessRunner.Run("/sbin/e2fsck", "-fn", image);
        Assert.True(result.ExitCode == 0, result.Output);
        string features = ProcessRunner.Bash($"/sbin/dumpe2fs -o superblock=8193 -o blocksize=1024 -h '{image}' 2>/dev/null | grep features");
        Assert.DoesNotContain("FEATURE_I", features);
    }

    private static string[] MarksOf(V volume)
    {
        using MemoryBlockDevice device = volume.ToDevice();
        var lines = new List<string>();
        Assert.Equal(ExitCode.Clean, MarkList.Print(device, "test.img", lines.Add, Assert.Fail));
        return [.. lines];
    }

    private static MemoryBlockDevice Made(Action<LayerDirectory> make)
    {
        var device = new MemoryBlockDevice(12 << 20);
        Assert.Null(Formatter.Format(device, new FormatOptions { BlockBytes = 1024 }));
        Assert.True(Ext2Volume.TryMount(device, new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal), refusal);
        make((LayerDirectory)volume.Root);
        Assert.Equal(Errno.None, volume.Unmount());
        return device;
    }

    private static LayerDirectory MakeDirectory(LayerDirectory root, string name)
    {
        var what = new NewInode { Mode = ModeBits.Of(InodeKind.Directory, 0x1ED), Opaque = true };
        Assert.True(root.Create(Encoding.ASCII.GetBytes(name), what).TryGet(out Inode made, out Errno error), $"{error}");
        return (LayerDirectory)made;
    }

    private static void PutCopy(LayerDirectory root, ulong source, string? name)
    {
        Assert.True(root.CreateDetached(new NewInode { Mode = ModeBits.Of(InodeKind.File, 0x1A4) }).TryGet(out Inode made, out Errno error), $"{error}");
        Assert.Equal(Errno.None, ((FileInode)made).Write(0, "content"u8, out _));
        Assert.Equal(Errno.None, made.SetCopySource(new CopySource { Layer = 1, Inode = source, IsIndexed = true, LowerNames = 1 }, []));
        Assert.Equal(Errno.None, ((Ext2Volume)root.FileSystem).Index!.Put(1, source, made));
        if (name is not null)
        {
            Assert.Equal(Errno.None, root.Install(Encoding.ASCII.GetBytes(name), made));
        }
        made.Release();
    }

    private sealed class Terminal(Answer answer) : Interaction
    {
        public StringBuilder Text { get; } = new();

        public override void Line(string text) => Text.AppendLine(text);

        public override Answer Ask(string text)
        {
            Text.AppendLine(text);
            return answer;
        }
    }
}
