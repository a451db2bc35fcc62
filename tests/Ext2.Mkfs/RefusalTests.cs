using System.Diagnostics;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Mkfs.Tests;

/// <summary>A wrong value is one line that names the option and what it may be, before anything is written.</summary>
public sealed class RefusalTests
{
    private const string Size = "is not a size (a number, or a number with s, k, m, g or t behind it)";

    private static readonly (string Arguments, string Sentence)[] Cases =
    [
        ("-b 512 x 8m", "-b: '512' is not a whole number in 1024..65536"),
        ("-b 131072 x 8m", "-b: '131072' is not a whole number in 1024..65536"),
        ("-b 4k x 8m", "-b: '4k' is not a whole number in 1024..65536"),
        ("-b 1500 x 8m", "x: The block size (-b) 1500 is not 1024, 2048, 4096 ... 65536."),
        ("-I 64 x 8m", "-I: '64' is not a whole number in 128..65536"),
        ("-I 200 x 8m", "x: The inode size (-I) 200 is not a power of two from 128 to the block size."),
        ("-I 8192 -b 4096 x 8m", "x: The inode size (-I) 8192 is larger than the block size 4096."),
        ("-i 512 x 8m", "-i: '512' is not a whole number in 1024..67108864"),
        ("-i 67108865 x 8m", "-i: '67108865' is not a whole number in 1024..67108864"),
        ("-N 0 x 8m", "-N: '0' is not a whole number in 1..4294967295"),
        ("-N 5000000000 x 8m", "-N: '5000000000' is not a whole number in 1..4294967295"),
        ("-N 100000000 x 8m", "x: 100000000 inodes of 256 bytes don't fit into 8192 blocks; a higher -i or a lower -N is needed."),
        ("-m -1 x 8m", "-m: '-1' is not a share in 0..50 percent"),
        ("-m 50.1 x 8m", "-m: '50.1' is not a share in 0..50 percent"),
        ("-m NaN x 8m", "-m: 'NaN' is not a share in 0..50 percent"),
        ("-L 12345678901234567 x 8m", "x: The label (-L) has 17 bytes; 16 are the most."),
        ("-U 1234 x 8m", "-U: '1234' is not a UUID, random, time or clear"),
        ("-g 248 x 8m", "-g: '248' is not a whole number in 256..65528"),
        ("-g 257 x 8m", "x: The blocks per group (-g) 257 are not a multiple of 8 in 256..8192."),
        ("-g 16384 -b 1024 x 8m", "x: The blocks per group (-g) 16384 are not a multiple of 8 in 256..8192."),
        ("-r 2 x 8m", "-r: '2' is not a whole number in 0..1"),
        ("-r 0 -I 256 x 8m", "x: Revision 0 (-r 0) has inodes of 128 bytes (-I)."),
        ("-T nonsense x 8m", "-T: 'nonsense' is no kind of use (floppy, small, default, big, huge, news, largefile, largefile4 are)"),
        ("-T hurd x 8m", "-T: hurd: volumes are made for Linux only"),
        ("x 0", $"SIZE: '0' {Size}"),
        ("x 10q", $"SIZE: '10q' {Size}"),
        ("x 99999999t", $"SIZE: '99999999t' {Size}"),
        ("x 8k", "x: 8 blocks of 1024 bytes are too few; 60 are the least."),
        ("x 17t", "x: 4563402752 blocks of 4096 bytes are too many for ext2 (at most 4294967295); -b 8192 would do."),
        ("-b 1024 x 5t", "x: 5368709120 blocks of 1024 bytes are too many for ext2 (at most 4294967295); -b 2048 would do."),
        ("-E offset=x x 8m", $"-E offset: 'x' {Size}"),
        ("-E stride=0 x 8m", "-E stride: '0' is not a whole number in 1..65535"),
        ("-E stripe_width=5000000000 x 8m", "-E stripe_width: '5000000000' is not a whole number in 1..4294967295"),
        ("-E stride x 8m", "-E stride needs a value"),
        ("-E resize=100 x 8m", "x: The size to grow to (-E resize=) of 100 blocks is not larger than the volume's 8192."),
        ("-E resize=1x x 8m", "-E resize: '1x' is not a whole number in 1..4294967295"),
        ("-E resize=100000 -O ^resize_inode x 8m", "x: Growing (-E resize=) needs the feature resize_inode."),
        ("-E root_owner=me x 8m", "-E root_owner: 'me' is not USER:GROUP in numbers"),
        ("-E lazy_itable_init=2 x 8m", "-E lazy_itable_init: '2' is neither 0 nor 1"),
        ("-E discard=1 x 8m", "-E discard takes no value"),
        ("-E hash_seed=1 x 8m", "-E hash_seed: '1' is not a UUID"),
        ("-E packed_meta_blocks=1 x 8m", "-E packed_meta_blocks: ext2 keeps bitmaps and inode tables in their group"),
        ("-E quotatype=usrquota x 8m", "-E quotatype: quota is not kept here"),
        ("-E frob x 8m", "-E frob: this extended option is not known (root_owner, offset, hash_seed, discard, nodiscard, stride, stripe_width, resize and lazy_itable_init are)"),
        ("-O resize_inode,^sparse_super x 8m", "x: The feature resize_inode needs sparse_super (-O ^resize_inode leaves it out)."),
        ("-O meta_bg x 8m", "x: The features resize_inode and meta_bg exclude each other (-O ^resize_inode leaves one out)."),
        ("-O ^filetype,whiteout x 8m", "x: The features whiteout and fallthru need filetype."),
        ("-O has_journal x 8m", "-O: The feature has_journal can't be made: ext2 has no journal, and a volume with one is ext3."),
        ("-O extent x 8m", "-O: The feature extent can't be made: ext2 maps blocks by indirect blocks, and a volume with extents is ext4."),
        ("-O 64bit x 8m", "-O: The feature 64bit can't be made: ext2 numbers blocks with 32 bits."),
        ("-O metadata_csum x 8m", "-O: The feature metadata_csum can't be made: ext2 has no checksums of metadata."),
        ("-O frob x 8m", "-O: There is no feature called frob."),
        ("-j x 8m", "-j: ext2 has no journal"),
        ("-c x 8m", "-c: blocks are not tested for being readable; use badblocks(8)"),
        ("-S x 8m", "-S: superblocks alone are not written; fsck.ext2u -b repairs from a backup"),
        ("-t ext4 x 8m", "-t: 'ext4' is not made here; ext2 is"),
        ("-X x 8m", "there is no option -X; mkfs.ext2u --help lists all"),
        ("--frob x 8m", "there is no option --frob; mkfs.ext2u --help lists all"),
        ("-d", "the option -d needs a value"),
        ("-d missing x", "-d: missing: No such file or directory"),
        ("x 8m more", "'more' is one operand too many. Usage: mkfs.ext2u [options] DEVICE|IMAGE [SIZE]"),
        ("", "which image or device? Usage: mkfs.ext2u [options] DEVICE|IMAGE [SIZE]; mkfs.ext2u --help lists all options"),
        ("x", "x does not exist; give a size to make it, as in: mkfs.ext2u x 1g"),
        ("-q missing/x 8m", "missing/x: No such file or directory; check the path"),
        (". 8m", ". is a directory; an image file or a block device is needed"),
        ("/dev/null 8m", "/dev/null is a character device; an image file or a block device is needed"),
    ];

    [Fact]
    public void EveryWrongValueIsOneLine()
    {
        using var scratch = new ScratchDirectory("refusal");
        string tool = Repository.Tool("mkfs.ext2u");
        string[] answers = new string[Cases.Length];
        _ = Parallel.For(0, Cases.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, index =>
        {
            var start = new ProcessStartInfo(tool) { WorkingDirectory = scratch.FullPath };
            ProcessResult result = ProcessRunner.Run(start, Cases[index].Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), null, TimeSpan.FromSeconds(60));
            answers[index] = $"{result.ExitCode} {result.Output}{result.Error}";
        });
        for (int index = 0; index < Cases.Length; index++)
        {
            Assert.Equal($"{Cases[index].Arguments}: 1 mkfs.ext2u: {Cases[index].Sentence}\n", $"{Cases[index].Arguments}: {answers[index]}");
        }

        Assert.Empty(Directory.GetFileSystemEntries(scratch.FullPath));
    }
}
