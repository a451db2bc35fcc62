using Ext2Union.Union;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Links;

/// <summary>
/// Random changes of names that lead to hard-linked files, against a model that knows which names are one file: content, counts of links, numbers in stat and in
/// listings, with remounts, other orders of the lowers, and tops that become lowers in between.
/// </summary>
public class LinkModelTests
{
    private static readonly string[] Leaves = ["a", "b", "c"];

    [Theory]
    [InlineData(false, CopyUpMode.Full, 1)]
    [InlineData(false, CopyUpMode.Partial, 2)]
    [InlineData(true, CopyUpMode.Full, 3)]
    [InlineData(true, CopyUpMode.Partial, 4)]
    public void NamesOfOneFileStayOneFile(bool isVolume, CopyUpMode mode, int seed)
    {
        for (int round = 0; round < 12; round++)
        {
            using var run = new Run(isVolume, mode, (seed * 1000) + round);
            run.Go(220);
        }
    }

    private sealed class Entity(string content)
    {
        public string Content { get; set; } = content;

        public HashSet<string> Names { get; } = [];

        public ulong Number { get; set; }
    }

    private sealed class Run : IDisposable
    {
        private readonly int seed;
        private readonly Random random;
        private readonly bool isVolume;
        private readonly UnionOptions options;
        private readonly List<StackedLayer> lowers = [];
        private readonly Dictionary<string, Entity> names = [];
        private readonly List<string> trace = [];
        // The last two are moved about.
        private readonly string[] directories = ["", "d", "d/s", "e"];
        private readonly ulong[] directoryNumbers = new ulong[4];
        private readonly List<(Inode Inode, Entity Entity)> open = [];
        private StackedLayer top;
        private UnionFileSystem union;
        private int contents;

        public Run(bool isVolume, CopyUpMode mode, int seed)
        {
            this.seed = seed;
            this.isVolume = isVolume;
            random = new Random(seed);
            options = new UnionOptions { CopyUp = mode };
            top = new StackedLayer(isVolume, options.Clock);
            lowers.Add(NewLower("x", ["a", "d/a", "d/s/b"], ["d/b"]));
            lowers.Add(NewLower("y", ["e/a", "e/b"], ["d/c", "d/s/c", "c"]));
            union = Mount();
            LearnNumbers();
        }

        private DirectoryInode Root => union.Root;

        public void Go(int steps)
        {
            try
            {
                for (int i = 0; i < steps; i++)
                {
                    Step();
                    if (i % 20 == 19)
                    {
                        Verify();
                    }
                }

                Verify();
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"seed {seed}:\n{string.Join('\n', trace.TakeLast(60))}", fault);
            }
        }

        public void Dispose()
        {
            CloseAll();
            Assert.Equal(Errno.None, union.Unmount());
            union.Dispose();
            foreach (StackedLayer layer in (StackedLayer[])[top, .. lowers])
            {
                if (layer.Device is { } device)
                {
                    Assert.Null(MemoryVolume.Check(device));
                }
            }
        }

        private StackedLayer NewLower(string prefix, params string[][] files)
        {
            var lower = new StackedLayer(isVolume, options.Clock);
            lower.Fill(root =>
            {
                foreach (string directory in directories[1..])
                {
                    Assert.Equal(Errno.None, LinkTree.MakeDirectory(root, directory));
                }

                foreach (string[] file in files)
                {
                    var entity = new Entity(prefix + file[0]);
                    Assert.Equal(Errno.None, LinkTree.Create(root, file[0], entity.Content));
                    foreach (string name in file)
                    {
                        Assert.True(name == file[0] || LinkTree.Link(root, file[0], name) == Errno.None);
                        Give(entity, name);
                    }
                }
            });
            return lower;
        }

        private void Give(Entity entity, string name)
        {
            _ = entity.Names.Add(name);
            names.Add(name, entity);
        }

        private void Take(string name)
        {
            if (names.Remove(name, out Entity? entity))
            {
                _ = entity.Names.Remove(name);
            }
        }

