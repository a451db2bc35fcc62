using System.Diagnostics;
using System.Text;
using Ext2Union.Model.Tests.Calls;
using Ext2Union.Tests.Support;

namespace Ext2Union.Model.Tests.Workers;

/// <summary>A worker as the driver sees it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process process;
    private readonly AtExit.Registration registration;

    /// <summary>Starts one.</summary>
    public WorkerProcess(uint user, uint umask)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Ext2Union.Model.Tests"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = Encoding.Latin1,
            StandardOutputEncoding = Encoding.Latin1,
        };
        start.Environment[WorkerEntry.Variable] = $"{user} {umask}";
        process = Process.Start(start) ?? throw new InvalidOperationException("cannot start " + start.FileName);
        registration = AtExit.Run(Stop);
    }

    /// <summary>Closes everything and goes on in another folder.</summary>
    public void Move(string folder) => _ = Ask("@" + folder);

    /// <summary>Makes a call and waits for what it answers.</summary>
    public Answer Do(Call call) => Ask(call.ToString());

    /// <inheritdoc/>
    public void Dispose()
    {
        registration.RunNow();
        process.Dispose();
    }

    private Answer Ask(string line)
    {
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
        return Answer.Parse(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"a worker ended at: {line}"));
    }

    private void Stop()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            process.Kill();
        }
    }
}
