#!/bin/bash
# Shows the main job on real files of this machine: a base image, a union with an ext2 top on it, one with a top in memory, a repair.
# Leaves nothing behind, however it ends.
set -eu
cd "$(dirname "$0")"
root=$PWD

if [ "$(id -u)" != 0 ] && ! { [ -w /dev/fuse ] && command -v fusermount3 >/dev/null; }; then
  echo "demo: mounting needs root, or /dev/fuse and fusermount3 (package fuse3)" >&2
  exit 1
fi
[ "$(id -u)" = 0 ] || echo "(not root: mounts go through fusermount3, and files of other owners cannot be changed)"

scripts/setup.sh
echo "building the tools ..."
scripts/publish.sh >"${TMPDIR:-/tmp}/ext2u-build.$$" 2>&1 || { cat "${TMPDIR:-/tmp}/ext2u-build.$$"; rm -f "${TMPDIR:-/tmp}/ext2u-build.$$"; exit 1; }
rm -f "${TMPDIR:-/tmp}/ext2u-build.$$"
PATH=$root/artifacts/bin:$PATH:/usr/sbin:/sbin
started=$SECONDS

work=$(mktemp -d /tmp/ext2u-demo-XXXXXX)
leave() {
  status=$?
  trap - EXIT
  cd /
  for directory in "$work/merged" "$work/sandbox"; do
    if mountpoint -q "$directory" 2>/dev/null; then
      umount "$directory" 2>/dev/null || fusermount3 -u "$directory" 2>/dev/null || umount -l "$directory" 2>/dev/null || true
    fi
  done
  rm -rf --one-file-system "$work"
  exit $status
}
trap leave EXIT
trap 'exit 130' INT TERM HUP
cd "$work"

