using System.Diagnostics;
using System.Text.RegularExpressions;
using Ext2Union.Tests.Support;

namespace Ext2Union.Packaging.Tests;

/// <summary>docs/COOKBOOK.md: every recipe is run as it stands on the page and prints what the page says.</summary>
public sealed partial class CookbookTests : IDisposable
{
    private readonly ScratchDirectory scratch = new("recipe");

    public static TheoryData<string> Recipes => [.. Page().Select(recipe => recipe.Groups["name"].Value)];

    public void Dispose() => scratch.Dispose();

    [Theory]
    [MemberData(nameof(Recipes))]
    public void TheRecipeWorks(string name)
    {
        Need.Root();
        Need.Fuse();
        Match recipe = Page().Single(match => match.Groups["name"].Value == name);
        string script = recipe.Groups["script"].Value;
        foreach (string command in ((string[])["squashfuse", "mksquashfs", "sfdisk", "fusermount3"]).Where(command => script.Contains(command, StringComparison.Ordinal)))
        {
            Need.Command(command);
        }

        string file = scratch["recipe.sh"];
        string folder = scratch.Folder("work");
        File.WriteAllText(file, "set -euo pipefail\n" + script);
        ProcessRunner.Check("/bin/chmod", "-R", "a+rX", scratch.FullPath);

        // In name spaces of its own, so that nothing is left of a recipe that failed half way, and with the helpers of umount(8) in /sbin as the package installs them.
        string tools = Path.GetDirectoryName(Repository.PublishedTool("mkfs.ext2u"))!;
        string setUp = $"mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir={scratch.Folder("sbin")},workdir={scratch.Folder("sbin-work")} /usr/sbin; "
            + $"for helper in umount.fuse.ext2u umount.fuse; do cp {tools}/umount.fuse.ext2u /usr/sbin/$helper; done; ";
        string run = $"cd {folder}; bash {file}";
        if (name.EndsWith("without root", StringComparison.Ordinal))
        {
            ProcessRunner.Check("/bin/chown", "1000:1000", folder);
            string device = scratch["fuse"];
            run = $"mknod -m 666 {device} c 10 229; mount --bind {device} /dev/fuse; cd {folder}; setpriv --reuid 1000 --regid 1000 --clear-groups bash {file}";
        }

        var start = new ProcessStartInfo("/usr/bin/unshare");
        start.Environment["PATH"] = tools + ":" + Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin";
        ProcessResult result = ProcessRunner.Run(
            start, ["-mpf", "--mount-proc", "--kill-child", "--propagation", "private", "/bin/bash", "-euc", setUp + run], null, TimeSpan.FromSeconds(90));
        Assert.Equal(recipe.Groups["output"].Value, result.OrFail().Output);
    }

    private static MatchCollection Page() => Recipe().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "COOKBOOK.md")));

    [GeneratedRegex("^## (?<name>[^\n]+)\n(?:(?!^## )[^\n]*\n)*?```sh\n(?<script>.*?)```\n\n```text\n(?<output>.*?)```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Recipe();
}
