using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs.Tests;

/// <summary>Random operations on our file system and on the kernel's tmpfs (/dev/shm): every answer and every byte must agree.</summary>
public sealed class AgainstKernelTests : IDisposable
{
    private const int ReadWriteCreate = 0x42;
    private const int CurrentDirectory = -100;
    private readonly string kernelRoot = Directory.CreateDirectory($"/dev/shm/ext2u-{Guid.NewGuid():N}").FullName;

    public void Dispose() => Directory.Delete(kernelRoot, true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void File_content_and_holes_agree(int seed)
    {
        Random random = new(seed);
        using Fixture fixture = new(pages: 100_000);
        FileInode ours = fixture.File("f");
        int kernel = KernelCalls.Open($"{kernelRoot}/f", ReadWriteCreate, 420);
        try
        {
            for (int step = 0; step < 1500; step++)
            {
                string done = Change(random, ours, kernel, $"seed {seed} step {step}");
                CompareContent(random, ours, kernel, done);
            }
        }
        finally
        {
            _ = KernelCalls.Close(kernel);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Names_and_errors_agree(int seed)
    {
        Random random = new(seed);
        using Fixture fixture = new();
        for (int step = 0; step < 3000; step++)
        {
            string first = RandomPath(random), second = RandomPath(random);
            (string what, Errno ours, Errno kernel) = ChangeNames(random, fixture, first, second);
            Assert.True(ours == kernel, $"seed {seed} step {step}: {what}: ours {ours}, kernel {kernel}");
        }

        Assert.Equal(KernelTree(kernelRoot), OurTree(fixture.Root));
    }

    private static string Change(Random random, FileInode ours, int kernel, string where)
    {
        // Ranges far out of the first pages make the map grow; most stay near.
        long offset = random.Next(5) == 0 ? random.NextInt64(1L << 40) : random.Next(300_000);
        int length = random.Next(1, 50_000);
        switch (random.Next(6))
        {
            case 0:
            case 1:
                byte[] data = new byte[length];
                random.NextBytes(data);
                Assert.Equal(Errno.None, ours.Write(offset, data, out _));
                Assert.Equal(length, KernelCalls.Write(kernel, data, length, offset));
                return $"{where}: write {offset}+{length}";
            case 2:
                Assert.Equal(Errno.None, ours.SetSize(offset));
                Assert.Equal(0, KernelCalls.Truncate(kernel, offset));
                return $"{where}: truncate {offset}";
            case 3:
            case 4:
                Errno punched = ours.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, offset, length);
                Assert.Equal(KernelCalls.Answer(KernelCalls.Allocate(kernel, 3, offset, length)), punched);
                return $"{where}: punch {offset}+{length}";
            default:
                Errno zeroed = ours.Allocate(AllocateMode.ZeroRange, offset, length);
                Assert.Equal(Errno.None, zeroed);
                // The kernel's tmpfs has no zero range: write zeros instead.
                Assert.Equal(length, KernelCalls.Write(kernel, new byte[length], length, offset));
                return $"{where}: zero {offset}+{length}";
        }
    }

    private static void CompareContent(Random random, FileInode ours, int kernel, string done)
    {
        long size = KernelCalls.Seek(kernel, 0, 2);
        Assert.True(size == Fixture.AttributesOf(ours).Size, $"{done}: size");
        long offset = random.Next(2) == 0 ? random.NextInt64(Math.Max(size, 1)) : random.Next(300_000);
        byte[] oursRead = new byte[70_000], kernelRead = new byte[70_000];
        Assert.Equal(Errno.None, ours.Read(offset, oursRead, out int read));
        Assert.True(read == KernelCalls.Read(kernel, kernelRead, kernelRead.Length, offset), $"{done}: read at {offset}");
        Assert.True(oursRead.AsSpan().SequenceEqual(kernelRead), $"{done}: content at {offset}");
        foreach (SeekKind kind in (SeekKind[])[SeekKind.Data, SeekKind.Hole])
        {
            Errno error = ours.Seek(offset, kind, out long position);
            long expected = KernelCalls.Seek(kernel, offset, (int)kind);
            Errno expectedError = KernelCalls.Answer(expected);
            Assert.True(error == expectedError && (error != Errno.None || position == expected), $"{done}: seek {kind} {offset}: {error} {position} {expected}");
        }
    }

    private static string RandomPath(Random random)
    {
        string[] names = ["a", "b", "c"];
        return string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => names[random.Next(3)]));
    }

