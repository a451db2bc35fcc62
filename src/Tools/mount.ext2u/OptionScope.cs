namespace Ext2Union.Tools.Mount;

/// <summary>Finds options that say nothing about what is mounted: who gives one expects it to do something, so none is passed over in silence.</summary>
internal static class OptionScope
{
    private static readonly string[] OfMemory = ["size", "nr_inodes", "mode"];
    private static readonly string[] OfVolumes = ["img_offset", "img_size", "partition", "errors", "commit"];
    private static readonly string[] OfUnions = ["redirect", "fallthru", "copyup", "lower_marks"];

    /// <summary>Null: each option applies.</summary>
    /// <param name="options">What was given.</param>
    /// <param name="top">The SPEC of the top; null when the union has none.</param>
    public static Refusal? Check(MountOptions options, string? top)
    {
        bool isMemory = top == LayerOpening.MemorySpec;
        bool isVolume = top is not null && !isMemory;
        string what = top ?? "a union without a top";
        return Refuse(options, OfMemory, isMemory, $"it sets up a layer in memory, and {what} is none; leave it out or name tmpfs")
            ?? Refuse(options, OfVolumes, isVolume, $"it is about the volume of an image, and {what} has none; leave it out or name an image")
            ?? Refuse(options, OfUnions, options.Union, "it is about a union; leave it out or add union,lower=")
            ?? (options.ForceLower && !options.Union
                ? Refusal.Usage("option force-lower does not apply: it is about a union; leave it out or add union,lower=") : null)
            ?? Refuse(options, ["img_offset", "img_size"], options.Partition is null, "partition= says where the volume lies; leave one of them out")
            ?? Refuse(options, ["uid", "gid"], isMemory || !options.SquashToRoot, "squash_to_root gives everything to root; leave one of them out")
            ?? Refuse(options, ["commit"], !options.Volatile, "volatile never flushes the device; leave one of them out");
    }

    private static Refusal? Refuse(MountOptions options, string[] names, bool applies, string why)
    {
        string? given = applies ? null : Array.Find(names, options.Given.ContainsKey);
        return given is null ? null : Refusal.Usage($"option {given}= does not apply: {why}");
    }
}
