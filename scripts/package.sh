#!/bin/bash
# Makes artifacts/ext2union_VERSION_amd64.deb: the tools under their names in /sbin, the parts of the .NET runtime they need, manual pages, completion, udev rule, examples.
#   scripts/package.sh [DIRECTORY]     where the package goes (artifacts)
# The version is that of Directory.Build.props. With SOURCE_DATE_EPOCH (else: the time of the last commit) the package is the same, byte for byte, for the same programs.
# EXT2U_DEB_COMPRESSION=none|gzip|xz|zstd (xz)
set -eu
cd "$(dirname "$0")/.."
out=$(mkdir -p "${1:-artifacts}" && cd "${1:-artifacts}" && pwd)
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)-1
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
umask 022
scripts/publish.sh

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
lib=$root/usr/lib/ext2union
sbin=$root/usr/sbin
share=$root/usr/share
doc=$share/doc/ext2union

put() { install -D -m "$1" "$2" "$3"; } # MODE FILE TARGET
zipped() { mkdir -p "${2%/*}" && gzip -9n < "$1" > "$2"; } # FILE TARGET

for tool in mkfs.ext2u fsck.ext2u mount.ext2u; do put 755 "artifacts/bin/$tool" "$lib/$tool"; done
for name in mount.fuse.ext2u mount.fuseblk.ext2u; do ln -s mount.ext2u "$lib/$name"; done
put 755 packaging/launcher "$lib/sbin/launcher"
mkdir -p "$sbin"
for name in mkfs.ext2u fsck.ext2u mount.ext2u mount.fuse.ext2u mount.fuseblk.ext2u; do ln -s ../lib/ext2union/sbin/launcher "$sbin/$name"; done
put 755 packaging/umount.fuse.ext2u "$sbin/umount.fuse.ext2u"
# Of a directory that is named by its absolute path umount(8) learns the type by statfs(2), which says fuse and no more, and asks for umount.fuse only.
for name in umount.fuseblk.ext2u umount.fuse; do ln -s umount.fuse.ext2u "$sbin/$name"; done

# The runtime that the tools were built for, and of it what they need.
read -r _ release home < <(dotnet --list-runtimes | grep '^Microsoft\.NETCore\.App 10\.' | tail -n 1)
home=${home#[} home=${home%]}
while read -r file; do
  put 644 "$home/$release/$file" "$lib/dotnet/shared/Microsoft.NETCore.App/$release/$file"
done < <(grep -v '^#' packaging/runtime.txt)
put 644 "$home/../../host/fxr/$release/libhostfxr.so" "$lib/dotnet/host/fxr/$release/libhostfxr.so"

for page in man/*.8; do zipped "$page" "$share/man/man8/${page##*/}.gz"; done
for name in mount.fuse.ext2u mount.fuseblk.ext2u; do ln -s mount.ext2u.8.gz "$share/man/man8/$name.8.gz"; done
for name in umount.fuseblk.ext2u umount.fuse; do ln -s umount.fuse.ext2u.8.gz "$share/man/man8/$name.8.gz"; done
for tool in mkfs.ext2u fsck.ext2u mount.ext2u mount.fuse.ext2u; do put 644 packaging/completion/ext2u "$share/bash-completion/completions/$tool"; done
put 644 packaging/udev/61-ext2union.rules "$root/usr/lib/udev/rules.d/61-ext2union.rules"
put 755 packaging/udev/ext2u_id "$root/usr/lib/udev/ext2u_id"
for file in packaging/examples/*; do put 644 "$file" "$doc/examples/${file##*/}"; done
for page in README.md docs/UNION.md docs/FSCK.md docs/FORMAT.md docs/COOKBOOK.md docs/ERRORS.md; do
  [ ! -f "$page" ] || zipped "$page" "$doc/${page##*/}.gz"
done
zipped CHANGELOG.md "$doc/changelog.gz"
{
  printf 'ext2union (%s) unstable; urgency=medium\n\n  * See changelog.gz.\n\n' "$version"
  printf ' -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' packaging/deb/control)" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n > "$doc/changelog.Debian.gz"
{ cat packaging/deb/copyright.head; tr -d '\r' < "$home/../../LICENSE.txt"; } > "$doc/copyright"
chmod 644 "$doc/copyright"
[ ! -f "$home/../../ThirdPartyNotices.txt" ] || zipped "$home/../../ThirdPartyNotices.txt" "$doc/ThirdPartyNotices.txt.gz"
put 644 packaging/deb/lintian-overrides "$share/lintian/overrides/ext2union"

mkdir "$root/DEBIAN"
kib=$(du -k --apparent-size -s "$root" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@KIB@/$kib/" packaging/deb/control > "$root/DEBIAN/control"
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum > DEBIAN/md5sums)
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Z"${EXT2U_DEB_COMPRESSION:-xz}" --build "$root" "$out/ext2union_${version}_amd64.deb" > /dev/null
echo "$out/ext2union_${version}_amd64.deb"
