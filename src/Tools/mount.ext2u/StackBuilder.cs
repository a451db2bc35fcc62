using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>Opens the layers that a request names and puts them on each other. Everything is open and locked before anything is mounted.</summary>
internal static class StackBuilder
{
    /// <summary>Builds the stack. Null and a refusal: a layer cannot be had, and nothing is left open.</summary>
    public static Stack? Build(MountRequest request, string target, EventLog log, List<string> notes, out Refusal? refusal)
    {
        refusal = null;
        if (request.Spec == "tmpfs")
        {
            return new Stack { FileSystem = new TmpfsFileSystem(OptionsOfTmpfs(request.Options)), Name = "tmpfs" };
        }

        refusal = Refusal.Failure($"{request.Spec} is not tmpfs; name tmpfs as what to mount");
        return null;
    }

    private static TmpfsOptions OptionsOfTmpfs(MountOptions options) => new()
    {
        SizeBytes = options.SizeBytes ?? 0,
        InodeCount = options.InodeLimit ?? 0,
        Mode = options.RootMode ?? 0x3FF,
        UserId = options.UserId ?? 0,
        GroupId = options.GroupId ?? 0,
    };
}
