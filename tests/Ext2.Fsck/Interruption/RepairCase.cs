using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A damaged volume and how it is repaired.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Intact">The volume before the damage.</param>
/// <param name="Damaged">The volume that is repaired.</param>
/// <param name="Options">The options of a run.</param>
/// <param name="Refused">Parts of questions that are answered with no.</param>
internal sealed record RepairCase(
    string Name, VolumeImage Intact, VolumeImage Damaged, Func<CheckMode, CheckOptions> Options, IReadOnlyList<string> Refused)
{
    public static RepairCase Of(Fixture fixture) => new(fixture.Name, fixture.Base(), fixture.Damaged(), fixture.Options, fixture.Refused);

    /// <summary>A case of the differential fuzzer.</summary>
    public static RepairCase Of(int seed)
    {
        SeededVolume volume = FuzzVolumes.For(seed);
        VolumeImage damaged = volume.Image.Clone();
        var damage = new Damage(damaged, seed, volume);
        damage.Run();
        return new RepairCase($"case {seed}: {damage}", volume.Image, damaged, Options, []);

        static CheckOptions Options(CheckMode mode) =>
            new() { Mode = mode, Force = true, Name = "test.img", Clock = Clock.Fixed(new Timestamp(SeededVolume.Now, 0)) };
    }
}
