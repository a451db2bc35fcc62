using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>The lines and exit codes that scripts know from e2fsck: e2fsck says them on a copy of the same volume.</summary>
public sealed class InterfaceTests : IDisposable
{
    private const int State = 58, MountCount = 52, MaximumMountCount = 54, LastCheck = 64, CheckInterval = 68;
    private readonly ScratchDirectory scratch = new("fsck-interface");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("clean", "-p", "-n", "-fpv", "-fyv")]
    [InlineData("unclean", "-p", "-n", "-y", "-fp", "-fn")]
    [InlineData("errors", "-p", "-n", "-y")]
    [InlineData("mounts-over", "-p", "-n", "-y")]
    [InlineData("mounts-one-left", "-p", "-n")]
    [InlineData("mounts-three-left", "-p")]
    [InlineData("mounts-six-left", "-p")]
    [InlineData("mounts-never", "-p")]
    [InlineData("days-over", "-p", "-n")]
    [InlineData("days-left", "-p")]
    [InlineData("checked-in-future", "-p", "-n")]
    public void TheLinesAreThoseOfE2fsck(string what, params string[] options)
    {
        VolumeImage volume = BaseVolumes.Plain;
        Prepare(volume, what);
        foreach (string option in options)
        {
            string image = scratch["volume.img"];
            volume.Save(image);
            ProcessResult theirs = ProcessRunner.Run("/sbin/e2fsck", option, image);
            volume.Save(image);
            ProcessResult ours = Run(option, image);
            Assert.Equal((theirs.ExitCode, theirs.Output), (ours.ExitCode, ours.Output));
        }
    }

    private static void Prepare(VolumeImage volume, string what)
    {
        uint now = (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        (int mounts, int most) = what switch
        {
            "mounts-over" => (25, 20),
            "mounts-one-left" => (19, 20),
            "mounts-three-left" => (17, 20),
            "mounts-six-left" => (14, 20),
            "mounts-never" => (30000, 0xFFFF),
            _ => (3, 0),
        };
        volume.Set16(VolumeImage.Super(MountCount), (uint)mounts);
        volume.Set16(VolumeImage.Super(MaximumMountCount), (uint)most);
        volume.Set16(VolumeImage.Super(State), what switch { "unclean" => 0u, "errors" => 3, _ => 1 });
        volume.Set32(VolumeImage.Super(CheckInterval), what is "days-over" or "days-left" or "checked-in-future" ? 864000u : 0);
        volume.Set32(VolumeImage.Super(LastCheck), what switch { "days-over" => now - 8640000, "checked-in-future" => now + 864000, _ => now });
    }

    [Fact]
    public void TimesAreThoseOfE2fsckInForm()
    {
        string image = Saved(BaseVolumes.Plain);
        foreach (string option in (string[])["-fnt", "-fntt"])
        {
            ProcessResult theirs = ProcessRunner.Run("/sbin/e2fsck", option, image);
            ProcessResult ours = Run(option, image);
            // What passes 1b and 3 say beyond that is about e2fsck's own allocations.
            Assert.Equal(Forms(theirs).Where(line => !line.StartsWith("Peak", StringComparison.Ordinal)), Forms(ours));
        }

        static IEnumerable<string> Forms(ProcessResult result) => result.Output.TrimEnd().Split('\n')
            .Where(line => line.Contains("Memory used", StringComparison.Ordinal) || line.Contains("I/O read", StringComparison.Ordinal))
            .Select(line => string.Concat(line.Skip(line.StartsWith("Pass", StringComparison.Ordinal) ? 8 : 0).Where(letter => !char.IsAsciiDigit(letter) && letter != ' ')));
    }

    [Fact]
    public void DebuggingGoesToStandardErrorALineForEachPass()
    {
        ProcessResult result = Run("-fnd", Saved(BaseVolumes.Plain));
        Assert.Equal(["pass 1", "pass 2", "pass 3", "pass 4", "pass 5"], result.Error.TrimEnd().Split('\n').Select(line => line.Split(':')[0]));
    }

    [Theory]
    [InlineData(16, "-D does not go with -n", "-n", "-D")]
    [InlineData(16, "-D does not go with -E fixes_only", "-y", "-D", "-E", "fixes_only")]
    [InlineData(16, "only one of -p (-a), -n and -y", "-yp")]
    [InlineData(16, "there is no extended option 'foo=1'", "-yE", "nodiscard,foo=1")]
    [InlineData(16, "-E journal_only: ext2 has no journal", "-p", "-Ejournal_only")]
    [InlineData(16, "-E ea_ver: only version 2", "-p", "-E", "ea_ver=1")]
    [InlineData(16, "-b: 'x' is not a block number", "-n", "-b", "x")]
    [InlineData(16, "-B: '1000' is not a block size", "-n", "-B1000")]
    [InlineData(16, "-B only says in what -b is counted", "-n", "-B1024")]
    [InlineData(16, "-C: 'x' is not a descriptor", "-n", "-C", "x")]
    [InlineData(8, "-C: descriptor 77 is not open", "-n", "-C77")]
    [InlineData(16, "there is no option -x", "-nx")]
    [InlineData(16, "there is no option --frob", "--frob", "-n")]
    [InlineData(16, "one image or device at a time", "-n", "other")]
    [InlineData(16, "needs a value", "-n", "IMAGE", "-b")]
    public void WrongUsageIsOneLine(int exit, string sentence, params string[] options)
    {
        string image = Saved(BaseVolumes.Small);
        ProcessResult result = Run(options.Contains("IMAGE") ? [.. options.Select(word => word == "IMAGE" ? image : word)] : [.. options, image]);
        Assert.Equal(exit, result.ExitCode);
        Assert.StartsWith("fsck.ext2u: ", result.Error);
        Assert.Contains(sentence, result.Error);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("0<&-")]
    [InlineData("1>&-")]
    [InlineData("2>&-")]
    [InlineData("0<&- 1>&-")]
    [InlineData("1>&- 2>&-")]
    public void ClosedDescriptorsAreNeverTakenForTheImage(string closed)
    {
        VolumeImage volume = BaseVolumes.Small;
        volume.Set16(volume.Inode(volume.Lookup("small"), VolumeImage.Links), 5);
        string image = Saved(volume);
        string exit = ProcessRunner.Bash($"set +e; ( '{Repository.Tool("fsck.ext2u")}' -fy '{image}' {closed} ) > '{scratch["out"]}' 2>&1; echo $?");
        Assert.Equal("1\n", exit);
        Assert.Equal(0, Run("-fn", image).ExitCode);
        Assert.Null(Judge.E2fsckSays(VolumeImage.Load(image)));
    }

    [Fact]
    public void TheLauncherOpensWhatIsClosed()
    {
        _ = scratch.Folder("sbin");
        _ = scratch.Folder("links");
        ProcessRunner.Check("/bin/ln", "-s", Repository.Tool("fsck.ext2u"), scratch["fsck.ext2u"]);
        ProcessRunner.Check("/bin/cp", Path.Combine(Repository.Root, "packaging", "launcher"), scratch["sbin/fsck.ext2u"]);
        ProcessRunner.Check("/bin/ln", "-s", "../sbin/fsck.ext2u", scratch["links/fsck.ext2u"]);
        string image = Saved(BaseVolumes.Plain);
        Assert.StartsWith($"{image}: clean", ProcessRunner.Bash($"'{scratch["links/fsck.ext2u"]}' -p '{image}' 0<&- 2>&-"));
        Assert.Equal("0\n", ProcessRunner.Bash($"( exec '{scratch["links/fsck.ext2u"]}' -p '{image}' 0<&- 1>&- 2>&- ) && echo $?"));
    }

    private static ProcessResult Run(params string[] arguments) => ProcessRunner.Run(Repository.Tool("fsck.ext2u"), arguments);

    private string Saved(VolumeImage volume)
    {
        string path = scratch["volume.img"];
        volume.Save(path);
        return path;
    }
}
