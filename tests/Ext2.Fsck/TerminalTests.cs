using System.Diagnostics;
using System.Text;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Questions, answers and the bar at a terminal, which script(1) makes. What is piped into it is typed there.</summary>
public sealed class TerminalTests : IDisposable
{
    private const string Interrupt = "\x03";
    private readonly ScratchDirectory scratch = new("fsck-terminal");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void YesRepairsAndNoLeaves()
    {
        ProcessResult result = At("-f", Damaged(), "y\nn\nn\n");
        Assert.Equal(5, result.ExitCode);
        Assert.Equal(3, result.Output.Split("<y/n/a>").Length - 1);
        Assert.Contains("***** FILE SYSTEM WAS MODIFIED *****", result.Output);
        Assert.Contains("WARNING: problems are left", result.Output);
    }

    [Fact]
    public void AnythingElseIsAskedAgainAndAIsYesToAll()
    {
        string image = Damaged();
        ProcessResult result = At("-f", image, "maybe\n\na\n");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(3, result.Output.Split("<y/n/a>").Length - 1);
        Assert.Equal(2, result.Output.Split("? yes").Length - 1);
        Assert.Equal(0, ProcessRunner.Run(Repository.Tool("fsck.ext2u"), "-fn", image).ExitCode);
    }

    [Theory]
    [InlineData(Interrupt, 32)]
    [InlineData("y\n" + Interrupt, 33)]
    public void AnInterruptDuringAQuestionEndsIt(string typed, int exit)
    {
        string image = Damaged();
        ProcessResult result = At("-f", image, typed);
        Assert.Equal(exit, result.ExitCode);
        Assert.Contains("cancelled; run fsck.ext2u again.", result.Output);
        ProcessResult next = ProcessRunner.Run(Repository.Tool("fsck.ext2u"), exit == 32 ? "-fy" : "-y", image);
        Assert.Equal(1, next.ExitCode);
        Assert.Equal(0, ProcessRunner.Run(Repository.Tool("fsck.ext2u"), "-fn", image).ExitCode);
    }

    [Fact]
    public void TheBarIsOnlyForATerminal()
    {
        string image = Damaged();
        string shown = At("-fn -C 0", image, "").Output;
        Assert.Contains($"{image}: |=", shown);
        Assert.Contains("100.0%", shown);
        // It is gone before a line is printed.
        Assert.All(shown.Split('\n').Where(line => line.Contains("Pass ", StringComparison.Ordinal)), line => Assert.Matches("(^|\r)Pass [1-5]: ", line));
        Assert.DoesNotContain("|=", ProcessRunner.Run(Repository.Tool("fsck.ext2u"), "-fn", "-C", "0", image).Output);
    }

    [Fact]
    public void NothingIsSentToTheTerminalButTheLines()
    {
        string image = scratch["volume.img"];
        BaseVolumes.Small.Save(image);
        Assert.DoesNotContain('\x1b', At("-f", image, "").Output);
    }

    // Three wrong link counts.
    private string Damaged()
    {
        VolumeImage volume = BaseVolumes.Small;
        foreach (string name in (string[])["small", "middle", "large"])
        {
            volume.Set16(volume.Inode(volume.Lookup(name), VolumeImage.Links), 5);
        }
        string path = scratch["volume.img"];
        volume.Save(path);
        return path;
    }

    // Each line, and each interrupt, is typed when its question has been asked. An interrupt goes to the shell between script(1) and the checker too: bash waits for its child's own exit code, dash ends with 130 at once.
    private ProcessResult At(string options, string image, string typed)
    {
        Need.Command("script");
        string shown = scratch["shown"];
        File.WriteAllText(shown, "");
        var typing = new StringBuilder();
        int questions = 0;
        foreach (string line in typed.Split('\n').SelectMany(part => part == Interrupt ? (string[])[part] : [part + "\n"]).Take(typed.Count(letter => letter is '\n' or '\x03')))
        {
            _ = typing.Append($"until [ $(grep -o '<y/n/a>' '{shown}' | wc -l) -ge {++questions} ]; do sleep 0.05; done; printf '{line.Replace("\n", "\\n").Replace(Interrupt, "\\003")}'; ");
        }
        string command = $"'{Repository.Tool("fsck.ext2u")}' {options} '{image}'";
        return ProcessRunner.Run(
            new ProcessStartInfo("/bin/bash"),
            ["-c", $"({typing} while ! grep -q Ended '{shown}'; do sleep 0.05; done) | SHELL=/bin/bash script -qefc \"{command}; code=\\$?; echo Ended; exit \\$code\" '{shown}'"],
            null,
            TimeSpan.FromSeconds(60));
    }
}
