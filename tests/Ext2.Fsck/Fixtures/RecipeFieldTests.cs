using System.Runtime.InteropServices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.OnDisk.Xattrs;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>The fields of recipes are those of the structures, each where it should be; and a recipe that is wrong says where.</summary>
public sealed class RecipeFieldTests
{
    [Fact]
    public void FieldsLieWhereTheStructuresHaveThem()
    {
        AssertSame<Superblock>(RecipeFields.Superblock);
        AssertSame<GroupDescriptor>(RecipeFields.Descriptor);
        AssertSame<RawInode>(RecipeFields.Inode);
        AssertSame<RawInodeExtra>(RecipeFields.InodeExtra);
        AssertSame<DirectoryRecordHeader>(RecipeFields.Record);
        AssertSame<HashTreeRootInfo>(RecipeFields.IndexRoot);
        AssertSame<XattrBlockHeader>(RecipeFields.AttributeBlock);
        AssertSame<XattrEntryHeader>(RecipeFields.Attribute);
    }

    [Theory]
    [InlineData("fixtures/fsck/x/recipe:3", "base small", "raises D002", "frobnicate superblock.Magic")]
    [InlineData("fixtures/fsck/x/recipe:1", "base nothing", "raises D002")]
    [InlineData("fixtures/fsck/x/recipe:2", "base small", "set superblock.Magick 0", "raises D002")]
    [InlineData("fixtures/fsck/x/recipe:2", "base small", "set inode(/missing).Mode 0", "raises D002")]
    [InlineData("fixtures/fsck/x/recipe:2", "base small", "set inode(/small) 0", "raises D002")]
    [InlineData("fixtures/fsck/x/recipe:2", "base small", "set superblock.Magic zero", "raises D002")]
    [InlineData("fixtures/fsck/x/recipe:2", "base small", "set record(/, small.Inode 0", "raises D002")]
    [InlineData("'raises'", "base small")]
    public void AWrongLineIsNamed(string said, params string[] lines)
    {
        RecipeSyntaxException fault = Assert.Throws<RecipeSyntaxException>(() => Fixture.Parse(Path.Combine(FixtureTable.Root, "x"), lines).Damaged());
        Assert.Contains(said, fault.Message);
    }

    private static void AssertSame<T>(IReadOnlyDictionary<string, RecipeField> fields)
        where T : struct
    {
        Assert.Equal(typeof(T).GetFields().Where(field => !field.IsLiteral).Select(field => field.Name).Order(), fields.Keys.Order());
        int end = 0;
        foreach ((string name, RecipeField field) in fields.OrderBy(pair => pair.Value.Offset))
        {
            Assert.True((int)Marshal.OffsetOf<T>(name) == field.Offset, $"{typeof(T).Name}.{name}");
            Assert.Equal(end, field.Offset);
            end += field.Bytes;
        }
        Assert.True(end <= Marshal.SizeOf<T>(), typeof(T).Name);
    }
}
