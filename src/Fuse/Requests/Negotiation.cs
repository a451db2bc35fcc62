using Ext2Union.Fuse.Protocol;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Requests;

/// <summary>INIT: which protocol is spoken and which abilities are used.</summary>
internal sealed class Negotiation(ServedTree tree)
{
    private const uint Major = 7;
    private const uint Minor = 45;
    // 7.36 is Linux 5.17: the extended INIT and all structures in the form that Protocol/ has.
    private const uint OldestMinor = 36;

    private const InitFlags Wanted = InitFlags.AsyncRead | InitFlags.AtomicTruncate | InitFlags.ExportSupport | InitFlags.BigWrites
        | InitFlags.DontMask | InitFlags.IoctlOnDirectories | InitFlags.ReadDirectoryPlus | InitFlags.ReadDirectoryPlusAuto | InitFlags.AsyncDirectIo
        | InitFlags.ParallelDirectoryOperations | InitFlags.PosixAcl | InitFlags.MaximumPages | InitFlags.HandleKillPrivileges2
        | InitFlags.SetXattrExtended | InitFlags.Extended;

    /// <summary>INIT. Errors: EPROTO's stand-in EINVAL for a kernel that is too old.</summary>
    public Errno Answer(Exchange exchange)
    {
        ref InitIn offered = ref exchange.Fixed<InitIn>();
        if (offered.Major != Major || offered.Minor < OldestMinor)
        {
            tree.Log.Report($"the kernel speaks FUSE {offered.Major}.{offered.Minor}; {Major}.{OldestMinor} (Linux 5.17) or later is needed");
            return Errno.EINVAL;
        }

        InitFlags wanted = Wanted | (tree.IsExclusive ? InitFlags.CacheSymlinks : InitFlags.None);

        // Without ACLs the kernel applies the umask itself, as it does for its own file systems that have none.
        wanted &= tree.Options.HasAcls ? ~InitFlags.None : ~(InitFlags.PosixAcl | InitFlags.DontMask);
        InitFlags flags = wanted & (InitFlags)(offered.Flags | ((ulong)offered.Flags2 << 32));
        uint readahead = offered.MaximumReadahead;
        uint minor = Math.Min(Minor, offered.Minor);
        ref InitOut answer = ref exchange.Answer<InitOut>();
        answer.Major = Major;
        answer.Minor = minor;
        answer.MaximumReadahead = readahead;
        answer.Flags = (uint)flags;
        answer.Flags2 = (uint)((ulong)flags >> 32);
        answer.MaximumBackground = 64;
        answer.CongestionThreshold = 48;
        answer.MaximumWrite = Exchange.MaximumPayload;
        answer.MaximumPages = Exchange.MaximumPayload / 4096;
        answer.TimeGranularity = 1;
        return Errno.None;
    }
}