if [ -t 1 ]; then bold=$'\033[1m' plain=$'\033[0m'; else bold='' plain=''; fi
say() { printf '\n%s# %s%s\n' "$bold" "$*" "$plain"; }
run() { # a command as a user would type it, then what it does
  printf '$ %s\n' "$*"
  eval "$@"
}
unmount() { # DIRECTORY; then waits for the daemon, which writes on for a moment after umount(2)
  local daemons pid
  daemons=$(pgrep -f "mount\.ext2u .*$1" || true)
  if [ "$(id -u)" = 0 ]; then run "umount $1"; else run "fusermount3 -u $1"; fi
  for pid in $daemons; do
    for _ in $(seq 400); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.05
    done
  done
}
state() { # DIRECTORY: names, types, modes, owners, times, targets and content of everything below, but of no lost+found
  (cd "$1" && find . -path ./lost+found -prune -o -printf '%p %y %m %U:%G %T@ %l\n' | sort && find . -path ./lost+found -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
}
check_same() { # EXPECTED ACTUAL SENTENCE
  if cmp -s "$1" "$2"; then
    echo "  -> $3: $(wc -l < "$1") lines compared, no difference"
  else
    echo "  -> DIFFERENT from what was left:"
    diff "$1" "$2" | head -20
    exit 1
  fi
}
check_clean() { # IMAGE: by our checker, then by stock e2fsck on a copy without our two feature bits
  run "fsck.ext2u -f -n $1"
  cp --sparse=always "$1" copy.ext2
  clear_mark_bits copy.ext2
  if e2fsck -fn copy.ext2 > stock 2>&1; then
    echo "  -> stock e2fsck -fn, on a copy without the two mark bits: clean"
  else
    cat stock
    exit 1
  fi
}
clear_mark_bits() { # IMAGE: INCOMPAT 0x0020 and 0x0800 are bits of bytes 96 and 97 of the superblock
  local low high
  low=$(od -An -tu1 -j 1120 -N 1 "$1") high=$(od -An -tu1 -j 1121 -N 1 "$1")
  printf "$(printf '\\x%02x\\x%02x' $((low & ~0x20)) $((high & ~0x08)))" | dd of="$1" bs=1 seek=1120 conv=notrunc status=none
}

say "1. A base image, filled with real files of this machine"
mkdir tree merged sandbox
for source in /etc /usr/include /usr/share/perl /usr/share/perl5 /usr/share/doc; do
  [ -d "$source" ] && [ "$(find tree -type f | wc -l)" -lt 4000 ] || continue
  mkdir -p "tree$source"
  cp -a "$source/." "tree$source/" 2>/dev/null || true
done
files=$(find tree -type f | wc -l)
echo "  (tree/ holds copies of $files files, $(du -sh tree | cut -f1))"
run "mkfs.ext2u -q -L base -d tree base.ext2 1g"
run "mkfs.ext2u -q -L top top.ext2 256m"

say "2. A union: the base stays read-only, every change goes to the top"
run "mount.ext2u top.ext2 merged -o union,lower=base.ext2"
run "ls merged"
run "find merged -type f | wc -l"
run "ls merged/etc | head -5"

say "3. Work in it"
victim=$(cd merged && find etc -type f -name '*.conf' -size -8k | sort | head -1)
run "echo '# edited in the union' >> merged/$victim"
run "tail -1 merged/$victim"
doomed=$(cd merged && find usr -mindepth 2 -maxdepth 3 -type f | sort | head -1)
run "rm merged/$doomed"
run "ls merged/$doomed || true" 2>&1
gone=$(cd merged && find usr etc -mindepth 2 -maxdepth 2 -type d | sort | tail -1)
run "rm -r merged/$gone"
run "mkdir merged/$gone && echo 'nothing of the old one is left' > merged/$gone/README && ls merged/$gone"
moved=$(cd merged && find etc -maxdepth 1 -type f | sort | sed -n 3p)
run "mv merged/$moved merged/etc/renamed-in-the-union"
run "mkdir -p merged/srv/www && echo hello > merged/srv/www/index.html && ln merged/srv/www/index.html merged/srv/www/second-name"
run "chmod 600 merged/etc/renamed-in-the-union && ls -l merged/etc/renamed-in-the-union"
run "df -h merged | tail -1"
state merged > left

say "4. Unmount. What changed is in the top image alone"
unmount merged
run "fsck.ext2u --list-marks top.ext2 > marks; grep -c '^fallthru' marks; grep -v '^fallthru' marks; grep '^fallthru' marks | head -5"
run "ls -sh top.ext2 base.ext2"

say "5. Mount it again: everything is as it was left"
run "mount.ext2u top.ext2 merged -o union,lower=base.ext2"
state merged > found
check_same left found "names, modes, owners, times, links and content"
unmount merged

say "6. The same base under a top in memory: a sandbox that is gone afterwards"
run "mount.ext2u tmpfs sandbox -o union,lower=base.ext2,size=200m"
run "rm -r sandbox/etc && mkdir sandbox/etc && echo sandbox > sandbox/etc/hostname && cat sandbox/etc/hostname"
run "rm -r sandbox/usr/* && mv sandbox/etc/hostname sandbox/moved && mkdir sandbox/new && ls -l sandbox sandbox/usr"
run "find sandbox -type f | wc -l"
unmount sandbox
run "mount.ext2u tmpfs sandbox -o union,lower=base.ext2"
run "find sandbox -type f | wc -l; ls sandbox/moved || true" 2>&1
unmount sandbox

say "7. Both images are sound"
check_clean base.ext2
check_clean top.ext2
run "fsck.ext2u -f -n --lower=base.ext2 top.ext2 | tail -3"

say "8. The top loses its superblock: it is repaired from a backup, no mark is lost, and the repair can be undone"
run "fsck.ext2u --list-marks top.ext2 > marks-before"
run "cp --sparse=always top.ext2 broken.ext2"
run "dd if=/dev/zero of=broken.ext2 bs=1k seek=1 count=1 conv=notrunc status=none"
cp --sparse=always broken.ext2 as-broken.ext2
run "fsck.ext2u -f -y -z repair.undo broken.ext2 || [ \$? = 1 ]"
run "fsck.ext2u --list-marks broken.ext2 > marks-after"
check_same marks-before marks-after "whiteouts, fallthrus, opaque directories and copies"
run "fsck.ext2u --undo repair.undo broken.ext2"
run "cmp as-broken.ext2 broken.ext2 && echo 'broken as before, byte for byte'"

printf '\nDone in %s s.\n' $((SECONDS - started))
