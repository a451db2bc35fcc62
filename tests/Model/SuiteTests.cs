using Ext2Union.Tests.Support;

namespace Ext2Union.Model.Tests;

/// <summary>What the suite stands on.</summary>
public sealed class SuiteTests
{
    [Fact]
    public void ToolsAreBuilt() => Assert.True(File.Exists(Repository.Tool("mount.ext2u")));
}
