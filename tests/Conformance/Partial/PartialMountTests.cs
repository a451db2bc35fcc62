using System.IO.MemoryMappedFiles;
using Ext2Union.Tests.Support;
using Microsoft.Win32.SafeHandles;

namespace Ext2Union.Conformance.Tests.Partial;

/// <summary>
/// Copy-up block by block as programs meet it, through the real mount: descriptors and mappings that were made before it, programs that run, files of 10 GiB, and a
/// lower that somebody changes.
/// </summary>
public sealed partial class PartialMountTests : IDisposable
{
    private const FileShare Anyone = FileShare.ReadWrite | FileShare.Delete;

    private readonly ScratchDirectory scratch = new("partial");
    private readonly string lower;
    private readonly byte[] content = new byte[300_000];

    public PartialMountTests()
    {
        Need.Root();
        Need.Fuse();
        lower = scratch.Folder("lower");
        new Random(5).NextBytes(content);
        File.WriteAllBytes(Path.Combine(lower, "f"), content);
        File.WriteAllBytes(Path.Combine(lower, "g"), content);
    }

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("image", "directory", "partial")]
    [InlineData("image", "image", "partial")]
    [InlineData("image", "directory", "full")]
    [InlineData("tmpfs", "image", "partial")]
    public void DescriptorsAndMappingsFollow(string top, string below, string copyUp)
    {
        using MountedExt2u mount = MountOn(top, below, copyUp);
        string path = Path.Combine(mount.FullPath, "f");
        string number = Stat(path, "%i");
        using SafeFileHandle reader = File.OpenHandle(path, FileMode.Open, FileAccess.Read, Anyone);
        using MemoryMappedFile readMap = Map(reader, MemoryMappedFileAccess.Read);
        using MemoryMappedViewAccessor seen = readMap.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        AssertSeen(seen, reader);

        // Written through another descriptor, one byte inside a block and a range over two.
        using SafeFileHandle writer = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, Anyone);
        Put(100_001, 1, writer);
        Put(204_000, 2000, writer);
        AssertSeen(seen, reader);

        // Written through a shared mapping, in blocks that are there and in blocks that are not.
        using (MemoryMappedFile writeMap = Map(writer, MemoryMappedFileAccess.ReadWrite))
        using (MemoryMappedViewAccessor view = writeMap.CreateViewAccessor())
        {
            foreach (int offset in (int[])[3, 100_005, 150_000, content.Length - 1])
            {
                content[offset] ^= 0xFF;
                view.Write(offset, content[offset]);
            }

            view.Flush();
        }

        RandomAccess.FlushToDisk(writer);
        AssertSeen(seen, reader);
        Assert.Equal(number, Stat(path, "%i"));

        // The name goes, the file stays for who has it open.
        File.Delete(path);
        Assert.Equal("0", Stat($"/proc/{Environment.ProcessId}/fd/{reader.DangerousGetHandle()}", "%h"));
        Put(50_000, 10, writer);
        AssertSeen(seen, reader);
        Assert.False(File.Exists(path));
        seen.Dispose();
        readMap.Dispose();
        reader.Dispose();
        writer.Dispose();
        End(mount, top);
        Assert.Equal("f g", string.Join(' ', Directory.GetFiles(lower).Select(file => Path.GetFileName(file)).Order()));
    }

    [Theory]
    [InlineData("image", "directory")]
    [InlineData("tmpfs", "image")]
    public void AttributesAreChangedByDescriptorsThatWereOpenBefore(string top, string below)
    {
        using MountedExt2u mount = MountOn(top, below, "partial");
        string path = Path.Combine(mount.FullPath, "g");
        using SafeFileHandle reader = File.OpenHandle(path, FileMode.Open, FileAccess.Read, Anyone);
        using SafeFileHandle writer = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, Anyone);
        Assert.Equal(0, Native.fchmod((int)reader.DangerousGetHandle(), 0x180));
        Assert.Equal(0, Native.fchown((int)reader.DangerousGetHandle(), 7, 8));
        Assert.Equal(0, Native.fsetxattr((int)reader.DangerousGetHandle(), "user.colour\0"u8.ToArray(), "green"u8.ToArray(), 5, 0));
        File.SetLastWriteTimeUtc(reader, DateTime.UnixEpoch.AddSeconds(12345));
        Assert.Equal("600 7:8 12345 300000", Stat(path, "%a %u:%g %Y %s"));
        Assert.Equal("green", ProcessRunner.Check("/usr/bin/getfattr", "--only-values", "-n", "user.colour", path));
        byte[] read = new byte[content.Length];
        Assert.Equal(content.Length, RandomAccess.Read(reader, read, 0));
        Assert.Equal(content, read);

        // What is cut off does not come back.
        RandomAccess.SetLength(writer, 70_001);
        RandomAccess.SetLength(writer, 90_000);
        byte[] expected = new byte[90_000];
        content.AsSpan(0, 70_001).CopyTo(expected);
        Assert.Equal(expected.Length, RandomAccess.Read(reader, read, 0));
        Assert.Equal(expected, read[..90_000]);
        reader.Dispose();
        writer.Dispose();
        Assert.Equal(expected, File.ReadAllBytes(path));
        End(mount, top);
    }

    [Fact]
    public void ARunningProgramMayBeCopiedAndAChangedOneRuns()
    {
        File.Copy("/bin/sleep", Path.Combine(lower, "sleep"));
        using MountedExt2u mount = MountOn("image", "directory", "partial");
        string program = Path.Combine(mount.FullPath, "sleep");
        using (System.Diagnostics.Process running = System.Diagnostics.Process.Start(program, "1"))
        {
            ProcessRunner.Check("/bin/chmod", "700", program);
            ProcessRunner.Check("/usr/bin/setfattr", "-n", "user.x", "-v", "y", program);
            running.WaitForExit();
            Assert.Equal(0, running.ExitCode);
        }

        // A byte behind the end of what the loader reads: the rest of the program still lies below.
        using (FileStream file = new(program, FileMode.Append))
        {
            file.WriteByte(0);
        }

        ProcessRunner.Check(program, "0");
        Assert.True(FreedBy(mount, program) < 64, "the program was copied whole");
        End(mount, "image");
    }

    [Fact]
    public void TheFirstByteOfAHugeFileCostsNoMoreThanThatOfASmallOne()
    {
        const long Huge = 10L << 30;
        using (FileStream file = File.Create(Path.Combine(lower, "huge")))
        {
            file.SetLength(Huge);
            file.Position = Huge - 3;
            file.Write("end"u8);
        }

        using MountedExt2u mount = MountOn("image", "directory", "partial");
        string path = Path.Combine(mount.FullPath, "huge");
        ulong before = FreeBlocks(mount);
        ProcessRunner.Bash("chmod 600 huge; printf x | dd of=huge conv=notrunc bs=1 seek=5000000000 status=none", mount.FullPath);

        // A block of data, those that lead to it, and what the directory, the bitmaps and the record may take.
        Assert.InRange(before - FreeBlocks(mount), 1ul, 12ul);
        Assert.Equal("x", ProcessRunner.Check("/bin/bash", "-c", $"dd if={path} bs=1 skip=5000000000 count=1 status=none"));
        Assert.Equal("end", ProcessRunner.Check("/usr/bin/tail", "-c", "3", path));
        Assert.Equal($"{Huge}", Stat(path, "%s"));
        End(mount, "image");
        Assert.Contains("incomplete", Ext2uTools.Fsck("-n", "-f", scratch["top"]).Output);
    }

    [Fact]
    public void AChangedLowerIsAnErrorAndNeverOtherData()
    {
        using MountedExt2u mount = MountOn("image", "directory", "partial");
        string path = Path.Combine(mount.FullPath, "f");
        ProcessRunner.Bash("printf new | dd of=f conv=notrunc status=none; sync f", mount.FullPath);
        File.AppendAllText(Path.Combine(lower, "f"), "more");
        ProcessRunner.Bash("echo 1 > /proc/sys/vm/drop_caches", "/");
        ProcessResult read = ProcessRunner.Run("/bin/dd", $"if={path}", "of=/dev/null", "bs=4096", "skip=50", "count=1");
        Assert.Contains("Input/output error", read.Error);

        // Directly: the kernel reads several blocks at once for its cache, and one that fails fails them all.
        Assert.Equal("new", ProcessRunner.Check("/bin/bash", "-c", $"dd if={path} bs=1024 count=1 iflag=direct status=none | head -c 3"));
        string line = Assert.Single(mount.Messages.TrimEnd('\n').Split('\n'), text => text.Contains("incomplete copy"));
        Assert.Contains(lower, line);
        Assert.Contains("size", line);
        ProcessRunner.Bash($"head -c 300004 /dev/zero > {path}; cmp -n 300004 {path} /dev/zero", "/");
        End(mount, "image");
    }

    [Theory]
    [InlineData("ro")]
    [InlineData("full")]
    [InlineData("memory")]
    public void ListingNeverFailsForWantOfATopThatTakesNames(string why)
    {
        string below = Directory.CreateDirectory(Path.Combine(lower, "d")).FullName;
        string[] names = [.. Enumerable.Range(0, 400).Select(i => $"name-{i}-{new string('x', 60)}")];
        Array.ForEach(names, name => File.WriteAllText(Path.Combine(below, name), name));
        Ext2uTools.Mkfs(scratch["top"], "512k");
        using (MountedExt2u first = Ext2uTools.Mount(scratch["top"], scratch["mount"], $"union,lower={lower}"))
        {
            ProcessRunner.Bash("echo own > d/own; rm d/" + names[7], first.FullPath);
            if (why == "full")
            {
                _ = ProcessRunner.Run("/bin/bash", "-c", $"cat /dev/zero > {first.FullPath}/d/zeros");
            }

            first.Unmount();
        }

        string options = $"union,lower={lower}" + (why == "ro" ? ",ro" : why == "memory" ? ",fallthru=memory" : "");
        using MountedExt2u mount = Ext2uTools.Mount(scratch["top"], scratch["mount"], options);
        string[] expected = [.. names.Where(name => name != names[7]), "own", .. why == "full" ? ["zeros"] : Array.Empty<string>()];
        for (int round = 0; round < 2; round++)
        {
            string[] listed = ProcessRunner.Check("/bin/ls", Path.Combine(mount.FullPath, "d")).TrimEnd('\n').Split('\n');
            Assert.Equal(expected.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        }

        Assert.Equal(names[9], File.ReadAllText(Path.Combine(mount.FullPath, "d", names[9])));
        mount.Unmount();
        Ext2uTools.AssertClean(scratch["top"]);
        Assert.Contains(" 0 opaque", Ext2uTools.Fsck("-n", "-f", scratch["top"]).Output);
    }

    private static MemoryMappedFile Map(SafeFileHandle file, MemoryMappedFileAccess access) =>
        MemoryMappedFile.CreateFromFile(file, null, 0, access, HandleInheritability.None, leaveOpen: true);

    private static string Stat(string path, string format) => ProcessRunner.Check("/usr/bin/stat", "-L", "-c", format, path).TrimEnd('\n');

    private static ulong FreeBlocks(MountedExt2u mount) => ulong.Parse(ProcessRunner.Check("/usr/bin/stat", "-f", "-c", "%f", mount.FullPath));

    // Blocks that removing a file gives back.
    private static ulong FreedBy(MountedExt2u mount, string path)
    {
        ulong before = FreeBlocks(mount);
        File.Delete(path);
        return FreeBlocks(mount) - before;
    }

    private MountedExt2u MountOn(string top, string below, string copyUp)
    {
        string source = lower;
        if (below == "image")
        {
            source = scratch["base"];
            Ext2uTools.Mkfs(source, "16m", "-d", lower);
        }

        if (top == "image")
        {
            Ext2uTools.Mkfs(scratch["top"], "64m");
        }

        return Ext2uTools.Mount(top == "image" ? scratch["top"] : "tmpfs", scratch["mount"], $"union,lower={source},copyup={copyUp}");
    }

    private void End(MountedExt2u mount, string top)
    {
        mount.Unmount();
        if (top == "image")
        {
            Ext2uTools.AssertClean(scratch["top"]);
        }
    }

    private void Put(int offset, int length, SafeFileHandle writer)
    {
        new Random(offset).NextBytes(content.AsSpan(offset, length));
        RandomAccess.Write(writer, content.AsSpan(offset, length), offset);
    }

    private void AssertSeen(MemoryMappedViewAccessor seen, SafeFileHandle reader)
    {
        byte[] bytes = new byte[content.Length];
        Assert.Equal(content.Length, seen.ReadArray(0, bytes, 0, bytes.Length));
        Assert.True(content.AsSpan().SequenceEqual(bytes), "the mapping shows something else");
        Assert.Equal(content.Length, RandomAccess.Read(reader, bytes, 0));
        Assert.True(content.AsSpan().SequenceEqual(bytes), "the descriptor shows something else");
    }

    private static partial class Native
    {
        [System.Runtime.InteropServices.LibraryImport("libc", SetLastError = true)]
        public static partial int fchmod(int descriptor, uint mode);

        [System.Runtime.InteropServices.LibraryImport("libc", SetLastError = true)]
        public static partial int fchown(int descriptor, uint user, uint group);

        [System.Runtime.InteropServices.LibraryImport("libc", SetLastError = true)]
        public static partial int fsetxattr(int descriptor, byte[] name, byte[] value, nint size, int flags);
    }
}
