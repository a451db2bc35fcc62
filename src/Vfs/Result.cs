using System.Diagnostics;

namespace Ext2Union.Vfs;

/// <summary>
/// A value, or the error that stands in its place. ENOENT is the commonest answer a file system gives, so an
/// answer must not cost an exception.
/// </summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly struct Result<T>
{
    private readonly T value;

    private Result(T value, Errno error)
    {
        this.value = value;
        Error = error;
    }

    /// <summary>The error, or <see cref="Errno.None"/> when there is a value.</summary>
    public Errno Error { get; }

    /// <summary>Whether there is a value.</summary>
    public bool Succeeded => Error == Errno.None;

    /// <summary>The value. Requires: <see cref="Succeeded"/>.</summary>
    public T Value
    {
        get
        {
            Debug.Assert(Error == Errno.None, "The value of a failed result was read.");
            return value;
        }
    }

    /// <summary>Takes the result apart: <c>if (!result.TryGet(out var inode, out var error)) return error;</c></summary>
    public bool TryGet(out T value, out Errno error)
    {
        value = this.value;
        error = Error;
        return error == Errno.None;
    }

    /// <summary>A value is a success.</summary>
    public static implicit operator Result<T>(T value) => new(value, Errno.None);

    /// <summary>An error is a failure. Requires: not <see cref="Errno.None"/>.</summary>
    public static implicit operator Result<T>(Errno error)
    {
        Debug.Assert(error != Errno.None, "A failure needs an error.");
        return new Result<T>(default!, error);
    }
}
