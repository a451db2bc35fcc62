using Ext2Union.Tests.Support;

namespace Ext2Union.Fuse.Tests.Citizen;

/// <summary>lower_marks=overlay: a former upper directory of the kernel's overlayfs as a lower shows what a mount by the kernel showed.</summary>
public sealed class OverlayMarksTests : IDisposable
{
    private const string Show = "find . ! -type d | sort | xargs -n 1 sh -c 'echo $0 $(cat $0)'; find . -type d | sort";

    private readonly MountPlace place = new();

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData(false, "trusted")]
    [InlineData(false, "user")]
    [InlineData(true, "trusted")]
    public void ItShowsWhatTheKernelShowed(bool inImage, string marks)
    {
        Need.KernelFileSystem("overlay");
        string options = marks == "user" ? ",userxattr" : "";
        string kernel = ProcessRunner.Bash($"""
            mkdir -p base/gone base/opaque base/kept tmp k; mount -t tmpfs none tmp; trap 'umount tmp' EXIT; mkdir tmp/u tmp/w
            for f in a b gone/c opaque/d opaque/e kept/f kept/g; do echo base-$f > base/$f; done
            mount -t overlay -o lowerdir=base,upperdir=tmp/u,workdir=tmp/w{options} none k
            cd k; rm a kept/f; rm -r gone opaque; mkdir opaque; echo new > opaque/d; echo changed > b; mknod real c 1 3; rm real
            {Show}
            cd ..; umount k; mkdir -p upper; cp -a tmp/u/. upper/
            find upper -type c | wc -l | grep -qx 3
            """, place.Scratch);
        string upper = place["upper"];
        if (inImage)
        {
            Need.Command("mke2fs");

            // As an Apptainer overlay image keeps it.
            ProcessRunner.Bash("truncate -s 8M image; mke2fs -qF -t ext2 image; mkdir m; mount -o loop image m; cp -a upper m/; umount m", place.Scratch);
            upper = place["image"] + "//upper";
        }

        place.MountHere("tmpfs", $"union,lower={upper}:{place["base"]},lower_marks=overlay");
        Assert.Equal(kernel, ProcessRunner.Bash(Show, place.Folder));
        Assert.Equal("", ProcessRunner.Bash($"getfattr -R -d -m 'overlay.opaque' . | grep -v '^#' || true; mkdir gone; ls gone; echo again > a; rm -r opaque", place.Folder));
        place.Unmount();

        // Without the option such a lower is shown as it is.
        place.MountHere("tmpfs", $"union,lower={upper}:{place["base"]}");
        Assert.Equal("character special file\n", ProcessRunner.Bash("stat -c %F a; ls opaque/e > /dev/null", place.Folder));
        place.Unmount();
    }

    [Fact]
    public void WhatLiesElsewhereIsAnErrorWithALine()
    {
        Need.Command("setfattr");
        ProcessRunner.Bash("""
            mkdir -p base upper/moved; echo x > upper/file; echo y > upper/plain; echo z > upper/moved/z
            setfattr -n trusted.overlay.redirect -v /elsewhere upper/moved; setfattr -n trusted.overlay.metacopy upper/file
            """, place.Scratch);
        using MountedExt2u mounted = new("tmpfs", place.Folder, $"union,lower={place["upper"]}:{place["base"]},lower_marks=overlay");
        Assert.Equal("y\n", ProcessRunner.Bash("cat plain; ! cat file 2>/dev/null; ! ls moved 2>/dev/null", place.Folder));
        Assert.Contains("file (inode", mounted.Messages);
        Assert.Contains("overlay metacopy", mounted.Messages);
        Assert.Contains("overlay redirect", mounted.Messages);
        mounted.Unmount();
    }

    [Theory]
    [InlineData("lower_marks=overlay", "option lower_marks= does not apply: it is about a union")]
    [InlineData("union,lower=/etc,lower_marks=aufs", "option lower_marks=aufs makes no sense")]
    public void ItIsForUnions(string options, string says) => Assert.Contains(says, place.Refused(1, "tmpfs", place.Folder, "-o", options));
}
