namespace Ext2Union.Posix.Tests.Suite;

/// <summary>Kinds of file systems that the suite is run on.</summary>
[Flags]
internal enum Subjects
{
    None = 0,
    /// <summary>ext2 of the kernel: a reference.</summary>
    KernelExt2 = 1,
    /// <summary>overlayfs of the kernel: a reference.</summary>
    KernelOverlay = 2,
    /// <summary>Our ext2 without a union.</summary>
    PlainExt2 = 4,
    /// <summary>Our tmpfs without a union.</summary>
    PlainTmpfs = 8,
    /// <summary>Our union with an ext2 top.</summary>
    Ext2Union = 16,
    /// <summary>Our union with a tmpfs top.</summary>
    TmpfsUnion = 32,
    /// <summary>Said beside one of the unions: a lower is a directory of the host.</summary>
    DirectoryBelow = 64,

    Kernel = KernelExt2 | KernelOverlay,
    Unions = Ext2Union | TmpfsUnion,
    Ours = PlainExt2 | PlainTmpfs | Unions,
    All = Kernel | Ours,
    OnTmpfs = PlainTmpfs | TmpfsUnion,
    OnExt2 = KernelExt2 | KernelOverlay | PlainExt2 | Ext2Union,
}
