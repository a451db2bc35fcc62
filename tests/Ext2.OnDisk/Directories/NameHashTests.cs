using System.Diagnostics;
using System.Globalization;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.OnDisk.Tests.Directories;

/// <summary>The hash of names against debugfs of e2fsprogs, for every version, with and without seed, with bytes of both halves.</summary>
public sealed class NameHashTests : IDisposable
{
    private const string Seed = "01234567-89ab-cdef-0123-456789abcdef";
    private readonly string script = Path.GetTempFileName();

    public void Dispose() => File.Delete(script);

    // debugfs knows the unsigned versions by number only.
    public static TheoryData<string, NameHashVersion> Versions => new()
    {
        { "legacy", NameHashVersion.Legacy },
        { "half_md4", NameHashVersion.HalfMd4 },
        { "tea", NameHashVersion.Tea },
        { "3", NameHashVersion.LegacyUnsigned },
        { "4", NameHashVersion.HalfMd4Unsigned },
        { "5", NameHashVersion.TeaUnsigned },
    };

    [Theory]
    [MemberData(nameof(Versions))]
    public void AgreesWithDebugfs(string algorithm, NameHashVersion version)
    {
        Check(algorithm, "", new NameHash(version, 0, 0, 0, 0));
        Check(algorithm, $"-s {Seed}", new NameHash(version, 0x67452301, 0xEFCDAB89, 0x67452301, 0xEFCDAB89));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void VersionOfAnIndexKeepsTheSignednessOfTheVolume(string algorithm, NameHashVersion version)
    {
        NameHash hash = new(version, 1, 2, 3, 4);
        Assert.True(hash.TryWithVersion(hash.StoredVersion, out NameHash same), algorithm);
        Assert.Equal(version, same.Version);
        Assert.Equal(hash.Compute([0xFF, 0x80, 1]), same.Compute([0xFF, 0x80, 1]));
        Assert.False(hash.TryWithVersion(3, out _));
        Assert.False(hash.TryWithVersion(6, out _));
    }

    private void Check(string algorithm, string options, NameHash hash)
    {
        List<byte[]> names = Names();
        using (FileStream stream = new(script, FileMode.Create))
        {
            foreach (byte[] name in names)
            {
                stream.Write([.. System.Text.Encoding.ASCII.GetBytes($"dx_hash -h {algorithm} {options} "), .. name, (byte)'\n']);
            }
        }

        string[] answers = [.. Run("debugfs", "-f", script).Split('\n').Where(line => line.StartsWith("Hash of", StringComparison.Ordinal))];
        Assert.Equal(names.Count, answers.Length);
        for (int i = 0; i < names.Count; i++)
        {
            uint major = hash.Compute(names[i], out uint minor);
            string[] words = answers[i].Split(" is 0x")[1].TrimEnd(')').Split(" (minor 0x");
            string name = Convert.ToHexString(names[i]);
            Assert.True(uint.Parse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) == major, $"{algorithm} {options} {name}: {major:x}, debugfs {answers[i]}");
            Assert.True(uint.Parse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) == minor, $"{algorithm} {options} {name}: minor {minor:x}, debugfs {answers[i]}");
        }
    }

    /// <summary>Names of every length, of bytes that debugfs' command reader leaves alone.</summary>
    private static List<byte[]> Names()
    {
        Random random = new(4711);
        byte[] alphabet = [.. Enumerable.Range(0x21, 0xFF - 0x21 + 1).Select(b => (byte)b).Where(b => b is not ((byte)'"' or (byte)'\\' or (byte)'#' or (byte)'-' or (byte)'<' or 0x7F))];
        List<byte[]> names = [];
        for (int i = 0; i < 400; i++)
        {
            byte[] name = new byte[i < 255 ? i + 1 : random.Next(1, 40)];
            for (int j = 0; j < name.Length; j++)
            {
                name[j] = i % 3 == 0 ? (byte)random.Next('a', 'z') : alphabet[random.Next(alphabet.Length)];
            }

            names.Add(name);
        }

        return names;
    }

    private static string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.Latin1,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }
}
