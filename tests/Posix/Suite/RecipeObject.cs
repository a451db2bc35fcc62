namespace Ext2Union.Posix.Tests.Suite;

/// <summary>One thing of a recipe.</summary>
/// <param name="Path">Its name in the behaviour's directory; "." is that directory.</param>
/// <param name="Kind">What it is; see <see cref="Recipe"/>.</param>
/// <param name="Detail">What stands behind the kind.</param>
/// <param name="Mode">Permission bits, or null for the usual ones.</param>
/// <param name="User">Owner.</param>
/// <param name="Group">Group.</param>
internal sealed record RecipeObject(string Path, char Kind, string Detail, uint? Mode, uint User, uint Group)
{
    public const char Attributes = '.';
    public const char Directory = '/';
    public const char File = '=';
    public const char Symlink = '>';
    public const char Fifo = '|';
    public const char Socket = '&';
    public const char CharacterDevice = '%';
    public const char BlockDevice = '#';
    public const char HardLink = '<';
    public const char Xattr = '+';
    public const char InodeFlags = '!';
    public const char Acl = '?';

    /// <summary>Whether it says more about an object that another one made.</summary>
    public bool IsAddition => Kind is Attributes or Xattr or InodeFlags or Acl;
}
