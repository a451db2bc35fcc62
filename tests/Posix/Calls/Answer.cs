using Ext2Union.Vfs;

namespace Ext2Union.Posix.Tests.Calls;

/// <summary>What a system call answered: a value, or an error kept as its negative number.</summary>
/// <param name="Value">The value, or minus the errno.</param>
internal readonly record struct Answer(long Value)
{
    public bool IsError => Value is < 0 and > -4096;

    public Errno Error => IsError ? (Errno)(-Value) : Errno.None;

    public static implicit operator Answer(Errno error) => new(-(long)error);

    public override string ToString() => IsError ? Error.ToString() : Value == 0 ? "success" : $"{Value}";
}
