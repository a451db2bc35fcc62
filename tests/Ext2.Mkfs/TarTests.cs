using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs.Archives;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Mkfs.Tests;

/// <summary>A tar becomes the tree that it was made of, whoever wrote it; and one that means harm becomes one sentence.</summary>
public sealed class TarTests
{
    private const TreeOptions Everything = TreeOptions.WithoutLostAndFound | TreeOptions.LinkCounts | TreeOptions.Times | TreeOptions.DirectoryTimes | TreeOptions.HardLinks;

    [Fact]
    public void AnArchiveOfGnuTarIsTheTreeItWasMadeOf()
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("tar");
        TreeRecipe.Everything(scratch.Folder("tree"));
        ManyHoles(scratch["tree/many-holes"]);
        TreeSnapshot tree = TreeSnapshot.Of(scratch["tree"], Everything);
        foreach (string version in new[] { "1.0", "0.1", "0.0" })
        {
            _ = ProcessRunner.Bash(
                $"tar -cf tree.tar --posix --sparse --sparse-version={version} --numeric-owner --acls --xattrs --xattrs-include='*' -C tree .", scratch.FullPath);
            AssertMakes(scratch, tree, version);
        }
    }

    [Fact]
    public void WhatAFormatCannotHoldIsAsGnuTarUnpacksIt()
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("tar");
        TreeRecipe.Everything(scratch.Folder("tree"));
        ManyHoles(scratch["tree/many-holes"]);
        foreach (string options in new[] { "--format=gnu --sparse", "--format=oldgnu --sparse", "--format=ustar --exclude=n*n --exclude=many-holes --exclude=slow-link" })
        {
            _ = ProcessRunner.Bash($"tar -cf tree.tar {options} --numeric-owner -C tree .; rm -rf judge; mkdir judge; tar -xpf tree.tar --numeric-owner -C judge", scratch.FullPath);
            AssertMakes(scratch, TreeSnapshot.Of(scratch["judge"], Everything), options);
        }
    }

    [Theory]
    [InlineData("PAX")]
    [InlineData("GNU")]
    [InlineData("USTAR")]
    public void AnArchiveOfPythonIsWhatItSays(string format)
    {
        Need.LoopDevices();
        Need.Command("python3");
        using var scratch = new ScratchDirectory("tar");
        Python(scratch, $$"""
            with tarfile.open('tree.tar', 'w', format=tarfile.{{format}}_FORMAT) as tar:
                add(tar, 'some/where/file', b'content', mode=0o4640, uid=1234, gid=70000, mtime=1234567890)
                add(tar, 'replaced', b'first'); add(tar, 'replaced', b'second')
                add(tar, 'becomes-link', b''); add(tar, 'becomes-link', type=tarfile.SYMTYPE, linkname='some')
                add(tar, 'becomes-directory', b''); add(tar, 'becomes-directory/', type=tarfile.DIRTYPE, mode=0o1777, mtime=5)
                add(tar, './some/', type=tarfile.DIRTYPE, mode=0, uid=9, mtime=1000000000)
                add(tar, 'char', type=tarfile.CHRTYPE, devmajor=4000, devminor=1048575); add(tar, 'fifo', type=tarfile.FIFOTYPE)
                add(tar, 'hard', type=tarfile.LNKTYPE, linkname='./some/where/file'); add(tar, 'hard', type=tarfile.LNKTYPE, linkname='hard')
                add(tar, 'd' * 90 + '/' + 'e' * 90, b'long name')
                if '{{format}}' == 'PAX':
                    add(tar, 'pax', b'x', pax_headers={'SCHILY.xattr.user.a': 'value\nof two lines', 'mtime': '-1.25', 'atime': '4.5', 'uid': '4000000000'})
                    add(tar, 'both', b'x', pax_headers={'SCHILY.acl.access': 'user::rwx,user:root:r-x:77,group::r--,mask::r-x,other::---', 'LIBARCHIVE.xattr.user.%2e': 'AAEC'})
            """);
        Make(scratch);
        using var mount = new LoopMount(scratch["image"], scratch["mnt"], "ext4");
        string shown = ProcessRunner.Bash("stat -c '%n %A %u %g %s %Y %h %t:%T' some some/where/file replaced becomes-* char fifo hard d*/*; readlink becomes-link; cat replaced d*/*", mount.FullPath);
        Assert.Equal(
            $"""
            some d--------- 9 0 1024 1000000000 3 0:0
            some/where/file -rwSr----- 1234 70000 7 1234567890 2 0:0
            replaced -rw-r--r-- 0 0 6 0 1 0:0
            becomes-directory drwxrwxrwt 0 0 1024 5 2 0:0
            becomes-link lrwxrwxrwx 0 0 4 0 1 0:0
            char crw-r--r-- 0 0 0 0 1 fa0:fffff
            fifo prw-r--r-- 0 0 0 0 1 0:0
            hard -rwSr----- 1234 70000 7 1234567890 2 0:0
            {new string('d', 90)}/{new string('e', 90)} -rw-r--r-- 0 0 9 0 1 0:0
            some
            secondlong name
            """,
            shown);
        if (format == "PAX")
        {
            Assert.Equal(
                "4000000000 1969-12-31 23:59:58.750000000 +0000 1970-01-01 00:00:04.500000000 +0000\nuser.a=\"value\\012of two lines\"\nuser.\\056=0sAAEC\n",
                ProcessRunner.Bash("TZ=UTC stat -c '%u %y %x' pax; getfattr -d pax both | grep -av '^#\\|^$' | sed 's/user\\.\\./user.\\\\056/'", mount.FullPath));
            Assert.Contains("user:77:r-x", ProcessRunner.Check("/usr/bin/getfacl", "-cn", $"{mount.FullPath}/both"), StringComparison.Ordinal);
        }
    }

    private static readonly (string Script, string Sentence)[] Hostile =
    [
        ("add(tar, '../../etc/passwd', b'x')", "tree.tar: the entry ../../etc/passwd can't be taken: its name leads through .. and could leave the tree"),
        ("add(tar, 'a/../../b', b'x')", "tree.tar: the entry a/../../b can't be taken: its name leads through .. and could leave the tree"),
        ("add(tar, '/etc/passwd', b'x')", "tree.tar: the entry /etc/passwd can't be taken: its name begins with / and would lie outside the tree; make the archive with names relative to the tree (tar -C DIR .)"),
        ("add(tar, 'a', type=tarfile.SYMTYPE, linkname='/etc'); add(tar, 'a/passwd', b'x')", "a/passwd: its name leads through a, which is a symbolic link"),
        ("add(tar, 'a', type=tarfile.SYMTYPE, linkname='a'); add(tar, 'a/b/c', b'x')", "a/b/c: its name leads through a, which is a symbolic link"),
        ("add(tar, 'a', b'x'); add(tar, 'a/b', b'x')", "a/b: its name leads through a, which is no directory"),
        ("add(tar, 'd/e', b'x'); add(tar, 'd', b'x')", "d: it would replace a directory that is not empty"),
        ("add(tar, 'a', type=tarfile.LNKTYPE, linkname='b')", "a: it is a link to b, which is not in the archive before it"),
        ("add(tar, 'a', type=tarfile.LNKTYPE, linkname='../b')", "tree.tar: the entry a can't be taken: it is a link, and of what it leads to its name leads through .. and could leave the tree"),
        ("add(tar, 'd', type=tarfile.DIRTYPE); add(tar, 'a', type=tarfile.LNKTYPE, linkname='d')", "a: it is a link to d, which is a directory"),
        ("add(tar, 'a', type=tarfile.SYMTYPE, linkname='')", "tree.tar: the entry a can't be taken: its target has 0 bytes and is none a symbolic link can have"),
        ("add(tar, 'n' * 256, b'x')", $"tree.tar: the entry {new string('n', 200)}... can't be taken: a part of its name has 256 bytes; 255 are the most"),
        ("add(tar, 'big', size=1 << 60)", "big: it has 1152921504606846976 bytes; a file of this volume has at most 17247252480"),
        ("add(tar, 'late', size=50000)", "tree.tar: the entry late can't be taken: it is cut short: the archive ends within its data"),
        ("add(tar, 'full', b'x' * (3 << 20))", "full: writing it failed: No space left on device"),
        ("add(tar, 'a', type=b'M')", "tree.tar: the entry a can't be taken: it goes on from another volume of the archive; join the volumes first"),
        ("add(tar, 'a', type=b'Q')", "tree.tar: the entry a can't be taken: it is of the kind 'Q', which no volume can hold"),
        ("add(tar, 'a', uid=-1)", "tree.tar: the entry a can't be taken: its owner -1:0 is not in 0..4294967295"),
        ("add(tar, 'c', type=tarfile.CHRTYPE, devmajor=4096)", "tree.tar: the entry c can't be taken: its device number 4096:0 is not in 0..4095:0..1048575"),
        ("add(tar, 'a', b'x', pax_headers={'mtime': 'soon'})", "tree.tar: the entry a can't be taken: the record mtime of its extended header makes no sense"),
        ("add(tar, 'a', b'xxxx', pax_headers={'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '9'})", "tree.tar: the entry a can't be taken: its map of holes makes no sense"),
        ("add(tar, 'a', b'xxxx', pax_headers={'GNU.sparse.map': '8,2,4,2', 'GNU.sparse.size': '10'})", "tree.tar: the entry a can't be taken: the record GNU.sparse.map of its extended header makes no sense"),
        ("add(tar, 'a', b'xxxx', pax_headers={'GNU.sparse.map': '0,2,8,4', 'GNU.sparse.size': '10'})", "tree.tar: the entry a can't be taken: its map of holes makes no sense"),
        ("add(tar, 'a', b'x', pax_headers={'SCHILY.acl.access': 'user::rwx,user:nobody-knows-me:r--,group::r--,mask::r--,other::---'})", "tree.tar: the entry a can't be taken: its access control list has the entry 'user:nobody-knows-me:r--', which names nobody this machine knows; make the archive with numbers (tar --numeric-owner)"),
        ("add(tar, 'a', b'x', pax_headers={'SCHILY.acl.access': 'user::rwx'})", "tree.tar: the entry a can't be taken: its access control list lacks an entry or has one twice"),
        ("add(tar, 'a\\x1b[2J', b'x', uid=1 << 40)", "tree.tar: the entry a\\x1b[2J can't be taken: its owner 1099511627776:0 is not in 0..4294967295"),
        ("add(tar, 'a', b'x'); tar.fileobj.flush(); cut = True", "tree.tar is cut short: the mark of its end is missing (behind a)"),
        ("add(tar, 'a', b'x' * 600); tar.fileobj.seek(1500); tar.fileobj.write(b'garbage' * 100); tar.fileobj.seek(0, 2)", "tree.tar is damaged at byte 1536: no header of an entry is there (behind a)"),
    ];

    [Fact]
    public void AHostileArchiveIsOneSentence()
    {
        Need.Command("python3");
        using var scratch = new ScratchDirectory("tar");
        IEnumerable<string> archives = Hostile.Select((archive, index) => $"""
            tar = tarfile.open('{index}.tar', 'w', format=tarfile.PAX_FORMAT); cut = False
            {archive.Script}
            tar.fileobj.close() if cut else tar.close()
            """);
        _ = Python(scratch, string.Join('\n', archives));
        for (int index = 0; index < Hostile.Length; index++)
        {
            FormatFault? fault = Fill(new MemoryBlockDevice(2 << 20), scratch[$"{index}.tar"]);
            Assert.Equal(Hostile[index].Sentence, fault?.Message.Replace(scratch[$"{index}.tar"], "tree.tar", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("gzip", "is compressed with gzip; unpack it on the way: gzip -dc < {0} | mkfs.ext2u -d - IMAGE SIZE")]
    [InlineData("xz", "is compressed with xz; unpack it on the way: xz -dc < {0} | mkfs.ext2u -d - IMAGE SIZE")]
    [InlineData("bzip2", "is compressed with bzip2; unpack it on the way: bzip2 -dc < {0} | mkfs.ext2u -d - IMAGE SIZE")]
    [InlineData("tr a-z b-za", "is neither a directory nor a tar")]
    [InlineData("true", "is empty")]
    public void WhatIsNoTarIsNamed(string filter, string sentence)
    {
        Need.Command(filter.Split(' ')[0]);
        using var scratch = new ScratchDirectory("tar");
        _ = ProcessRunner.Bash($"tar -c --posix /etc/hostname 2>/dev/null | {filter} > tree.tar || true", scratch.FullPath);
        FormatFault? fault = Fill(new MemoryBlockDevice(2 << 20), scratch["tree.tar"]);
        Assert.Equal($"{scratch["tree.tar"]} {string.Format(null, sentence, scratch["tree.tar"])}", fault?.Message);
    }

    [Fact]
    public void AnArchiveIsNeverHeldInMemory()
    {
        Need.Command("python3");
        using var scratch = ScratchDirectory.InMemory("tar");
        string result = Python(scratch, $$"""
            import resource, subprocess
            tool = subprocess.Popen(['{{Repository.Tool("mkfs.ext2u")}}', '-qF', '-d', '-', 'image', '700m'], stdin=subprocess.PIPE)
            with tarfile.open(fileobj=tool.stdin, mode='w|', format=tarfile.GNU_FORMAT) as tar:
                info = tarfile.TarInfo('large'); info.size = 500 << 20
                tar.addfile(info, open('/dev/zero', 'rb'))
            tool.stdin.close()
            print(tool.wait(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10)
            """);
        int[] numbers = [.. result.Split(' ').Select(int.Parse)];
        Assert.Equal(0, numbers[0]);
        Assert.InRange(numbers[1], 1, 200);
    }

    private static void AssertMakes(ScratchDirectory scratch, TreeSnapshot expected, string what)
    {
        Make(scratch);
        using var mount = new LoopMount(scratch["image"], scratch["mnt"], "ext4");
        TreeSnapshot.AssertSame(expected, TreeSnapshot.Of(mount.FullPath, Everything), what);
        string holes = $"{mount.FullPath}/many-holes";
        Assert.True(!File.Exists(holes) || long.Parse(ProcessRunner.Check("/usr/bin/stat", "-c", "%b", holes)) * 512 < 300 << 12, what);
    }

    // 150 ranges: more than a header of the old GNU format holds, and more than one block of the newer one.
    private static void ManyHoles(string path)
    {
        using FileStream file = File.Create(path);
        for (int index = 0; index < 150; index++)
        {
            file.Position = index * 40_960L;
            file.Write(Encoding.ASCII.GetBytes(new string((char)('a' + (index % 26)), 4096)));
        }

        file.SetLength(8 << 20);
    }

    private static void Make(ScratchDirectory scratch)
    {
        File.Delete(scratch["image"]);
        Assert.True(FileBlockDevice.TryCreate(scratch["image"], 64 << 20, out FileBlockDevice? device, out OpenRefusal? refusal), refusal?.Message);
        using (device)
        {
            FormatFault? fault = Fill(device, scratch["tree.tar"]);
            Assert.True(fault is null, fault?.Message);
        }

        E2fsck.AssertClean(scratch["image"]);
    }

    private static FormatFault? Fill(BlockDevice device, string archive)
    {
        Assert.True(TarInput.TryOpen(archive, out TarInput? input, out string? refusal), refusal);
        using (input)
        {
            Assert.True(FormatPlan.TryCreate(new FormatOptions { BlockBytes = 1024 }, device.Length, out FormatPlan? plan, out FormatFault? fault), fault?.Message);
            return Formatter.Format(device, plan, volume => VolumePopulation.Run(volume, new TarReader(input), new PopulateOptions()), null);
        }
    }

    private static string Python(ScratchDirectory scratch, string script)
    {
        File.WriteAllText(scratch["make.py"], $$"""
            import io, os, tarfile
            def add(tar, name, data=None, **fields):
                info = tarfile.TarInfo(name)
                info.size = len(data or b'')
                for field, value in fields.items(): setattr(info, field, value)
                tar.addfile(info, io.BytesIO(data) if data else None)
            {{script}}
            """);
        return ProcessRunner.Bash("python3 make.py", scratch.FullPath);
    }
}
