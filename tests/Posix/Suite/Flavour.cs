namespace Ext2Union.Posix.Tests.Suite;

/// <summary>Where the objects of a behaviour come from.</summary>
internal enum Flavour
{
    /// <summary>Made through the mount, moments before.</summary>
    Here,
    /// <summary>Lying in the image or in the lowers when it was mounted.</summary>
    Below,
}
