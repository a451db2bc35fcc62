using Ext2Union.Ext2.OnDisk;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Xattrs;

/// <summary>Extended attributes against the kernel's driver and e2fsck.</summary>
public sealed class XattrTests
{
    private static byte[] B(string text) => XattrImage.B(text);

    [Theory]
    [InlineData(128, 1024, 1)]
    [InlineData(256, 1024, 2)]
    [InlineData(256, 4096, 3)]
    [InlineData(512, 2048, 4)]
    public void Random_changes_agree_with_a_model_and_with_the_kernel(int inodeBytes, int blockBytes, int seed)
    {
        Need.LoopDevices();
        Random random = new(seed);
        using XattrImage image = new(inodeBytes, blockBytes, 6);
        Dictionary<string, Dictionary<string, byte[]>> model = new() { ["dir"] = [], ["link"] = [], ["pipe"] = [] };
        for (int i = 0; i < 6; i++)
        {
            model[$"f{i}"] = [];
        }

        string[] files = [.. model.Keys];
        for (int step = 0; step < 600; step++)
        {
            string file = files[random.Next(files.Length)];
            string space = file is "link" or "pipe" || random.Next(3) == 0 ? "trusted." : "user.";
            string name = space + new string((char)('a' + random.Next(4)), 1 + random.Next(random.Next(5) == 0 ? 200 : 4));
            Change(random, image, model[file], file, name, $"seed {seed} step {step}");
            if (step % 200 == 199)
            {
                image.AssertClean();
            }
        }

        image.AssertClean();
        image.InKernel(root => Assert.All(model, file => CompareWithKernel(root, file.Key, file.Value)));
        foreach (string file in files)
        {
            image.With(file, inode => Assert.All(model[file].Keys, name => Assert.Equal(Errno.None, inode.RemoveXattr(B(name)))));
        }

        image.AssertClean();
        Assert.DoesNotMatch("File ACL: [1-9]", string.Concat(files.Select(file => image.Debugfs($"stat {file}"))));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    public void What_the_kernel_wrote_is_read_and_changed(int inodeBytes)
    {
        Need.LoopDevices();
        using XattrImage image = new(inodeBytes, 1024, 2);
        byte[] large = new byte[500];
        new Random(9).NextBytes(large);
        image.InKernel(
            root =>
            {
                Assert.Equal(Errno.None, Posix.SetXattr(B($"{root}/f0"), B("user.small"), B("v"), XattrFlags.None));
                Assert.Equal(Errno.None, Posix.SetXattr(B($"{root}/f0"), B("user.large"), large, XattrFlags.None));
                Assert.Equal(Errno.None, Posix.SetXattr(B($"{root}/f0"), B("security.test"), B(""), XattrFlags.None));
                Assert.Equal(Errno.None, Posix.SetXattr(B($"{root}/link"), B("trusted.l"), B("link"), XattrFlags.None));
            },
            readOnly: false);
        image.With("f0", inode =>
        {
            Assert.Equal(["security.test", "user.large", "user.small"], List(inode));
            Assert.Equal(large, Get(inode, "user.large"));
            Assert.Empty(Get(inode, "security.test"));
            Assert.Equal(Errno.None, inode.SetXattr("user.small"u8, B("larger than it was"), XattrFlags.Replace));
            Assert.Equal(Errno.None, inode.RemoveXattr("security.test"u8));
        });
        image.With("link", inode => Assert.Equal(B("link"), Get(inode, "trusted.l")));
        image.AssertClean();
        image.InKernel(root => CompareWithKernel(root, "f0", new() { ["user.small"] = B("larger than it was"), ["user.large"] = large }));
    }

    [Fact]
    public void A_block_is_the_kernels_byte_for_byte()
    {
        Need.LoopDevices();
        using XattrImage image = new(128, 1024, 2);
        image.InKernel(root => Assert.Equal(Errno.None, Posix.SetXattr(B($"{root}/f0"), B("user.näme"), B("some value"), XattrFlags.None)), readOnly: false);
        image.With("f1", inode => Assert.Equal(Errno.None, inode.SetXattr(B("user.näme"), B("some value"), XattrFlags.None)));
        image.AssertClean();
        Assert.Equal(BlockOf(image, "f0"), BlockOf(image, "f1"));
    }

    [Fact]
    public void Equal_attributes_share_one_block_and_1024_is_the_limit()
    {
        Need.LoopDevices();
        using XattrImage image = new(128, 1024, 1030);
        Assert.Equal(Errno.None, image.Volume.GetStatistics(out Statistics before));
        for (int i = 0; i < 1030; i++)
        {
            image.With($"f{i}", inode => Assert.Equal(Errno.None, inode.SetXattr("user.same"u8, "for all"u8, XattrFlags.None)));
        }

        Assert.Equal(Errno.None, image.Volume.GetStatistics(out Statistics after));
        Assert.Equal(before.FreeBlocks - 2, after.FreeBlocks);
        image.AssertClean();
        image.With("f7", inode =>
        {
            Assert.Equal(Errno.None, inode.SetXattr("user.own"u8, "mine"u8, XattrFlags.None));
            Assert.Equal(Errno.None, inode.GetAttributes(out Attributes attributes));
            Assert.Equal(4, attributes.Blocks);
        });
        image.With("f8", inode => Assert.Equal(Errno.None, inode.RemoveXattr("user.same"u8)));
        image.AssertClean();
        image.InKernel(root =>
        {
            CompareWithKernel(root, "f7", new() { ["user.same"] = B("for all"), ["user.own"] = B("mine") });
            CompareWithKernel(root, "f8", []);
            CompareWithKernel(root, "f9", new() { ["user.same"] = B("for all") });
        });
        for (int i = 0; i < 1030; i++)
        {
            image.With($"f{i}", inode => _ = inode.RemoveXattr("user.same"u8));
        }

        image.With("f7", inode => Assert.Equal(Errno.None, inode.RemoveXattr("user.own"u8)));
        Assert.Equal(Errno.None, image.Volume.GetStatistics(out after));
        Assert.Equal(before.FreeBlocks, after.FreeBlocks);
        image.AssertClean();
    }

    [Fact]
    public void Refusals_are_the_kernels_and_change_nothing()
    {
        Need.LoopDevices();
        using XattrImage image = new(256, 1024, 1);
        (string Name, int Bytes, XattrFlags Flags)[] calls =
        [
            ("user.a", 10, XattrFlags.Replace), ("user.a", 10, XattrFlags.Create), ("user.a", 10, XattrFlags.Create), ("user.big", 1000, XattrFlags.None),
            ("user.", 1, XattrFlags.None), ("strange.x", 1, XattrFlags.None), ("system.x", 1, XattrFlags.None), ("user.a", 70_000, XattrFlags.None),
            ("user." + new string('n', 251), 1, XattrFlags.None), ("user." + new string('n', 250), 1, XattrFlags.None), ("user.b", 900, XattrFlags.None),
        ];
        List<Errno> ours = [], kernels = [];
        image.With("f0", inode => ours.AddRange(calls.Select(call => inode.SetXattr(B(call.Name), new byte[call.Bytes], call.Flags))));
        image.With("f0", inode => ours.Add(inode.RemoveXattr("user.none"u8)));
        image.With("pipe", inode => ours.Add(inode.SetXattr("user.a"u8, "1"u8, XattrFlags.None)));
        image.With("link", inode => ours.Add(inode.SetXattr("user.a"u8, "1"u8, XattrFlags.None)));
        image.AssertClean();
        using XattrImage other = new(256, 1024, 1);
        other.InKernel(
            root =>
            {
                kernels.AddRange(calls.Select(call => Posix.SetXattr(B($"{root}/f0"), B(call.Name), new byte[call.Bytes], call.Flags)));
                kernels.Add(Posix.RemoveXattr(B($"{root}/f0"), B("user.none")));
                kernels.Add(Posix.SetXattr(B($"{root}/pipe"), B("user.a"), B("1"), XattrFlags.None));
                kernels.Add(Posix.SetXattr(B($"{root}/link"), B("user.a"), B("1"), XattrFlags.None));
            },
            readOnly: false);
        Assert.Equal(kernels, ours);
    }

    [Fact]
    public void The_last_reference_of_a_nameless_inode_frees_its_block()
    {
        Need.LoopDevices();
        using XattrImage image = new(128, 1024, 1);
        Assert.Equal(Errno.None, image.Volume.GetStatistics(out Statistics before));
        Inode made;
        using (image.Volume.Gate.Enter())
        {
            made = image.Volume.AllocateInode(InodeNumber.Root, new NewInode { Mode = Convert.ToUInt32("100644", 8) }, 0).Value;
        }

        Assert.Equal(Errno.None, made.SetXattr("user.a"u8, "value"u8, XattrFlags.None));
        made.Release();
        Assert.Equal(Errno.None, image.Volume.Sync());
        Assert.Equal(Errno.None, image.Volume.GetStatistics(out Statistics after));
        Assert.Equal((before.FreeBlocks, before.FreeInodes), (after.FreeBlocks, after.FreeInodes));
        image.With("f0", inode => Assert.Equal(Errno.None, inode.SetXattr("user.a"u8, "value"u8, XattrFlags.None)));
        image.AssertClean();
    }

    [Fact]
    public void The_path_of_an_origin_is_kept_and_shown_to_nobody()
    {
        Need.LoopDevices();
        using XattrImage image = new(256, 1024, 1);
        byte[] path = B(string.Join('/', Enumerable.Repeat("name", 60)));
        byte[] buffer = new byte[4096];
        image.With("dir", inode => Assert.Equal(Errno.None, ((LayerDirectory)inode).SetOrigin(OriginKind.Redirect, path)));
        image.Unmount();
        image.With("dir", inode =>
        {
            LayerDirectory directory = (LayerDirectory)inode;
            Assert.Equal(Errno.None, directory.GetOrigin(buffer, out OriginKind kind, out int length));
            Assert.Equal(OriginKind.Redirect, kind);
            Assert.Equal(path, buffer[..length]);
            Assert.Empty(List(inode));
            Assert.Equal(Errno.ENODATA, inode.GetXattr("trusted.ext2u.origin"u8, buffer, out _));
            Assert.Equal(Errno.EPERM, inode.SetXattr("trusted.ext2u.origin"u8, "x"u8, XattrFlags.None));
            Assert.Equal(Errno.EPERM, inode.RemoveXattr("trusted.ext2u.origin"u8));
            Assert.Equal(Errno.None, directory.SetOrigin(OriginKind.Natural, []));
            Assert.Equal(Errno.None, directory.GetOrigin(buffer, out kind, out length));
            Assert.Equal((OriginKind.Natural, 0), (kind, length));
        });
        image.Unmount();
        Assert.Empty(image.Log.All);
        E2fsck.AssertCleanWithoutMarks(image.Path);
    }

    [Fact]
    public void Immutable_and_append_only_hold_for_files()
    {
        Need.LoopDevices();
        using XattrImage image = new(256, 1024, 1);
        image.With("f0", inode =>
        {
            FileInode file = (FileInode)inode;
            Assert.Equal(Errno.None, file.SetAttributes(new AttributeChange { Fields = AttributeFields.Flags, Flags = InodeFlags.AppendOnly }));
            Assert.Equal(Errno.EPERM, file.Opened(OpenMode.Write));
            Assert.Equal(Errno.None, file.Opened(OpenMode.Write | OpenMode.Append));
            Assert.Equal(Errno.EPERM, file.SetSize(0));
            Assert.Equal(Errno.EPERM, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 0, 1));
            Assert.Equal(Errno.EPERM, file.SetXattr("user.a"u8, "1"u8, XattrFlags.None));
            Assert.Equal(Errno.EPERM, file.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode }));
            Assert.Equal(Errno.None, file.SetAttributes(new AttributeChange { Fields = AttributeFields.Flags }));
            Assert.Equal(Errno.None, file.Opened(OpenMode.Write));
        });
        image.AssertClean();
    }

    [Fact]
    public void Damage_is_reported_and_never_followed()
    {
        Need.LoopDevices();
        const int Seed = 12;
        Random random = new(Seed);
        using XattrImage image = new(128, 1024, 1);
        image.With("f0", inode => Assert.Equal(Errno.None, inode.SetXattr("user.name"u8, new byte[100], XattrFlags.None)));
        image.Unmount();
        long place = 1024 * BlockNumberOf(image, "f0");
        byte[] sound = image.ReadBytes(0, 16 << 20);

        byte[] buffer = new byte[4096];
        for (int round = 0; round < 60; round++)
        {
            using (FileStream file = image.OpenBytes())
            {
                file.Write(sound);
                file.Position = place + random.Next(64);
                file.WriteByte((byte)random.Next(256));
            }

            image.Log.All.Clear();
            image.With("f0", inode =>
            {
                Errno[] answers =
                [
                    inode.ListXattr(buffer, out _), inode.GetXattr("user.name"u8, buffer, out _),
                    inode.SetXattr("user.name"u8, "new"u8, XattrFlags.None), inode.RemoveXattr("user.name"u8),
                ];
                Assert.True(!answers.Contains(Errno.EUCLEAN) || image.Log.All.Count > 0, $"seed {Seed} round {round}: nothing was reported.");
            });
            image.Unmount();
        }
    }

    [Fact]
    public void Reading_makes_no_garbage()
    {
        Need.LoopDevices();
        using XattrImage image = new(256, 1024, 1);
        image.With("f0", inode =>
        {
            byte[] buffer = new byte[256];
            Assert.Equal(Errno.None, inode.SetXattr("user.name"u8, "value"u8, XattrFlags.None));
            _ = Round(inode, buffer);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Errno error = Errno.None;
            for (int i = 0; i < 100; i++)
            {
                error |= Round(inode, buffer);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(Errno.None, error);
        });

        static Errno Round(Inode inode, byte[] buffer)
        {
            Errno error = inode.GetXattr("user.name"u8, buffer, out _);
            error |= inode.ListXattr(buffer, out _);
            return error | (inode.GetXattr(PosixAcl.AccessName, buffer, out _) ^ Errno.ENODATA);
        }
    }

    private static void Change(Random random, XattrImage image, Dictionary<string, byte[]> attributes, string file, string name, string where) =>
        image.With(file, inode =>
        {
            if (random.Next(3) == 0)
            {
                Errno removed = inode.RemoveXattr(B(name));
                Assert.True(removed == (attributes.Remove(name) ? Errno.None : Errno.ENODATA), $"{where}: remove {name} of {file}: {removed}");
                return;
            }

            byte[] value = new byte[random.Next(random.Next(4) == 0 ? 700 : 30)];
            random.NextBytes(value);
            Errno set = inode.SetXattr(B(name), value, XattrFlags.None);
            Assert.True(set is Errno.None or Errno.ENOSPC, $"{where}: set {name} of {file}: {set}");
            if (set == Errno.None)
            {
                attributes[name] = value;
            }

            Assert.Equal(attributes.Keys.Order(StringComparer.Ordinal), List(inode));
            Assert.All(attributes, attribute => Assert.Equal(attribute.Value, Get(inode, attribute.Key)));
        });

    private static void CompareWithKernel(string root, string file, Dictionary<string, byte[]> attributes)
    {
        byte[] path = B($"{root}/{file}");
        Assert.Equal(attributes.Keys.Order(StringComparer.Ordinal), Posix.ListXattrs(path).Value);
        Assert.All(attributes, attribute => Assert.Equal(attribute.Value, Posix.GetXattr(path, B(attribute.Key)).Value));
    }

    private static List<string> List(Inode inode)
    {
        byte[] buffer = new byte[8192];
        Assert.Equal(Errno.None, inode.ListXattr(buffer, out int length));
        Assert.Equal(Errno.None, inode.ListXattr([], out int asked));
        Assert.Equal(length, asked);
        return Posix.SplitXattrs(buffer.AsSpan(0, length));
    }

    private static byte[] Get(Inode inode, string name)
    {
        byte[] buffer = new byte[8192];
        Assert.Equal(Errno.None, inode.GetXattr(B(name), buffer, out int length));
        return buffer[..length];
    }

    private static long BlockNumberOf(XattrImage image, string file) =>
        long.Parse(System.Text.RegularExpressions.Regex.Match(image.Debugfs($"stat {file}"), @"File ACL: (\d+)").Groups[1].Value);

    private static byte[] BlockOf(XattrImage image, string file) =>
        image.ReadBytes(BlockNumberOf(image, file) * 1024, 1024);
}
