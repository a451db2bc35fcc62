#!/bin/bash
# Makes a machine ready to build, test and demonstrate the project. May be run again at any time; it does only what is missing.
#   scripts/setup.sh [--no-restore | --all]
set -eu
cd "$(dirname "$0")/.."

# command:package. e2fsprogs holds the outside judges (e2fsck, mke2fs, debugfs), the rest are workloads and tests' tools. Long forms of tests (docs/TESTING.md) want debootstrap and lintian too;
# --all installs them.
needed=(
  e2fsck:e2fsprogs mke2fs:e2fsprogs debugfs:e2fsprogs fusermount3:fuse3
  setfattr:attr setfacl:acl rsync:rsync sqlite3:sqlite3 git:git pgrep:procps
  mount:mount losetup:mount setpriv:util-linux unshare:util-linux ip:iproute2
  mandoc:mandoc man:man-db udevadm:udev squashfuse:squashfuse mksquashfs:squashfs-tools sfdisk:fdisk
  ganesha.nfsd:nfs-ganesha rpcbind:rpcbind nfs-ls:libnfs-utils
)
[ "${1:-}" = --all ] && needed+=(debootstrap:debootstrap lintian:lintian)
PATH=$PATH:/usr/sbin:/sbin
missing=()
for pair in "${needed[@]}"; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
# The part of nfs-ganesha that serves a mounted tree brings no command of its own.
ls /usr/lib/*/ganesha/libfsalvfs.so > /dev/null 2>&1 || missing+=(nfs-ganesha-vfs)
if [ ${#missing[@]} -gt 0 ]; then
  mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
  if [ "$(id -u)" = 0 ]; then sudo=(); elif command -v sudo >/dev/null; then sudo=(sudo); else
    echo "setup: missing packages: ${missing[*]}; install them as root and run this again" >&2
    exit 1
  fi
  echo "setup: installing ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
  echo "setup: the .NET 10 SDK is needed (https://dotnet.microsoft.com/download/dotnet/10.0); install it and run this again" >&2
  exit 1
fi

[ "${1:-}" = --no-restore ] && exit 0

# Restoring is skipped while neither a project file nor what an earlier restore left has changed.
fingerprint() {
  dotnet --version
  find . -path ./artifacts -prune -o \( -name '*.csproj' -o -name '*.props' -o -name global.json \) -not -path '*/obj/*' -print0 \
    | sort -z | xargs -0 sha256sum
  find . -name project.assets.json | wc -l
}
stamp=artifacts/restored
if [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint | sha256sum)" ]; then
  dotnet restore Ext2Union.sln -v q --nologo
  mkdir -p artifacts
  fingerprint | sha256sum > "$stamp"
fi
