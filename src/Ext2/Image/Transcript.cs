using Ext2Union.Ext2.Fsck;

namespace Ext2Union.Ext2;

/// <summary>Keeps the lines of a check.</summary>
internal sealed class Transcript : Interaction
{
    public List<string> Lines { get; } = [];

    public override void Line(string text) => Lines.Add(text);

    public override Answer Ask(string text) => Answer.No;
}
