#!/bin/bash
# Builds the tools for use: one ready-to-run file each, in artifacts/bin/ (or the directory given). Quick when nothing has changed.
#   scripts/publish.sh [DIRECTORY]
set -eu
cd "$(dirname "$0")/.."
out=${1:-artifacts/bin}
mkdir -p "$out"

key=$(find src packaging/launcher packaging/umount.fuse.ext2u global.json Directory.Build.props Directory.Packages.props -type f \
  -not -path '*/obj/*' -not -path '*/bin/*' -printf '%p %s %T@\n' 2>/dev/null | sort | sha256sum)
[ "$(cat "$out/.published" 2>/dev/null)" = "$key" ] && exit 0
rm -f "$out/.published"
# The compiler that the projects of a build share would stay behind.
trap 'dotnet build-server shutdown --vbcscompiler > /dev/null 2>&1' EXIT

for tool in mkfs.ext2u fsck.ext2u mount.ext2u; do
  dotnet publish "src/Tools/$tool" -c Release -o "$out" -v q --nologo
done
rm -f "$out"/*.pdb "$out"/*.xml
# For links in /sbin: fsck(8) closes descriptors, and a runtime wants them open.
mkdir -p "$out/sbin"
for tool in mkfs.ext2u fsck.ext2u mount.ext2u; do install -m 755 packaging/launcher "$out/sbin/$tool"; done
[ -f packaging/umount.fuse.ext2u ] && install -m 755 packaging/umount.fuse.ext2u "$out/"

echo "$key" > "$out/.published"
