using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Directories;

/// <summary>One run of random operations on a volume and a model side by side.</summary>
internal sealed class TreeRun(Random random, Ext2Volume volume)
{
    private readonly ModelNode root = new(InodeKind.Directory);

    public Ext2Volume Volume { get; set; } = volume;

    public string Place { get; set; } = "";

    public void AdoptRoot() => root.Put("lost+found", new ModelNode(InodeKind.Directory));

    public void Step()
    {
        ModelNode directory = RandomDirectory();
        var real = (LayerDirectory)Open(directory);
        string name = RandomName(directory);
        switch (random.Next(14))
        {
            case 0 or 1 or 2 or 3:
                Create(directory, real, name);
                break;
            case 4:
                Remove(directory, real, name, isDirectory: false);
                break;
            case 5:
                Remove(directory, real, name, isDirectory: true);
                break;
            case 6 or 7 or 8:
                Rename(directory, real, name);
                break;
            case 9:
                Link(directory, real, name);
                break;
            case 10:
                Whiteout(directory, real, name);
                break;
            case 11:
                Expect(directory.SlotOf(name) == SlotKind.Absent ? Errno.None : Errno.EEXIST, real.PutFallthru(Bytes(name)), "fallthru " + name);
                if (directory.SlotOf(name) == SlotKind.Absent)
                {
                    directory.PutMark(name, SlotKind.Fallthru);
                }

                break;
            case 12:
                bool isMark = directory.SlotOf(name) is SlotKind.Whiteout or SlotKind.Fallthru;
                Expect(isMark ? Errno.None : Errno.ENOENT, real.RemoveMark(Bytes(name)), "remove mark " + name);
                if (isMark)
                {
                    directory.Drop(name);
                }

                break;
            default:
                directory.IsOpaque = !directory.IsOpaque;
                Expect(Errno.None, real.SetOpaque(directory.IsOpaque), "opaque");
                break;
        }

        real.Release();
    }

    public void Verify()
    {
        Volume.Root.Acquire();
        Verify(root, Volume.Root, "");
    }

    private void Verify(ModelNode node, Inode real, string path)
    {
        Assert.True(node.Kind == real.Kind, $"{path} ({Place})");
        Assert.Equal(Errno.None, real.GetAttributes(out Attributes attributes));
        Assert.True(node.LinkCount == attributes.LinkCount, $"{path}: {attributes.LinkCount} links, not {node.LinkCount} ({Place})");
        if (real is LayerDirectory directory)
        {
            Assert.True(node.IsOpaque == directory.IsOpaque, $"{path}: opaque ({Place})");
            var expected = node.Entries.Keys.Select(name => (name, node.SlotOf(name), node.Entries[name]?.Kind ?? InodeKind.Unknown)).Order().ToList();
            Assert.Equal(expected, [.. Listing.Slots(directory, random.Next(1, 90)).Select(slot => (slot.Name, slot.Slot, slot.Kind)).Order()]);
            foreach ((string name, ModelNode? child) in node.Entries)
            {
                Result<Inode> found = directory.Lookup(Bytes(name));
                Expect(child is null ? Errno.ENOENT : Errno.None, found.Error, $"{path}/{name}");
                if (child is not null)
                {
                    Verify(child, found.Value, $"{path}/{name}");
                }
            }
        }

        real.Release();
    }

    private void Create(ModelNode directory, LayerDirectory real, string name)
    {
        InodeKind kind = random.Next(5) switch { 0 or 1 => InodeKind.Directory, 2 => InodeKind.Symlink, 3 => InodeKind.Fifo, _ => InodeKind.File };
        byte[] target = Bytes(new string('t', random.Next(1, 100)));
        bool isOpaque = kind == InodeKind.Directory && random.Next(3) == 0;
        Result<Inode> made = real.Create(Bytes(name), new NewInode { Mode = ModeBits.Of(kind, 0x1ED), Target = target, Opaque = isOpaque });
        Expect(directory.SlotOf(name) == SlotKind.Inode ? Errno.EEXIST : Errno.None, made.Error, $"create {name}");
        if (made.Succeeded)
        {
            made.Value.Release();
            directory.Put(name, new ModelNode(kind) { IsOpaque = isOpaque });
        }
    }

    private void Remove(ModelNode directory, LayerDirectory real, string name, bool isDirectory)
    {
        Errno expected = !directory.Entries.TryGetValue(name, out ModelNode? victim) || victim is null ? Errno.ENOENT
            : victim.IsDirectory != isDirectory ? (isDirectory ? Errno.ENOTDIR : Errno.EISDIR)
            : !victim.IsEmpty ? Errno.ENOTEMPTY
            : Errno.None;
        Expect(expected, isDirectory ? real.RemoveDirectory(Bytes(name)) : real.Unlink(Bytes(name)), $"remove {name}");
        if (expected == Errno.None)
        {
            victim!.Links--;
            directory.Drop(name);
        }
    }

    private void Whiteout(ModelNode directory, LayerDirectory real, string name)
    {
        _ = directory.Entries.TryGetValue(name, out ModelNode? victim);
        Errno expected = directory.SlotOf(name) == SlotKind.Whiteout ? Errno.EEXIST : victim is { IsEmpty: false } ? Errno.ENOTEMPTY : Errno.None;
        Expect(expected, real.PutWhiteout(Bytes(name)), $"whiteout {name}");
        if (expected == Errno.None)
        {
            if (victim is not null)
            {
                victim.Links--;
            }

            directory.PutMark(name, SlotKind.Whiteout);
        }
    }

