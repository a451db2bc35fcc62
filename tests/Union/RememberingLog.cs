using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>Keeps what was reported.</summary>
internal sealed class RememberingLog : EventLog
{
    public List<string> Lines { get; } = [];

    public override void Report(string line)
    {
        Assert.DoesNotContain('\n', line);
        lock (Lines)
        {
            Lines.Add(line);
        }
    }
}
