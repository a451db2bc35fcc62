using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Workloads;

/// <summary>What people do with a file system: unpack, keep history, keep a database, copy it all back.</summary>
public sealed class WorkloadTests
{
    private const string Unpack = """
        tar -cf ../source.tar -C "$SOURCE" .
        mkdir source && tar -xf ../source.tar -C source
        rsync -rlptgoDc --delete --itemize-changes "$SOURCE"/ source/ > ../differences
        if [ -s ../differences ]; then echo "the unpacked tree differs:"; head -20 ../differences; exit 1; fi
        """;

    private const string History = """
        export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t GIT_CONFIG_NOSYSTEM=1 HOME=$PWD
        cp -r source repository; cd repository
        git init -q .; git add -A; git commit -q -m first
        for i in 1 2 3 4 5 6; do echo "$i" >> "$(git ls-files | sed -n "$((i * 7))p")"; git commit -q -a -m "change $i"; done
        git mv "$(git ls-files | head -1)" moved-by-git; git commit -q -m move
        git gc -q; git fsck --strict; [ -z "$(git status --porcelain)" ]
        git checkout -q HEAD~3; git checkout -q -; [ "$(git log --oneline | wc -l)" = 8 ]
        """;

    private const string Database = """
        sqlite3 data.db 'create table t(k integer primary key, v text); pragma journal_mode=wal;' > /dev/null
        for round in 1 2 3 4 5; do
          { echo 'begin;'; for i in $(seq 400); do echo "insert into t(v) values(hex(randomblob(60)));"; done; echo 'commit;'; } | sqlite3 data.db
          printf 'begin; delete from t where k %% 3 = 0; rollback;' | sqlite3 data.db
          echo "update t set v = v || 'x' where k % 7 = $round; delete from t where k % 11 = $round;" | sqlite3 data.db
        done
        sqlite3 data.db 'pragma journal_mode=delete; vacuum;' > /dev/null
        [ "$(sqlite3 data.db 'pragma integrity_check')" = ok ]; sqlite3 data.db 'select count(*) from t' > ../rows
        """;

    private const string CopyBack = """
        mkdir ../back; rsync -aAXHc . ../back/
        rsync -aAXHcn --delete --itemize-changes . ../back/ > ../differences
        if [ -s ../differences ]; then echo "what came back differs:"; head -20 ../differences; exit 1; fi
        """;

    [Fact]
    public void PlainMountServesRealWork()
    {
        using var scratch = NewScratch();
        Ext2uTools.Mkfs(scratch["image"], "512m");
        using (MountedExt2u mount = Ext2uTools.Mount(scratch["image"], scratch["mount"]))
        {
            Work(mount);
            mount.Unmount();
        }

        E2fsck.AssertClean(scratch["image"]);
        _ = Ext2uTools.Fsck("-f", "-n", scratch["image"]).OrFail();
    }

    [Fact]
    public void UnionMountServesRealWork()
    {
        using var scratch = NewScratch();
        string lower = scratch.Folder("lower");
        TreeRecipe.Plain(lower, 600);
        Ext2uTools.Mkfs(scratch["base"], "64m", "-d", lower);
        Ext2uTools.Mkfs(scratch["image"], "512m");
        TreeSnapshot before;
        using (MountedExt2u mount = Ext2uTools.Mount(scratch["image"], scratch["mount"], $"union,lower={scratch["base"]}"))
        {
            // Part of the work meets the lower: the tree that is unpacked replaces what was there.
            ProcessRunner.Bash("rm -r d1 d2/e0; mv d3/e1/* d4/; echo changed | tee -a d5/e*/file-* > /dev/null; chmod -R go-w d6", mount.FullPath);
            Work(mount);
            before = TreeSnapshot.Of(mount.FullPath);
            mount.Unmount();
        }

        using (MountedExt2u again = Ext2uTools.Mount(scratch["image"], scratch["mount"], $"union,lower={scratch["base"]}"))
        {
            TreeSnapshot.AssertSame(before, TreeSnapshot.Of(again.FullPath), "after a remount");
            again.Unmount();
        }

        Ext2uTools.AssertClean(scratch["image"]);
        E2fsck.AssertClean(scratch["base"]);
    }

    private static void Work(MountedExt2u mount)
    {
        foreach (string script in (string[])[Unpack, History, Database, CopyBack])
        {
            _ = ProcessRunner.Bash($"umask 022; SOURCE={Path.Combine(Repository.Root, "src")}; " + script, mount.FullPath, seconds: 180);
        }
    }

    private static ScratchDirectory NewScratch()
    {
        Need.Root();
        Need.Fuse();
        foreach (string command in (string[])["git", "rsync", "sqlite3"])
        {
            Need.Command(command);
        }

        return new ScratchDirectory("work");
    }
}