        private UnionFileSystem Mount()
        {
            FileSystem opened = top.Open(asLower: false);
            return UnionFileSystem.Create(opened, [.. lowers.Select(lower => lower.Open(asLower: true))], options).TryGet(out UnionFileSystem made, out Errno error)
                ? made
                : throw new InvalidOperationException($"mount: {error}");
        }

        private void Remount(Action between)
        {
            CloseAll();
            Assert.Equal(Errno.None, union.Unmount());
            if (isVolume)
            {
                // A tmpfs would be gone with it.
                union.Dispose();
            }

            between();
            union = Mount();
        }

        private string Path()
        {
            string directory = directories[random.Next(directories.Length)];
            string leaf = Leaves[random.Next(Leaves.Length)];
            return directory.Length == 0 ? leaf : $"{directory}/{leaf}";
        }

        private void Step()
        {
            string path = Path(), other = Path();
            int what = random.Next(100);
            trace.Add($"{what} {path} {other}");
            names.TryGetValue(path, out Entity? entity);
            names.TryGetValue(other, out Entity? second);
            switch (what)
            {
                case < 25:
                    Change(path, entity);
                    break;
                case < 45:
                    Assert.Equal(entity is null ? Errno.ENOENT : Errno.None, LinkTree.Unlink(Root, path));
                    Take(path);
                    break;
                case < 60:
                    Link(path, other, entity, second);
                    break;
                case < 78:
                    Rename(path, other, entity, second);
                    break;
                case < 86:
                    Exchange(path, other, entity, second);
                    break;
                case < 89:
                    _ = LinkTree.List(Root, directories[random.Next(directories.Length)]);
                    break;
                case < 91:
                    MoveDirectory(random.Next(2, 4));
                    break;
                case < 94:
                    UseOpen(path, entity);
                    break;
                case < 97:
                    Remount(() => { });
                    break;
                case < 98:
                    Remount(lowers.Count == 2 ? lowers.Reverse : () => { });
                    LearnDirectories();
                    break;
                default:
                    Rotate();
                    break;
            }
        }

        private void Change(string path, Entity? entity)
        {
            string content = $"{contents++:D6}";
            if (entity is null)
            {
                Assert.Equal(Errno.None, LinkTree.Create(Root, path, content));
                entity = new Entity(content) { Number = LinkTree.Stat(Root, path).Inode };
                Give(entity, path);
            }
            else if (random.Next(3) == 0)
            {
                Assert.Equal(Errno.None, LinkTree.Chmod(Root, path, 0x180));
            }
            else
            {
                // The first contents are shorter or longer; all later ones have one length.
                Assert.Equal(Errno.None, LinkTree.At(Root, path, inode => ((FileInode)inode).SetSize(0)));
                Assert.Equal(Errno.None, LinkTree.Write(Root, path, content));
                entity.Content = content;
            }
        }

        private void Link(string path, string other, Entity? entity, Entity? second)
        {
            if (entity is null)
            {
                return;
            }

            Assert.Equal(second is null ? Errno.None : Errno.EEXIST, LinkTree.Link(Root, path, other));
            if (second is null)
            {
                Give(entity, other);
            }
        }

        private void Rename(string path, string other, Entity? entity, Entity? second)
        {
            Assert.Equal(entity is null ? Errno.ENOENT : Errno.None, LinkTree.Rename(Root, path, other));
            if (entity is not null && !ReferenceEquals(entity, second))
            {
                Take(other);
                Take(path);
                Give(entity, other);
            }
        }

        private void Exchange(string path, string other, Entity? entity, Entity? second)
        {
            bool both = entity is not null && second is not null;
            Assert.Equal(both ? Errno.None : Errno.ENOENT, LinkTree.Rename(Root, path, other, RenameFlags.Exchange));
            if (both && !ReferenceEquals(entity, second))
            {
                Take(path);
                Take(other);
                Give(entity!, other);
                Give(second!, path);
            }
        }

