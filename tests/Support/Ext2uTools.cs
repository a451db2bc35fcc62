namespace Ext2Union.Tests.Support;

/// <summary>The tools as shipped, called as a user calls them.</summary>
public static class Ext2uTools
{
    /// <summary>mkfs.ext2u IMAGE SIZE; the size as the tool takes it ("64m").</summary>
    public static void Mkfs(string image, string size, params ReadOnlySpan<string> options) =>
        ProcessRunner.Check(Repository.PublishedTool("mkfs.ext2u"), ["-q", "-F", .. options, image, size]);

    /// <summary>fsck.ext2u with these arguments.</summary>
    public static ProcessResult Fsck(params ReadOnlySpan<string> arguments) => ProcessRunner.Run(Repository.PublishedTool("fsck.ext2u"), arguments);

    /// <summary>Fails unless both our checker and stock e2fsck (on a copy without the mark bits) find nothing in the image.</summary>
    public static void AssertClean(string image)
    {
        _ = Fsck("-f", "-n", image).OrFail();
        E2fsck.AssertCleanWithoutMarks(image);
    }

    /// <summary>mount.ext2u, as shipped.</summary>
    public static MountedExt2u Mount(string what, string folder, string options = "") => new(what, folder, options, published: true);
}