    private void Link(ModelNode directory, LayerDirectory real, string name)
    {
        bool isDetached = random.Next(2) == 0;
        ModelNode? source = isDetached ? new ModelNode(InodeKind.File) { Links = 0 } : RandomFile(out string _);
        if (source is null)
        {
            return;
        }

        Inode inode = isDetached
            ? real.CreateDetached(new NewInode { Mode = ModeBits.Of(InodeKind.File, 0x1A4) }).Value
            : Open(source);
        Errno expected = directory.SlotOf(name) == SlotKind.Inode ? Errno.EEXIST : Errno.None;
        Expect(expected, isDetached ? real.Install(Bytes(name), inode) : real.Link(Bytes(name), inode), $"link {name}");
        if (expected == Errno.None)
        {
            source.Links++;
            directory.Put(name, source);
        }

        inode.Release();
    }

    private void Rename(ModelNode from, LayerDirectory real, string name)
    {
        ModelNode to = random.Next(2) == 0 ? from : RandomDirectory();
        string newName = RandomName(to);
        RenameFlags flags = random.Next(6) switch { 0 => RenameFlags.Exchange, 1 => RenameFlags.NoReplace, 2 => RenameFlags.Whiteout, _ => RenameFlags.None };
        var target = (LayerDirectory)Open(to);
        _ = from.Entries.TryGetValue(name, out ModelNode? source);
        _ = to.Entries.TryGetValue(newName, out ModelNode? victim);
        Errno expected = ExpectedOfRename(from, to, source, victim, flags);
        Expect(expected, real.Rename(Bytes(name), target, Bytes(newName), flags), $"rename {name} to {newName} {flags}");
        target.Release();
        if (expected != Errno.None || ReferenceEquals(source, victim))
        {
            return;
        }

        if (flags == RenameFlags.Exchange)
        {
            from.Put(name, victim!);
        }
        else if (flags == RenameFlags.Whiteout)
        {
            from.PutMark(name, SlotKind.Whiteout);
        }
        else
        {
            from.Drop(name);
        }

        if (victim is not null && flags != RenameFlags.Exchange)
        {
            victim.Links--;
        }

        to.Put(newName, source!);
    }

    private static Errno ExpectedOfRename(ModelNode from, ModelNode to, ModelNode? source, ModelNode? victim, RenameFlags flags)
    {
        bool exchanges = flags == RenameFlags.Exchange;
        return source is null || (victim is null && exchanges) ? Errno.ENOENT
            : victim is not null && flags == RenameFlags.NoReplace ? Errno.EEXIST
            : ReferenceEquals(source, victim) ? Errno.None
            : source.IsDirectory && source.Holds(to) ? Errno.EINVAL
            : exchanges ? (victim!.IsDirectory && victim.Holds(from) ? Errno.EINVAL : Errno.None)
            : victim is null ? Errno.None
            : source.IsDirectory != victim.IsDirectory ? (source.IsDirectory ? Errno.ENOTDIR : Errno.EISDIR)
            : victim.IsEmpty ? Errno.None
            : Errno.ENOTEMPTY;
    }

    private ModelNode RandomDirectory()
    {
        ModelNode at = root;
        while (random.Next(3) != 0)
        {
            ModelNode[] children = [.. at.Entries.Values.OfType<ModelNode>().Where(child => child.IsDirectory)];
            if (children.Length == 0)
            {
                break;
            }

            at = children[random.Next(children.Length)];
        }

        return at;
    }

    private ModelNode? RandomFile(out string name)
    {
        ModelNode directory = RandomDirectory();
        (name, ModelNode? file) = directory.Entries.FirstOrDefault(entry => entry.Value is { IsDirectory: false });
        return file;
    }

    // Mostly names that are there, among some that are long.
    private string RandomName(ModelNode directory) =>
        directory.Entries.Count > 0 && random.Next(3) == 0 ? directory.Entries.Keys.ElementAt(random.Next(directory.Entries.Count))
        : random.Next(3) == 0 ? new string((char)('a' + random.Next(26)), random.Next(100, 255)) + random.Next(3)
        : $"n{random.Next(400)}";

    private Inode Open(ModelNode node)
    {
        Volume.Root.Acquire();
        return ReferenceEquals(node, root) ? Volume.Root : Find(root, Volume.Root, node) ?? throw new InvalidOperationException("The model lost a node.");
    }

    // Depth first through the model; takes over a reference to the directory.
    private static Inode? Find(ModelNode at, Inode real, ModelNode wanted)
    {
        foreach ((string name, ModelNode? child) in at.Entries)
        {
            if (child is null || !(ReferenceEquals(child, wanted) || Contains(child, wanted)))
            {
                continue;
            }

            Assert.True(((DirectoryInode)real).Lookup(Bytes(name)).TryGet(out Inode found, out Errno error), $"{name}: {error}");
            real.Release();
            return ReferenceEquals(child, wanted) ? found : Find(child, found, wanted);
        }

        real.Release();
        return null;
    }

    private static bool Contains(ModelNode at, ModelNode wanted) =>
        at.Entries.Values.Any(child => child is not null && (ReferenceEquals(child, wanted) || (child.IsDirectory && Contains(child, wanted))));

    private void Expect(Errno expected, Errno actual, string what) => Assert.True(expected == actual, $"{what}: {actual}, not {expected} ({Place})");

    private static byte[] Bytes(string name) => Encoding.UTF8.GetBytes(name);
}