        // The directory takes its lower content along, and the names in it stay what they are.
        private void MoveDirectory(int index)
        {
            string from = directories[index];
            string to = (index, from) switch
            {
                (2, "d/s") => "s",
                (2, _) => "d/s",
                (_, "e") => "d/e",
                _ => "e",
            };
            Assert.Equal(Errno.None, LinkTree.Rename(Root, from, to));
            directories[index] = to;
            foreach ((string name, Entity entity) in names.Where(pair => pair.Key.StartsWith(from + "/", StringComparison.Ordinal)).ToArray())
            {
                Take(name);
                Give(entity, to + name[from.Length..]);
            }
        }

        // What is open shows what is written through any name, and lives without one.
        private void UseOpen(string path, Entity? entity)
        {
            if (entity is not null && open.Count < 4)
            {
                open.Add((LinkTree.Walk(Root, path).Value, entity));
            }
            else if (open.Count > 0)
            {
                (Inode inode, Entity held) = open[random.Next(open.Count)];
                string content = $"{contents++:D6}";
                Assert.Equal(Errno.None, ((FileInode)inode).SetSize(0));
                Assert.Equal(Errno.None, LinkTree.Write(inode, content));
                held.Content = content;
            }
        }

        private void CloseAll()
        {
            open.ForEach(held => held.Inode.Release());
            open.Clear();
        }

        // The new top numbers its lowers anew.
        private void Rotate()
        {
            Remount(() =>
            {
                lowers.Insert(0, top);
                top = new StackedLayer(isVolume, options.Clock);
            });
            LearnNumbers();
        }

        private void LearnNumbers()
        {
            foreach ((string name, Entity entity) in names)
            {
                entity.Number = LinkTree.Stat(Root, name).Inode;
            }

            LearnDirectories();
        }

        // A directory that merges lowers and is not on the top yet goes by the highest.
        private void LearnDirectories()
        {
            for (int i = 0; i < directories.Length; i++)
            {
                directoryNumbers[i] = LinkTree.Stat(Root, directories[i]).Inode;
            }
        }

        private void Verify()
        {
            var owners = new Dictionary<ulong, object>();
            foreach ((string name, Entity entity) in names)
            {
                Attributes attributes = LinkTree.Stat(Root, name);
                Assert.Equal((name, entity.Content), (name, LinkTree.Read(Root, name)));
                Assert.Equal((name, entity.Names.Count), (name, (int)attributes.LinkCount));
                Assert.Equal((name, entity.Number), (name, attributes.Inode));
                Assert.True(owners.TryAdd(attributes.Inode, entity) || ReferenceEquals(owners[attributes.Inode], entity), $"{name} shares its number");
            }

            foreach ((Inode inode, Entity entity) in open)
            {
                Attributes attributes = LinkTree.Stat(inode);
                Assert.Equal((entity.Content, entity.Names.Count, entity.Number), (LinkTree.Read(inode), (int)attributes.LinkCount, attributes.Inode));
            }

            for (int i = 0; i < directories.Length; i++)
            {
                string directory = directories[i];
                Dictionary<string, ulong> listed = LinkTree.List(Root, directory);
                Assert.Equal((directory, directoryNumbers[i]), (directory, LinkTree.Stat(Root, directory).Inode));
                Assert.True(owners.TryAdd(LinkTree.Stat(Root, directory).Inode, directory), $"{directory} shares its number");
                foreach (string leaf in Leaves)
                {
                    string path = directory.Length == 0 ? leaf : $"{directory}/{leaf}";
                    Assert.Equal((path, names.TryGetValue(path, out Entity? entity) ? entity.Number : 0), (path, listed.GetValueOrDefault(leaf)));
                }

                foreach ((string name, ulong number) in listed)
                {
                    Assert.Equal((name, LinkTree.Stat(Root, directory + "/" + name).Inode), (name, number));
                }
            }
        }
    }
}
