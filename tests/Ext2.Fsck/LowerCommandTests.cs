using System.Buffers.Binary;
using Ext2Union.Tests.Support;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>--lower on the command line: how layers are spelt, which are refused, and that none of them is written.</summary>
public sealed class LowerCommandTests : IDisposable
{
    private readonly ScratchDirectory scratch = new("fsck-lower-command");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("base.img", "base.img")]
    [InlineData("other.img:base.img", "base.img")]
    [InlineData("with\\:colon.img:other.img", "with:colon.img")]
    public void LayersAreSpeltAsForAMount(string list, string file)
    {
        LowerVolume.Sound.Save(scratch[file]);
        LowerVolume.Other.Save(scratch["other.img"]);
        BaseVolumes.Copies.Save(scratch["top.img"]);
        byte[] before = File.ReadAllBytes(scratch[file]);
        ProcessResult result = Run($"--lower={list} -y top.img");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(scratch[file])), "the lower was written");
    }

    [Theory]
    [InlineData("--lower= -n top.img", 8, "--lower names an empty layer; layers are separated by single colons (a colon in a name is written \\:)")]
    [InlineData("--lower=missing.img -n top.img", 8, "lower missing.img does not exist; name an image, a device or a directory (a colon in a name is written \\:)")]
    [InlineData("--lower=top.img -n top.img", 8, "lower top.img is the volume under check; name the layers below it")]
    [InlineData("--lower=base.img//nowhere -n top.img", 8, "lower base.img holds no directory nowhere; look what it holds with: mount.ext2u -r base.img DIR")]
    [InlineData("--lower=noise -n top.img", 8, "lower noise cannot be read (No sound superblock was found")]
    [InlineData("--lower -n top.img", 16, "--lower needs its layers behind it: --lower=LAYER[:LAYER...]")]
    [InlineData("--lower=base.img --list-marks top.img", 16, "--lower does not go with --list-marks, which reads the image alone; leave one of them out")]
    public void WhatCannotBeIsOneSentence(string arguments, int exit, string sentence)
    {
        LowerVolume.Sound.Save(scratch["base.img"]);
        BaseVolumes.Copies.Save(scratch["top.img"]);
        File.WriteAllBytes(scratch["noise"], new byte[1 << 20]);
        ProcessResult result = Run(arguments);
        Assert.Equal(exit, result.ExitCode);
        Assert.StartsWith("fsck.ext2u: " + sentence, result.Error);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void ADirectoryOfTheHostIsALayer()
    {
        string tree = scratch.Folder("tree");
        ProcessRunner.Bash("mkdir -p union a/b; touch gone-too union/gone union/below", tree);
        V top = BaseVolumes.Groups;
        top.Save(scratch["top.img"]);
        ProcessResult result = Run("--lower=tree -n top.img");
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("The fallthru /a/b/deep leads to nothing.  Remove it? no", result.Output);
        Assert.DoesNotContain("hides nothing", result.Output);
        File.WriteAllText(Path.Combine(tree, "a/b/deep"), "");
        Assert.Equal(0, Run("--lower=tree -n top.img").ExitCode);
        Directory.Delete(Path.Combine(tree, "union"), true);
        result = Run("--lower=tree -y top.img");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The whiteout /union/gone hides nothing.  Remove it? yes", result.Output);
        Assert.Equal(0, Run("--lower=tree -fn top.img").ExitCode);
    }

    [Fact]
    public void AFileOfTheHostIsFoundByThePathThatWasNoted()
    {
        string tree = scratch.Folder("tree");
        ProcessRunner.Bash("mkdir dir; head -c 50000 /dev/zero > dir/file", tree);
        V top = BaseVolumes.Copies;
        // A record of 60 bytes has no room for the path that a host needs: the source cannot be found without.
        top.EditAttribute(2, "ext2u.lowers", value =>
        {
            BinaryPrimitives.WriteUInt16LittleEndian(value[1..], 9);
            BinaryPrimitives.WriteUInt16LittleEndian(value[22..], 1);
            value[4] = 0;
        });
        top.Save(scratch["top.img"]);
        ProcessResult result = Run("--lower=tree -n top.img");
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("/copies/owed needs directory of the host with inode number 4711, which is not among the lowers.", result.Output);
    }

    private ProcessResult Run(string arguments) =>
        ProcessRunner.Run("/bin/sh", "-c", $"cd '{scratch[""]}' && exec '{Repository.Tool("fsck.ext2u")}' {arguments.Replace("\\", "\\\\", StringComparison.Ordinal)}");
}
