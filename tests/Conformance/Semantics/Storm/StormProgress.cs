using System.IO.MemoryMappedFiles;
using System.Text;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>How far a process is and which call it is in: a file in memory, which says so also when the process hangs in that call or is killed.</summary>
internal sealed class StormProgress : IDisposable
{
    private const int Bytes = 4096;
    private const int TextAt = 16;
    private const int LongestText = 1000;

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private long count;

    /// <summary>Of one process of a storm; the file is made when it is not there.</summary>
    public StormProgress(string folder, int process)
    {
        file = MemoryMappedFile.CreateFromFile(Path.Combine(folder, $"progress-{process}"), FileMode.OpenOrCreate, null, Bytes);
        view = file.CreateViewAccessor();
    }

    /// <summary>Calls begun so far.</summary>
    public long Count => view.ReadInt64(0);

    /// <summary>The last call begun.</summary>
    public string Text
    {
        get
        {
            byte[] text = new byte[Math.Clamp(view.ReadInt32(8), 0, LongestText)];
            _ = view.ReadArray(TextAt, text, 0, text.Length);
            return Encoding.UTF8.GetString(text);
        }
    }

    /// <summary>Notes a call that begins now.</summary>
    public void Note(string call)
    {
        byte[] text = Encoding.UTF8.GetBytes(call);
        int length = Math.Min(text.Length, LongestText);
        view.WriteArray(TextAt, text, 0, length);
        view.Write(8, length);
        view.Write(0, ++count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
