namespace Ext2Union.Ext2.Volume;

/// <summary>What happens when corruption is met while mounted (mount option <c>errors=</c>).</summary>
public enum ErrorsPolicy
{
    /// <summary>As the superblock says (s_errors); panic counts as <see cref="RemountReadOnly"/>.</summary>
    FromSuperblock,
    /// <summary>Answer EUCLEAN, mark the volume, go on.</summary>
    Continue,
    /// <summary>The same, and refuse every change from then on.</summary>
    RemountReadOnly,
}
