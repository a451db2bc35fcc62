#!/bin/bash
# How fast fsck.ext2u is and how much memory it takes, beside e2fsck: makes volumes with many files, lets both check them in turn (-fn), warm and cold,
# sees that they agree on the count of files and of blocks, and prints a table. docs/FSCK.md holds what it printed.
#   bench/fsck.sh [VOLUME...]    many large ten; "many large" without arguments. Needs root (loop mounts), /usr/bin/time, perl.
#     many   5,000 directories of 200 names: a million; files with and without data, some with an indirect block, links, symbolic links
#     large  the same names in 10 directories of 100,000, with indexes
#     ten    10 million empty files in 50,000 directories, for the memory (makes an image of 8 GiB, 3.5 GB of them real, in about five minutes)
# ROUNDS=7 says how often. Images stay in IMAGES=/tmp/ext2u-bench for the next run. Ours: scripts/publish.sh, or EXT2U_BIN.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "fsck.sh: needs root; run it with sudo" >&2; exit 1; }
export LC_ALL=C
rounds=${ROUNDS:-7} images=${IMAGES:-/tmp/ext2u-bench} work=$(mktemp -d /tmp/ext2u-fsck-XXXXXX)
[ $# -gt 0 ] || set -- many large
if [ -z "${EXT2U_BIN:-}" ]; then scripts/publish.sh; EXT2U_BIN=$PWD/artifacts/bin; fi
ours=$EXT2U_BIN/fsck.ext2u theirs=$(command -v e2fsck || echo /sbin/e2fsck)

clean_up() {
  if mountpoint -q "$work/mnt"; then umount "$work/mnt" 2> /dev/null || umount -l "$work/mnt"; fi
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
mkdir -p "$work/mnt" "$images"

# make VOLUME: the driver of ext4 fills it, for that of ext2 knows no indexes and would take hours for the large directories.
make() {
  local size=4G inodes=1100000 shape
  case $1 in
    many) shape="5000 200 mixed" ;;
    large) shape="10 100000 mixed" ;;
    ten) size=8G inodes=10100000 shape="50000 200 empty" ;;
    *) echo "fsck.sh: there is no volume $1; many, large and ten there are" >&2; exit 1 ;;
  esac
  [ -f "$images/$1.img" ] && return
  echo "making $images/$1.img" >&2
  truncate -s $size "$work/new.img"
  mke2fs -q -F -t ext2 -m 0 -N $inodes -E hash_seed=00000000-0000-4000-8000-000000000001 "$work/new.img"
  mount -t ext4 -o loop,noatime "$work/new.img" "$work/mnt"
  # shellcheck disable=SC2086
  perl -e "$fill" "$work/mnt" $shape
  umount "$work/mnt"
  # That driver leaves counts of the superblock as they were.
  "$theirs" -fy "$work/new.img" > /dev/null 2>&1 || [ $? = 1 ]
  mv "$work/new.img" "$images/$1.img"
}

fill='
use strict; use Fcntl;
my ($root, $directories, $files, $what) = @ARGV;
my ($short, $long) = ("x" x 4096, "y" x (13 * 4096));
for my $d (0 .. $directories - 1) {
  my $directory = sprintf "%s/directory%05d", $root, $d;
  mkdir $directory or die "$directory: $!\n";
  for my $f (0 .. $files - 1) {
    my $name = sprintf "%s/file-%06d", $directory, $f;
    my $kind = $what eq "mixed" ? $f % 100 : 0;
    if ($kind % 20 == 7) { symlink "../some/target-$f", $name or die "$name: $!\n"; next }
    if ($kind % 20 == 8) { link sprintf("%s/file-%06d", $directory, $f - 2), $name or die "$name: $!\n"; next }
    sysopen my $file, $name, O_WRONLY | O_CREAT | O_EXCL or die "$name: $!\n";
    if ($kind == 50) { defined syswrite $file, $long or die $! }
    elsif ($kind % 4 == 1) { defined syswrite $file, $short or die $! }
    close $file or die "$name: $!\n";
  }
}'

# run WHO PROGRAM VOLUME CACHE: a line "WHO CACHE wall cpu kilobytes" behind those before.
run() {
  local image=$images/$3.img
  if [ "$4" = cold ]; then dd if="$image" iflag=nocache count=0 2> /dev/null; fi
  if ! /usr/bin/time -o "$work/time" -f "%e %U %S %M" "$2" -fn "$image" > "$work/$1.out" 2> "$work/$1.err"; then
    echo "fsck.sh: $2 finds something wrong with $image:" >&2
    cat "$work/$1.out" "$work/$1.err" >&2
    exit 1
  fi
  awk -v who="$1" -v cache="$4" '{ print who, cache, $1, $2 + $3, $4 }' "$work/time" >> "$work/figures"
}

table() {
  awk -v rounds="$rounds" '
    function median(list, n,   i, j, t) {
      for (i = 2; i <= n; i++) { t = list[i]; for (j = i - 1; j > 0 && list[j] > t; j--) list[j + 1] = list[j]; list[j + 1] = t }
      return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
    }
    { n = ++count[$1, $2]; wall[$1, $2, n] = $3; cpu[$1, $2, n] = $4; if ($5 > peak[$1]) peak[$1] = $5 }
    END {
      split("warm cold", caches)
      for (c = 1; c <= 2; c++) {
        k = caches[c]; n = rounds
        for (i = 1; i <= n; i++) {
          ow[i] = wall["ours", k, i]; tw[i] = wall["theirs", k, i]; oc[i] = cpu["ours", k, i]; tc[i] = cpu["theirs", k, i]
          rw[i] = ow[i] / tw[i]; rc[i] = oc[i] / tc[i]
        }
        mw = median(rw, n); mc = median(rc, n)
        printf "| %s | %.2f s | %.2f s | %.2f (%.2f) | %.2f s | %.2f s | %.2f (%.2f) |\n", k, \
          median(tw, n), median(ow, n), mw, rw[1], median(tc, n), median(oc, n), mc, rc[1]
      }
      printf "\npeak memory: e2fsck %.0f MB, ours %.0f MB\n", peak["theirs"] / 1024, peak["ours"] / 1024
    }' "$work/figures"
}

for volume in "$@"; do
  make "$volume"
  : > "$work/figures"
  run theirs "$theirs" "$volume" warm
  : > "$work/figures"
  for cache in warm cold; do
    for _ in $(seq "$rounds"); do
      run theirs "$theirs" "$volume" $cache
      run ours "$ours" "$volume" $cache
      if [ "$(tail -n 1 "$work/theirs.out")" != "$(tail -n 1 "$work/ours.out")" ]; then
        echo "fsck.sh: the two disagree:" >&2
        tail -n 1 "$work/theirs.out" "$work/ours.out" >&2
        exit 1
      fi
    done
  done
  echo
  echo "$volume: $(tail -n 1 "$work/ours.out"), $rounds rounds"
  echo
  echo "| cache | e2fsck | ours | ratio, median (least) | e2fsck, CPU | ours, CPU | ratio, median (least) |"
  echo "|---|---|---|---|---|---|---|"
  table
done
