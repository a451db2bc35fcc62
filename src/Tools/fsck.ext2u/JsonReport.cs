using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Ext2Union.Ext2.Fsck;
using Ext2Union.Linux.Descriptors;

namespace Ext2Union.Tools.Fsck;

/// <summary>
/// --json: one object a line on standard output, one for each problem and a summary at the end (docs/FSCK.md, "JSON"). Lines for people are dropped;
/// sentences about the volume as a whole are in the summary.
/// </summary>
internal sealed class JsonReport(string image, Cancellation cancellation, ProgressReport progress) : Interaction
{
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly List<string> remarks = [];
    private readonly ArrayBufferWriter<byte> buffer = new();
    private string lastCorrected = "";

    /// <inheritdoc/>
    public override bool CancelRequested => cancellation.IsRequested;

    /// <inheritdoc/>
    public override void Line(string text)
    {
    }

    /// <inheritdoc/>
    public override void Remark(string text, string line) => remarks.Add(text);

    /// <summary>Never called: --json does not go with questions.</summary>
    public override Answer Ask(string text) => Answer.No;

    /// <inheritdoc/>
    public override void Progress(int pass, long current, long maximum) => progress.Show(pass, current, maximum);

    /// <inheritdoc/>
    public override void Found(in Finding finding)
    {
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "problem");
            json.WriteString("code", finding.Problem.Code);
            json.WriteStartObject("place");
            WritePlace(json, finding);
            json.WriteEndObject();
            json.WriteString("text", finding.Text);
            if (finding.Question.Length != 0)
            {
                json.WriteString("question", finding.Question + "?");
            }
            json.WriteString("action", finding.Problem.Repair);
            json.WriteString("outcome", finding.Outcome.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }
        Send();
        lastCorrected = finding.Outcome == FindingOutcome.Corrected ? finding.Problem.Code : lastCorrected;
    }

    /// <inheritdoc/>
    public override void TakenBack()
    {
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "failed");
            json.WriteString("code", lastCorrected);
            json.WriteString("text", "the repair could not be made; the problem is left");
            json.WriteEndObject();
        }
        Send();
    }

    /// <summary>The last object. <paramref name="result"/> is null when nothing could be checked; <paramref name="undo"/> names the undo file when there is one.</summary>
    public void Summarize(ExitCode exit, CheckResult? result, string? undo)
    {
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "summary");
            json.WriteString("image", image);
            json.WriteNumber("exit", (int)exit);
            json.WriteNumber("corrected", result?.Corrected ?? 0);
            json.WriteNumber("left", result?.Left ?? 0);
            if (result?.Figures is { } figures)
            {
                WriteFigures(json, figures);
            }
            if (undo is not null)
            {
                json.WriteString("undo", undo);
            }
            json.WriteStartArray("remarks");
            remarks.ForEach(json.WriteStringValue);
            json.WriteEndArray();
            json.WriteNumber("seconds", Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 3));
            json.WriteEndObject();
        }
        Send();
    }

    // The fields that the message names, and no others: the rest of a place means nothing there.
    private static void WritePlace(Utf8JsonWriter json, in Finding finding)
    {
        string message = finding.Problem.Message + finding.Problem.Question;
        Place place = finding.Place;
        WriteNumber("inode", place.Inode);
        WriteNumber("directory", place.Directory);
        WriteNumber("block", place.Block);
        WriteNumber("index", place.Index);
        WriteNumber("group", place.Group);
        WriteNumber("found", place.Found);
        WriteNumber("expected", place.Expected);
        if (message.Contains("{name}", StringComparison.Ordinal))
        {
            json.WriteString("name", place.Name.ToString());
            if (place.Name.Bytes is { } bytes && !Encoding.UTF8.GetBytes(place.Name.Text).AsSpan().SequenceEqual(bytes))
            {
                json.WriteBase64String("name_bytes", bytes);
            }
        }

        void WriteNumber(string field, long number)
        {
            if (message.Contains($"{{{field}}}", StringComparison.Ordinal))
            {
                json.WriteNumber(field, number);
            }
        }
    }

    private static void WriteFigures(Utf8JsonWriter json, VolumeFigures figures)
    {
        json.WriteBoolean("checked", figures.IsChecked);
        json.WriteNumber("inodes_used", figures.UsedInodes);
        json.WriteNumber("inodes", figures.Inodes);
        json.WriteNumber("blocks_used", figures.UsedBlocks);
        json.WriteNumber("blocks", figures.Blocks);
        if (!figures.IsChecked)
        {
            return;
        }
        json.WriteNumber("non_contiguous", figures.NonContiguous);
        json.WriteNumber("directories", figures.Directories);
        json.WriteStartObject("union");
        json.WriteNumber("whiteouts", figures.Whiteouts);
        json.WriteNumber("fallthrus", figures.Fallthrus);
        json.WriteNumber("opaque_directories", figures.OpaqueDirectories);
        json.WriteNumber("incomplete_files", figures.IncompleteFiles);
        json.WriteNumber("index_entries", figures.IndexEntries);
        json.WriteEndObject();
    }

    // A line at a time: who reads along sees each problem when it was met.
    private void Send()
    {
        buffer.Write("\n"u8);
        _ = DescriptorCalls.WriteAll(1, buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }
}
