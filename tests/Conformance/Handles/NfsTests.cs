using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Handles;

/// <summary>
/// A mount exported again by nfs-ganesha (its VFS layer works with file handles) and used by the tools of libnfs: protocols 3 and 4 list and read, 3 writes (nfs-cp of libnfs 4.0
/// cannot create a file by protocol 4, on the kernel's own ext4 either, and never writes to a file that is there). The server has a network and a /run of its own, so that nothing of it meets the machine.
/// </summary>
public sealed class NfsTests : IDisposable
{
    private const string Content = """
        mkdir -p d/e; echo hello > d/hello; echo gone > d/gone; seq 300 | xargs -I{} touch d/e/f{}
        head -c 3000000 /dev/urandom > big; ln -s d/hello link
        """;

    private const string Serve = """
        set -eu
        ip link set lo up
        mount -t tmpfs tmpfs /run; mkdir /run/ganesha
        mount -t tmpfs tmpfs /var/lib/nfs
        mkdir -p /var/lib/nfs/ganesha
        rpcbind -f & rpcbind=$!
        cat > server.conf <<END
        NFS_CORE_PARAM { Protocols = 3,4; NFS_Port = 12049; MNT_Port = 12050; Enable_NLM = false; Enable_RQUOTA = false; mount_path_pseudo = true; }
        NFSV4 { Graceless = true; RecoveryBackend = fs; }
        EXPORT { Export_Id = 1; Path = $PWD/mount; Pseudo = /u; Access_Type = RW; Squash = No_Root_Squash; SecType = sys, none; Transports = TCP; FSAL { Name = VFS; } }
        END
        ganesha.nfsd -F -f server.conf -L "$PWD/server.log" -p "$PWD/server.pid" & server=$!
        trap 'kill $server $rpcbind; wait' EXIT
        three='version=3&nfsport=12049&mountport=12050&uid=0&gid=0'; four='version=4&nfsport=12049&uid=0&gid=0'; root=nfs://127.0.0.1/u
        for try in $(seq 100); do nfs-ls "$root?$three" > listed.3 2> refused && break; sleep 0.2; done
        nfs-ls -R "$root?$three" > listed.3; nfs-ls -R "$root?$four" > listed.4
        nfs-cat "$root/d/hello?$three" > hello.3; nfs-cat "$root/d/hello?$four" > hello.4
        nfs-cp "$root/big?$three" big.3 > copied; nfs-cp "$root/big?$four" big.4 > copied
        nfs-cp written "$root/d/written?$three" > copied; nfs-cp written "$root/m/e/written?$three" > copied
        nfs-cat "$root/d/written?$four" > written.4
        nfs-ls "$root/d?$three" > listed.after
        """;

    private readonly ScratchDirectory scratch = new("nfs");

    public NfsTests()
    {
        Need.Root();
        Need.Fuse();
        foreach (string command in (string[])["ganesha.nfsd", "rpcbind", "nfs-ls", "nfs-cat", "nfs-cp", "unshare", "ip"])
        {
            Need.Command(command);
        }
    }

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void AUnionIsExportedAgain()
    {
        string lower = scratch.Folder("lower");
        ProcessRunner.Bash(Content, lower);
        Ext2uTools.Mkfs(scratch["base"], "32m", "-d", lower);
        Ext2uTools.Mkfs(scratch["top"], "32m");
        ProcessRunner.Bash("head -c 500000 /dev/urandom > written", scratch.FullPath);
        using (MountedExt2u mount = Ext2uTools.Mount(scratch["top"], scratch["mount"], $"union,lower={scratch["base"]}"))
        {
            // A whiteout, a moved directory that leaves one, and a directory whose listing stores fallthrus.
            ProcessRunner.Bash("rm d/gone; mkdir m; mv d/e m/e; ls -R > /dev/null", mount.FullPath);
            File.WriteAllText(scratch["serve.sh"], Serve);
            ProcessRunner.Bash($"unshare --net --mount bash serve.sh > served 2>&1 || {{ cat served refused server.log; exit 1; }}", scratch.FullPath);

            string shown = string.Join('\n', ProcessRunner.Bash("find . -mindepth 1 -printf '%f\n' | LC_ALL=C sort", mount.FullPath).TrimEnd().Split('\n').Where(name => name != "written"));
            Assert.Equal(shown, NamesIn("listed.3"));
            Assert.Equal(shown, NamesIn("listed.4"));
            Assert.Equal("hello\n", File.ReadAllText(scratch["hello.3"]));
            Assert.Equal("hello\n", File.ReadAllText(scratch["hello.4"]));
            Assert.Equal(File.ReadAllBytes(Path.Combine(lower, "big")), File.ReadAllBytes(scratch["big.3"]));
            Assert.Equal(File.ReadAllBytes(Path.Combine(lower, "big")), File.ReadAllBytes(scratch["big.4"]));
            byte[] written = File.ReadAllBytes(scratch["written"]);
            Assert.Equal(written, File.ReadAllBytes(scratch["mount/d/written"]));
            Assert.Equal(written, File.ReadAllBytes(scratch["mount/m/e/written"]));
            Assert.Equal(written, File.ReadAllBytes(scratch["written.4"]));
            Assert.Equal("hello\nwritten", NamesIn("listed.after"));
            mount.Unmount();
        }

        _ = Ext2uTools.Fsck("-f", "-n", scratch["top"]).OrFail();
    }

    private string NamesIn(string listing) =>
        string.Join('\n', File.ReadLines(scratch[listing]).Select(line => line[(line.LastIndexOf(' ') + 1)..].Split('/')[^1]).Order(StringComparer.Ordinal));
}
