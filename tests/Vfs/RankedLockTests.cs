namespace Ext2Union.Vfs.Tests;

public sealed class RankedLockTests
{
    [Fact]
    public void Rising_ranks_and_re_entry_are_allowed()
    {
        RankedLock tree = new(LockRank.UnionTree);
        RankedLock top = new(LockRank.LayerTop);
        using (tree.Enter())
        using (top.Enter())
        using (tree.Enter())
        using (top.Enter())
        {
            Assert.True(tree.IsHeld && top.IsHeld);
        }

        Assert.False(tree.IsHeld || top.IsHeld);
        using (top.Enter())
        {
            Assert.True(top.IsHeld);
        }
    }

#if DEBUG
    [Fact]
    public void A_falling_rank_is_a_fault_and_leaves_the_lock_free()
    {
        RankedLock tree = new(LockRank.UnionTree);
        RankedLock lower = new(LockRank.LayerLower);
        using (lower.Enter())
        {
            _ = Assert.Throws<InvalidOperationException>(() => { using (tree.Enter()) { } });
        }

        Assert.False(tree.IsHeld);
        Assert.False(lower.IsHeld);
    }
#endif

    [Fact]
    public void Another_thread_waits()
    {
        RankedLock gate = new(LockRank.LayerTop);
        int inside = 0, most = 0;
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                for (int round = 0; round < 1000; round++)
                {
                    using (gate.Enter())
                    {
                        most = Math.Max(most, ++inside);
                        inside--;
                    }
                }
            });
            threads[i].Start();
        }

        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(1, most);
    }
}
