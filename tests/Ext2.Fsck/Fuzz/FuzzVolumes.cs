namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Sound volumes by case: every shape in turn, and another tree of each for every thousand cases. Each is made once.</summary>
internal static class FuzzVolumes
{
    private const int CasesOfATree = 1000;
    private static readonly Dictionary<(int Shape, int Tree), SeededVolume> Made = [];

    public static SeededVolume For(int seed)
    {
        (int Shape, int Tree) key = (seed % VolumeShape.All.Count, 1 + (seed / CasesOfATree));
        lock (Made)
        {
            if (!Made.TryGetValue(key, out SeededVolume? volume))
            {
                if (Made.Count > 3 * VolumeShape.All.Count)
                {
                    Made.Clear();
                }
                volume = SeededVolume.Make(VolumeShape.All[key.Shape], (key.Tree * 100) + key.Shape);
                Made[key] = volume;
            }
            return volume;
        }
    }
}
