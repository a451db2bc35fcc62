using System.Text.Json;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>--json as docs/FSCK.md describes it: what a program that reads it may rely on.</summary>
public sealed class JsonTests : IDisposable
{
    private static readonly string[] Figures = ["blocks", "blocks_used", "checked", "directories", "inodes", "inodes_used", "non_contiguous", "union"];
    private readonly ScratchDirectory scratch = new("fsck-json");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("-fn", 4, "left")]
    [InlineData("-fy", 1, "corrected")]
    [InlineData("-fp", 1, "corrected")]
    public void EachProblemIsAnObjectAndTheSummaryComesLast(string mode, int exit, string outcome)
    {
        VolumeImage volume = BaseVolumes.Small;
        uint small = volume.Lookup("small");
        volume.Set16(volume.Inode(small, VolumeImage.Links), 5);
        JsonElement[] objects = Run(exit, out _, mode, Saved(volume));
        JsonElement problem = Assert.Single(objects[..^1]);
        Assert.Equal(["type", "code", "place", "text", "question", "action", "outcome"], problem.EnumerateObject().Select(property => property.Name));
        Assert.Equal(("problem", "L003", outcome), (Text(problem, "type"), Text(problem, "code"), Text(problem, "outcome")));
        Assert.Equal($"Inode {small} has link count 5, should be 1.", Text(problem, "text"));
        Assert.Equal($"{{\"inode\":{small},\"found\":5,\"expected\":1}}", problem.GetProperty("place").GetRawText());
        JsonElement summary = objects[^1];
        Assert.Equal("summary", Text(summary, "type"));
        Assert.Equal((exit, exit & 1, exit >> 2), (Number(summary, "exit"), Number(summary, "corrected"), Number(summary, "left")));
        Assert.Equal(Figures, summary.EnumerateObject().Select(property => property.Name).Intersect(Figures).Order());
        Assert.Equal((2, 2, 1), (Number(summary.GetProperty("union"), "whiteouts"), Number(summary.GetProperty("union"), "fallthrus"), Number(summary.GetProperty("union"), "opaque_directories")));
    }

    [Fact]
    public void ANameThatIsNotUtf8KeepsItsBytes()
    {
        VolumeImage volume = BaseVolumes.Small;
        long entry = volume.Entry(2, "middle");
        volume.SetName(entry, "m\u00ff\u0001dle");
        volume.Set8(entry + 7, 2);
        JsonElement problem = Run(4, out _, "-fn", Saved(volume))[0];
        JsonElement place = problem.GetProperty("place");
        Assert.Equal(@"m\377^Adle", Text(place, "name"));
        Assert.Equal([(byte)'m', 0xFF, 1, (byte)'d', (byte)'l', (byte)'e'], place.GetProperty("name_bytes").GetBytesFromBase64());
    }

    [Fact]
    public void ACleanVolumeIsASummaryAlone()
    {
        JsonElement summary = Assert.Single(Run(0, out _, "-p", Saved(BaseVolumes.Plain)));
        Assert.False(summary.GetProperty("checked").GetBoolean());
        Assert.StartsWith("clean, ", Assert.Single(summary.GetProperty("remarks").EnumerateArray()).GetString());
    }

    [Fact]
    public void WhatStopsPreenSaysSo()
    {
        VolumeImage volume = BaseVolumes.Small;
        volume.Set16(volume.Inode(2, VolumeImage.Mode), 0x81A4);
        JsonElement[] objects = Run(4, out _, "-fp", Saved(volume));
        Assert.Equal("stopped", Text(objects[^2], "outcome"));
    }

    [Fact]
    public void WhatCannotBeOpenedIsASummaryToo()
    {
        JsonElement summary = Assert.Single(Run(8, out string error, "-n", scratch["missing"]));
        Assert.Contains("No such file", Assert.Single(summary.GetProperty("remarks").EnumerateArray()).GetString());
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void TheUndoFileIsNamed()
    {
        VolumeImage volume = BaseVolumes.Small;
        volume.Set16(volume.Inode(volume.Lookup("small"), VolumeImage.Links), 5);
        JsonElement[] objects = Run(1, out _, "-fy", "-z", scratch["undo"], Saved(volume));
        Assert.Equal(scratch["undo"], Text(objects[^1], "undo"));
    }

    // Whatever the damage, what is printed can be read: every line an object of a known type with its fields.
    [Fact]
    public void EveryLineOfEveryDamageCanBeRead()
    {
        for (int seed = 1; seed <= 4; seed++)
        {
            VolumeImage volume = BaseVolumes.Groups;
            new Damage(volume, seed).Run();
            ProcessResult result = ProcessRunner.Run(Repository.Tool("fsck.ext2u"), "--json", "-fy", Saved(volume));
            JsonElement[] objects = Parse(result.Output);
            Assert.Equal(result.ExitCode, Number(objects[^1], "exit"));
            Assert.All(objects[..^1], found => Assert.True(
                Text(found, "type") == "failed" || ProblemTable.All.Any(row => row.Code == Text(found, "code") && row.Repair == Text(found, "action")), found.GetRawText()));
            Assert.True(Number(objects[^1], "corrected") <= objects.Length, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("--json asks nothing", "--json")]
    [InlineData("--json does not go with --list-marks", "--json", "-n", "--list-marks")]
    [InlineData("--json does not go with -v", "--json", "-nv")]
    [InlineData("--json does not go with -v", "--json", "-n", "-C", "0")]
    public void WhatPrintsLinesOrAsksIsRefused(string sentence, params string[] options)
    {
        ProcessResult result = ProcessRunner.Run(Repository.Tool("fsck.ext2u"), [.. options, Saved(BaseVolumes.Small)]);
        Assert.Equal((16, ""), (result.ExitCode, result.Output));
        Assert.Contains(sentence, result.Error);
    }

    private static JsonElement[] Run(int exit, out string error, params string[] arguments)
    {
        ProcessResult result = ProcessRunner.Run(Repository.Tool("fsck.ext2u"), ["--json", .. arguments]);
        Assert.True(result.ExitCode == exit, result.ToString());
        error = result.Error;
        return Parse(result.Output);
    }

    private static JsonElement[] Parse(string output)
    {
        Assert.EndsWith("\n", output);
        return [.. output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private string Saved(VolumeImage volume)
    {
        string path = scratch["volume.img"];
        volume.Save(path);
        return path;
    }
}
