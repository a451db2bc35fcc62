using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>
/// The times that a copied object gets. Where the same tree shall make the same bytes, times of reading and of checking out must not tell: access and
/// change times are not copied then, and nothing is later than the given moment.
/// </summary>
/// <param name="Latest">Seconds since 1970, or null to copy all times as they are.</param>
internal readonly record struct TimeLimit(long? Latest)
{
    /// <summary>Puts the three times into a change.</summary>
    public void Apply(ref AttributeChange change, Timestamp accessed, Timestamp modified, Timestamp changed)
    {
        change.Fields |= AttributeFields.AccessTime | AttributeFields.ModifyTime | AttributeFields.ChangeTime;
        change.ModifyTime = Clamp(modified);
        change.AccessTime = Latest is null ? accessed : change.ModifyTime;
        change.ChangeTime = Latest is long latest ? new Timestamp(latest, 0) : changed;
    }

    private Timestamp Clamp(Timestamp time) => Latest is long latest && time.Seconds >= latest ? new Timestamp(latest, 0) : time;
}
