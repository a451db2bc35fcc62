namespace Ext2Union.Posix.Tests.Groups;

/// <summary>readdir(3), telldir(3), seekdir(3).</summary>
internal static class ListingGroup
{
    private const string Many = "a b c d e f g h i j k l m n o p q r s t u v w x y z";

    public static readonly Behaviour[] All =
    [
        Does("an empty directory lists . and ..", "d/", () => Same(". ..", Shown(Listing.Of("d")), "names")),
        Does(". and .. come once, wherever", "d/ d/f d/e/", () => Same(". .. e f", Shown(Listing.Of("d")), "names")),
        Does("every name comes once", Many, () => Ls(Many)),
        Does("d_ino is st_ino", "f d/ l>f p| s& c%1:3", () => { foreach (Listing.Entry entry in Listing.Of(".").Where(entry => entry.Name != "..")) { Same(Lstat(entry.Name).Ino, entry.Ino, entry.Name); } }),
        Does("d_ino of .. is the parent's number", "d/", () => Same(Lstat(".").Ino, Listing.Of("d").Find(entry => entry.Name == "..").Ino, "..")),
        Does("d_type is the type", "f d/ l>f p| s& c%1:3 b#7:0", () => { foreach (Listing.Entry entry in Listing.Of(".")) { Same(Lstat(entry.Name).Type >> 12, entry.Type, entry.Name); } }),
        Does("a name made after opening and rewind is listed", "a b", () => { using var list = new Listing("."); _ = list.Rest(); Put("c", ""); list.Rewind(); Same(". .. a b c", Shown(list.Rest()), "names"); }),
        Does("a name removed before it is reached is not listed again after rewind", "a b", () => { using var list = new Listing("."); _ = list.Next(); Ok(Unlink("b")); list.Rewind(); Same(". .. a", Shown(list.Rest()), "names"); }),
        Does("seekdir comes back to where telldir was", Many, () =>
        {
            using var list = new Listing(".");
            for (int i = 0; i < 10; i++)
            {
                _ = list.Next();
            }

            long place = list.Tell();
            string rest = Shown(list.Rest());
            list.Seek(place);
            Same(rest, Shown(list.Rest()), "what follows the place");
        }),
        Does("every place of telldir leads to its next entry", Many, () =>
        {
            using var list = new Listing(".");
            var places = new List<(long Place, string Name)>();
            for (long place = list.Tell(); list.Next() is { } entry; place = list.Tell())
            {
                places.Add((place, entry.Name));
            }

            foreach ((long place, string name) in places)
            {
                list.Seek(place);
                Same(name, list.Next()?.Name, "the entry behind the place");
            }
        }),
        Does("removing while listing skips nothing", Many, () => { RemoveWhileListing("."); Ls(""); }, () => Ls("")),
        Does("removing a large directory while listing skips nothing", "d/", () => { Fill("d", 600); RemoveWhileListing("d"); Ls("", "d"); Ok(Rmdir("d")); }, () => Ls("")),
        Does("creating while listing repeats and skips nothing", Many, () =>
        {
            using var list = new Listing(".");
            var seen = new List<string>();
            for (int i = 0; list.Next() is { } entry; i++)
            {
                seen.Add(entry.Name);
                Put($"new{i:d3}", "");
                if (i > 200)
                {
                    break;
                }
            }

            Same(seen.Count, seen.Distinct().Count(), "names seen twice");
            True(Many.Split(' ').All(seen.Contains), "all that was there is listed");
        }),
        Does("renaming while listing keeps what is not renamed", Many, () =>
        {
            using var list = new Listing(".");
            var seen = new List<string>();
            for (int i = 0; list.Next() is { } entry; i++)
            {
                seen.Add(entry.Name);
                if (i == 5)
                {
                    Ok(Rename("m", "renamed"));
                }
            }

            True(Many.Split(' ').Where(name => name != "m").All(name => seen.Count(other => other == name) == 1), "each other name once");
        }),
        Does("a directory of hundreds of names lists them all", "d/", () => Fill("d", 700), () => Same(700, Listing.Ls("d").Split(' ').Length, "names")),
        Does("a directory that grew over hundreds of names and shrank", "d/ d/keep", () => { Fill("d", 500); for (int i = 0; i < 500; i++) { Ok(Unlink($"d/name-{i:d4}")); } }, () => Ls("keep", "d")),
        Does("names of all lengths", "d/", () => { for (int length = 1; length <= 255; length += 11) { Put("d/" + new string('n', length), ""); } }, () => Same(24, Listing.Ls("d").Split(' ').Length, "names")),
        Does("names are bytes: case and form matter", "", () => { Put("name", "1"); Put("NAME", "2"); Put("n\u00e4me", "3"); Put("na\u0308me", "4"); Put(" ", "5"); Put("\\", "6"); Put("a\nb", "7"); }, () => { Same(7, Listing.Of(".").Count - 2, "names"); Reads("2", "NAME"); Reads("3", "n\u00e4me"); Reads("4", "na\u0308me"); Reads("5", " "); Reads("7", "a\nb"); }),
        Does("a directory without read permission is not listed: EACCES", "d/@0711 d/f", () => { Is(EACCES, User.Someone(() => TryOpen("d", O_RDONLY | O_DIRECTORY))); Ok(User.Someone(() => TryLstat("d/f"))); }),
        Does("a directory without search permission is listed, its names not found: EACCES", "d/@0744 d/f", () => { Ok(User.Someone(() => TryOpen("d", O_RDONLY | O_DIRECTORY))); Is(EACCES, User.Someone(() => TryLstat("d/f"))); }),
        Does("listing changes no time but that of access", "d/ d/f", () => DoesNotChange("d", () => Ls("f", "d")), () => IsNotModified("d")),
        Does("what was removed is not listed", "d/ d/a d/b d/c/", () => { Ok(Unlink("d/a")); Ok(Rmdir("d/c")); Ls("b", "d"); }, () => Ls("b", "d")),
        Does("what was listed and then removed is not listed", "d/ d/a d/b", () => { Ls("a b", "d"); Put("d/x", ""); Ls("a b x", "d"); Ok(Unlink("d/a")); Ls("b x", "d"); Ok(Unlink("d/x")); }, () => Ls("b", "d")),
        Does("what was removed and made again is listed once", "d/ d/a d/b", () => { Ok(Unlink("d/a")); Ls("b", "d"); Put("d/a", "new"); }, () => { Ls("a b", "d"); Reads("new", "d/a"); }),
        Does("a directory that was listed, changed, and listed by another descriptor", "d/ d/a", () => { using var first = new Listing("d"); _ = first.Rest(); Put("d/b", ""); Ls("a b", "d"); }),
        Does("deep content is listed after its parents changed", "d/ d/e/ d/e/f d/e/g", () => { Put("d/new", ""); Ls("e new", "d"); Ls("f g", "d/e"); Put("d/e/new", ""); }, () => { Ls("f g new", "d/e"); Ls("e new", "d"); }),
        Does("a replaced directory does not show the old content", "d/ d/a d/b", () => { Ls("a b", "d"); Ok(Unlink("d/a")); Ok(Unlink("d/b")); Ok(Rmdir("d")); Ok(Mkdir("d")); Put("d/c", ""); }, () => Ls("c", "d")),
        Does("a file in place of a directory", "d/ d/a", () => { Ok(Unlink("d/a")); Ok(Rmdir("d")); Put("d", "file"); }, () => Reads("file", "d")),
        Does("a directory in place of a file", "f=text", () => { Ok(Unlink("f")); Ok(Mkdir("f")); Put("f/g", ""); }, () => Ls("g", "f")),
        Refused("opening a file as a directory is ENOTDIR", "f", ENOTDIR, () => TryOpen("f", O_RDONLY | O_DIRECTORY)),
        Does("nothing lists a mark: every name listed is found", "d/ d/a d/b d/c/ d/c/x", () => { Ok(Unlink("d/a")); Ok(Rename("d/b", "d/bb")); Ok(Rename("d/c", "d/cc")); Put("d/new", ""); }, () => { foreach (Listing.Entry entry in Listing.Of("d")) { Ok(TryLstat("d/" + entry.Name)); } Ls("bb cc new", "d"); Ls("x", "d/cc"); }),
    ];

    private static string Shown(IEnumerable<Listing.Entry> entries) => string.Join(' ', entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));

    private static void Fill(string path, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Ok(Mknod($"{path}/name-{i:d4}", S_IFREG | Oct(644)));
        }
    }

    private static void RemoveWhileListing(string path)
    {
        using var list = new Listing(path);
        while (list.Next() is { } entry)
        {
            if (entry.Name is not ("." or ".."))
            {
                Ok(Unlink($"{path}/{entry.Name}"));
            }
        }
    }
}
