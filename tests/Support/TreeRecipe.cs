using System.Text;

namespace Ext2Union.Tests.Support;

/// <summary>Makes a tree that holds one of everything a file system must keep. As root it holds devices and foreign owners too.</summary>
public static class TreeRecipe
{
    private const string Script = """
        umask 022
        printf small > small; : > empty
        head -c 12288 /dev/zero | tr '\0' x > direct; head -c 300000 /dev/urandom > indirect
        mkdir -p a/b/c "with space" mode0 sticky many
        printf inner > a/b/c/inner; ln a/b/c/inner a/second-name; ln a/b/c/inner third-name
        ln -s small fast-link; ln -s "$(printf 'x%.0s' $(seq 200))" slow-link; ln -s a/b dir-link; ln -s nowhere dangling
        mkfifo pipe
        truncate -s 1M hole; printf end >> hole
        dd if=/dev/zero of=middle-hole bs=4096 count=1 status=none; truncate -s 100000 middle-hole; printf tail >> middle-hole
        printf 'bytes' > "$(printf 'not-utf8-\377\376')"; printf 'tab' > "$(printf 'tab\there')"
        printf long > "$(printf 'n%.0s' $(seq 255))"
        for i in $(seq 300); do printf "$i" > many/name-$i; done
        setfattr -n user.short -v value small; setfattr -n user.long -v "$(printf 'v%.0s' $(seq 500))" small
        setfattr -n user.dir -v d a
        printf suid > suid; chmod 4755 suid; printf secret > mode0/secret; chmod 0000 mode0/secret; chmod 0700 mode0; chmod 1777 sticky
        setfacl -m u:1234:rw small; setfacl -d -m g:4321:rx a
        if [ "$(id -u)" = 0 ]; then
          mknod char c 1 3; mknod block b 259 70000; chown 1000:2000 direct; chown -h 70000:80000 fast-link; chown 65534 a/b
          setfattr -n trusted.mark -v t direct
        fi
        touch -h -d '2001-02-03 04:05:06.123456789 UTC' fast-link small a/b/c/inner
        touch -d '2033-12-24 18:00:00.000000001 UTC' direct
        touch -d '1999-01-01 00:00:00 UTC' a/b sticky
        """;

    /// <summary>Makes the tree in a folder that exists and is empty.</summary>
    public static void Everything(string folder) => ProcessRunner.Bash(Script, folder);

    /// <summary>A folder of many small files in several directories: the plain kind of tree.</summary>
    public static void Plain(string folder, int files)
    {
        for (int index = 0; index < files; index++)
        {
            string directory = Path.Combine(folder, $"d{index % 16}", $"e{index % 5}");
            _ = Directory.CreateDirectory(directory);
            File.WriteAllBytes(Path.Combine(directory, $"file-{index}"), Encoding.ASCII.GetBytes(new string((char)('a' + (index % 26)), index % 3000)));
        }
    }
}