    private (string What, Errno Ours, Errno Kernel) ChangeNames(Random random, Fixture fixture, string first, string second)
    {
        string firstPath = $"{kernelRoot}/{first}", secondPath = $"{kernelRoot}/{second}";
        switch (random.Next(7))
        {
            case 0:
                return ($"mkdir {first}", Create(fixture, first, "40755"), KernelCalls.Answer(KernelCalls.MakeDirectory(firstPath, 511)));
            case 1:
                return ($"create {first}", Create(fixture, first, "100644"), Exclusive(firstPath));
            case 2:
                return ($"unlink {first}", In(fixture, first, (d, n) => d.Unlink(n)), KernelCalls.Answer(KernelCalls.Unlink(firstPath)));
            case 3:
                return ($"rmdir {first}", In(fixture, first, (d, n) => d.RemoveDirectory(n)), KernelCalls.Answer(KernelCalls.RemoveDirectory(firstPath)));
            case 4:
                return ($"link {first} {second}", Link(fixture, first, second), KernelCalls.Answer(KernelCalls.Link(firstPath, secondPath)));
            default:
                RenameFlags flags = (RenameFlags)random.Next(3);
                Errno ours = In(fixture, first, (d, n) => In(fixture, second, (to, m) => d.Rename(n, to, m, flags)));
                int kernel = KernelCalls.Rename(CurrentDirectory, firstPath, CurrentDirectory, secondPath, (uint)flags);
                return ($"rename {flags} {first} {second}", ours, KernelCalls.Answer(kernel));
        }
    }

    private static Errno Exclusive(string path)
    {
        int descriptor = KernelCalls.Open(path, ReadWriteCreate | 0x80, 420);
        Errno error = KernelCalls.Answer(descriptor);
        if (descriptor >= 0)
        {
            _ = KernelCalls.Close(descriptor);
        }

        return error;
    }

    private static Errno Create(Fixture fixture, string path, string mode) => In(fixture, path, (directory, name) =>
    {
        Result<Inode> made = directory.Create(name, new NewInode { Mode = Fixture.Octal(mode) });
        if (made.Succeeded)
        {
            made.Value.Release();
        }

        return made.Error;
    });

    private static Errno Link(Fixture fixture, string from, string to) => In(fixture, from, (directory, name) =>
    {
        Result<Inode> target = directory.Lookup(name);
        if (!target.Succeeded)
        {
            return target.Error;
        }

        Errno error = In(fixture, to, (other, newName) =>
        {
            // The kernel looks for the new name before it asks what is linked.
            Errno there = other.Lookup(newName) is { Succeeded: true } found ? Release(found.Value) : Errno.None;
            return there != Errno.None ? there : other.Link(newName, target.Value);
        });
        target.Value.Release();
        return error;

        static Errno Release(Inode inode)
        {
            inode.Release();
            return Errno.EEXIST;
        }
    });

    // Walks to the directory of a path, as the kernel would before the call.
    private static Errno In(Fixture fixture, string path, Func<DirectoryInode, byte[], Errno> call)
    {
        DirectoryInode at = fixture.FileSystem.Root;
        at.Acquire();
        string[] names = path.Split('/');
        foreach (string name in names[..^1])
        {
            Result<Inode> next = at.Lookup(Encoding.UTF8.GetBytes(name));
            at.Release();
            if (!next.Succeeded)
            {
                return next.Error;
            }

            if (next.Value is not DirectoryInode directory)
            {
                next.Value.Release();
                return Errno.ENOTDIR;
            }

            at = directory;
        }

        Errno error = call(at, Encoding.UTF8.GetBytes(names[^1]));
        at.Release();
        return error;
    }

    private static string KernelTree(string path) => string.Join(' ', Directory.GetFileSystemEntries(path).Order(StringComparer.Ordinal)
        .Select(entry => Directory.Exists(entry) ? $"{Path.GetFileName(entry)}({KernelTree(entry)})" : Path.GetFileName(entry)));

    private static string OurTree(DirectoryInode directory) => string.Join(' ', Fixture.Names(directory).Order(StringComparer.Ordinal).Select(name =>
    {
        Inode child = directory.Lookup(Encoding.UTF8.GetBytes(name)).Value;
        string shown = child is DirectoryInode below ? $"{name}({OurTree(below)})" : name;
        child.Release();
        return shown;
    }));
}
