#!/bin/bash
# How unions answer: performs each scenario on the kernel's overlayfs (as distributions mount it: no options), on fuse-overlayfs, on unionfs-fuse
# and on ours, and prints what happened as a table, with the tests that hold our answer. docs/UNION.md holds what it printed.
#   bench/semantics.sh [PEER...]      ours overlayfs fuse-overlayfs unionfs-fuse; all without arguments. Needs root. VERBOSE=1 says where it is.
# Peers come from Debian: apt-get install fuse-overlayfs unionfs-fuse. One that is not installed is skipped. Ours: scripts/publish.sh, or the debug
# build. Each peer gets the same lower tree and a top of ten times 64 MiB: a loop-mounted ext4 for the peers; for ours both are ext2 images.
set -u
cd "$(dirname "$0")/.." || exit 1
[ "$(id -u)" = 0 ] || { echo "semantics.sh: needs root; run it with sudo" >&2; exit 1; }
export LC_ALL=C
big=${BIG:-64} # MiB of a large file; another size is for those in a hurry: what the table says of ours does not depend on it
peers=("$@")
[ $# -gt 0 ] || peers=(ours overlayfs fuse-overlayfs unionfs-fuse)
work=$(mktemp -d /tmp/ext2u-semantics-XXXXXX)
results=$work/results m=$work/mnt peer=
mkdir "$results"

tool() { if [ -n "${EXT2U_BIN:-}" ]; then echo "$EXT2U_BIN/$1"; elif [ -x "artifacts/bin/$1" ]; then echo "$PWD/artifacts/bin/$1"; else find "$PWD/src/Tools/$1/bin/Debug" -name "$1" -type f 2>/dev/null | head -n 1; fi; }
mount_ours=$(tool mount.ext2u) mkfs_ours=$(tool mkfs.ext2u)

clean_up() {
  cd /
  mountpoint -q "$work/mnt" && { umount "$work/mnt" 2>/dev/null || umount -l "$work/mnt"; }
  mountpoint -q "$work/disk" && { umount "$work/disk" 2>/dev/null || umount -l "$work/disk"; }
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# ---- the peers

version() {
  case $1 in
    overlayfs) echo "overlayfs of Linux $(uname -r | cut -d- -f1)" ;;
    fuse-overlayfs) fuse-overlayfs --version | sed -n 's/^fuse-overlayfs: version /fuse-overlayfs /p' ;;
    unionfs-fuse) unionfs --version 2>&1 | sed -n 's/^unionfs-fuse version: /unionfs-fuse /p' ;;
    ours) echo ours ;;
  esac
}

available() {
  case $1 in
    overlayfs) modprobe -q overlay 2>/dev/null; grep -qw overlay /proc/filesystems ;;
    fuse-overlayfs) command -v fuse-overlayfs >/dev/null ;;
    unionfs-fuse) command -v unionfs >/dev/null ;;
    ours) [ -x "$mount_ours" ] ;;
    *) return 1 ;;
  esac
}

mount_union() { # LOWER: the folder, or for ours the image of the same tree
  local disk=$work/disk
  case $peer in
    overlayfs) mount -t overlay overlay -o "lowerdir=$1,upperdir=$disk/upper,workdir=$disk/work" "$m" ;;
    fuse-overlayfs) fuse-overlayfs -o "allow_other,lowerdir=$1,upperdir=$disk/upper,workdir=$disk/work" "$m" ;;
    unionfs-fuse) unionfs -o "cow,allow_other,dev,suid,default_permissions" "$disk/upper=RW:$1=RO" "$m" ;;
    ours) "$mount_ours" "$work/top.image" "$m" -o "union,lower=$1.image" ;;
  esac
}

# A daemon may still be at work when umount returns; ours holds its image until it has written all, and the next mount waits for it.
end_union() { umount "$m" && sleep 0.3; }

remount() { cd / && end_union && mount_union "$work/lower" && cd "$m"; }

# Bytes in use on the top.
used() { sync -f "$m"; if [ "$peer" = ours ]; then df --output=used -B1 "$m"; else df --output=used -B1 "$work/disk"; fi | tail -n 1 | tr -d ' '; }

# ---- calls that no command makes

rename2() { perl -e '$r = syscall(316, -100, $ARGV[0], -100, $ARGV[1], $ARGV[2] + 0); print $r == 0 ? "works" : "$!", "\n"' "$@"; } # FROM TO FLAGS
number() { stat -c %i "$1"; }
try() { local words; if words=$("$@" 2>&1); then echo works; else echo "${words##*: }"; fi; }
bytes() { # BEFORE: what the top took since, in words
  local more=$(($(used) - $1))
  if [ $more -ge 1000000 ]; then echo "$(((more + 500000) / 1000000)) MB"; else echo "$(((more + 500) / 1000)) KB"; fi
}
errno_names() {
  sed -e 's/Invalid cross-device link/EXDEV/; s/Invalid argument/EINVAL/; s/No space left on device/ENOSPC/; s/File name too long/ENAMETOOLONG/' \
    -e 's/No such file or directory/ENOENT/; s/Operation not supported/EOPNOTSUPP/; s/keep size mode is unsupported/EOPNOTSUPP/; s/Permission denied/EACCES/'
}
costs() { local before; before=$(used); if "$@" 2>/dev/null; then bytes "$before"; else echo "fails"; fi; }

# ---- the lower tree: one folder for each scenario

make_lower() {
  mkdir "$1" && cd "$1" || exit 1
  mkdir -p dir/sub moved two/a two/b links gone/sub back/sub many big special attr names order full plain
  echo inner > dir/sub/file; echo inner > moved/file; echo a > two/a/file; echo b > two/b/file; echo a > two/x; echo b > two/y
  for n in write mode count; do echo old > links/$n; ln links/$n links/$n-too; done
  echo old > gone/sub/file; echo old > back/sub/file
  for i in $(seq 2000); do : > many/name-$i; done
  for n in chmod byte touch link rename attribute; do head -c "${big}M" /dev/urandom > big/$n; done
  truncate -s "${big}M" big/hole; echo data | dd of=big/hole bs=1M seek=2 conv=notrunc status=none
  mkfifo special/fifo; mknod special/device c 1 3; chmod 600 special/*
  echo old > attr/file; echo old > attr/setuid; chmod 4777 attr/setuid; echo old > attr/immutable; echo old > attr/descriptor; echo old > attr/time
  echo old > names/victim; for i in $(seq 20); do echo $i > order/name-$i; done
  echo old > full/file; echo old > full/gone
  for n in number open removed written; do echo old > plain/$n; done
  cd "$OLDPWD" || exit 1
}

# ---- scenarios: each prints what a program sees

rename_directory() { local r; r=$(rename2 moved moved-away 0); [ "$r" = works ] && { [ -f moved-away/file ] && [ ! -e moved ] && remount && [ -f moved-away/file ] || r="loses content"; }; echo "$r"; }
exchange_files() { local r; r=$(rename2 two/x two/y 2); [ "$r" != works ] || [ "$(cat two/x)$(cat two/y)" = ba ] || r="wrong content"; echo "$r"; }
exchange_directories() { local r; r=$(rename2 two/a two/b 2); [ "$r" != works ] || [ "$(cat two/a/file)$(cat two/b/file)" = ba ] || r="wrong content"; echo "$r"; }
no_replace() { local r; echo n > two/new; r=$(rename2 two/new two/x 1); [ "$r" = "File exists" ] && r=$(rename2 two/new two/newer 1); echo "$r"; }
link_content() { echo new > links/write; [ "$(cat links/write-too)" = new ] && echo "stays one file" || echo "link broken"; }
link_mode() { chmod 600 links/mode; [ "$(stat -c %a links/mode-too)" = 600 ] && echo "stays one file" || echo "link broken"; }
link_remount() { remount; [ "$(cat links/write-too)$(stat -c %a links/mode-too)" = new600 ] && echo "stays one file" || echo "link broken"; }
link_count() { rm links/count; echo "$(stat -c %h links/count-too) of 1"; }
number_kept() { number plain/number > "$work/number"; echo new >> plain/number; [ "$(number plain/number)" = "$(cat "$work/number")" ] && echo same || echo changes; }
number_remount() { remount; [ "$(number plain/number)" = "$(cat "$work/number")" ] && echo same || echo changes; }
listed_numbers() {
  echo new >> order/name-3; : > order/made; chmod 600 order/name-4
  perl -e 'opendir D, "order"; $b = "\0" x 65536; $n = syscall(217, fileno(D), $b, 65536);
    for ($p = 0; $p < $n; $p += $l) { ($i, $o, $l, $t) = unpack("QqSC", substr($b, $p)); $name = unpack("Z*", substr($b, $p + 19));
      next if $name =~ /^\.\.?$/; $all++; $wrong++ if $i != (lstat "order/$name")[1]; $type++ if $t != 8 }
    print $wrong ? "$wrong of $all differ" : "all the same", $type ? ", $type without type" : "", "\n"'
}
descriptor_follows() { exec 3< plain/open; echo new > plain/open; local r; r=$(cat <&3); exec 3<&-; [ "$r" = new ] && echo "sees the write" || echo "sees old data"; }
descriptor_change() { exec 3< attr/descriptor; perl -e 'open F, "<&=3"; exit !chmod(0604, *F)' 2>/dev/null || { echo fails; exec 3<&-; return; }
  exec 3<&-; [ "$(stat -c %a attr/descriptor)" = 604 ] && echo works || echo "not seen"; }
whole_file() { costs chmod 600 big/chmod; }
whole_file_times() { costs touch -d '2001-01-01' big/touch; }
whole_file_xattr() { costs setfattr -n user.a -v b big/attribute; }
whole_file_link() { costs ln big/link big/linked; }
whole_file_rename() { costs mv big/rename big/renamed; }
one_byte() { costs dd if=/dev/zero of=big/byte bs=1 count=1 seek=1000000 conv=notrunc status=none; }
hole_kept() { costs chmod 600 big/hole; }
reserved_names() {
  local r=works; : > names/.wh.victim; : > names/victim_HIDDEN~
  [ -e names/victim ] || r=".wh.* hides a file"
  [ "$(ls -A names | grep -c -e '^.wh.victim$' -e '^victim_HIDDEN~$')" = 2 ] || r=".wh.* cannot be used"
  echo "$r"
}
zero_device() { mknod special/zero c 0 0 2>/dev/null || { echo refused; return; }; [ "$(stat -c %t:%T special/zero 2>/dev/null)" = 0:0 ] && echo works || echo "made, not shown"; }
rmdir_whiteouts() { if rm gone/sub/file; then try rmdir gone/sub; else echo "rm fails"; fi; }
no_return() { rm -r back && mkdir back && mkdir back/sub && remount; [ -z "$(ls back/sub)" ] && echo "stays empty" || echo "old names come back"; }
nameless() { perl -e 'sysopen(F, "plain", 0x410002, 0600) or do { print "$!\n"; exit }; $from = "/proc/self/fd/" . fileno(F); $to = $ARGV[0];
  print syscall(265, -100, $from, -100, $to, 0x400) ? "no link: $!" : "works", "\n"' plain/nameless; }
xattr_user() { try setfattr -n user.a -v b attr/file; }
xattr_trusted() { try setfattr -n trusted.a -v b attr/file; }
immutable() { chattr +i attr/immutable 2>/dev/null || { echo "not supported"; return; }; rm -f attr/immutable 2>/dev/null; [ -e attr/immutable ] && echo enforced || echo "set, not enforced"; chattr -i attr/immutable 2>/dev/null; }
set_user_id() { setpriv --reuid 65534 --regid 65534 --clear-groups sh -c 'echo x >> attr/setuid' || { echo "write fails"; return; }; [ -u attr/setuid ] && echo "stays set" || echo cleared; }
acl_inherited() { setfacl -d -m u:1234:rw attr 2>/dev/null || { echo "not supported"; return; }; : > attr/with; getfacl -cp attr/with 2>/dev/null | grep -q '^user:1234:rw' && echo works || echo "not inherited"; }
removed_open() { exec 3< plain/removed; rm plain/removed; local r; r=$(cat <&3 2>&1); exec 3<&-; [ "$r" = old ] && echo works || echo "$r"; }
removed_written() { exec 3<> plain/written; rm plain/written; local r; echo new >&3 && r=$(perl -e 'open F, "+<&=3"; sysseek F, 0, 0; sysread F, $b, 9; print $b' 2>&1); exec 3>&-; [ "$r" = new ] && echo works || echo "data lost"; }
stable_places() {
  : > many/made
  perl -e 'opendir D, "many"; for (1..700) { $n = readdir D; $seen{$n}++ } $p = telldir D; closedir D;
    unlink map "many/name-$_", 1..50; for (1..200) { open F, ">", "many/other-$_"; close F }
    opendir D, "many"; seekdir D, $p; while (defined($n = readdir D)) { $seen{$n}++ }
    for (51..2000) { $missed++ unless $seen{"name-$_"}; $twice++ if $seen{"name-$_"} > 1 }
    print $missed || $twice ? ($missed + 0) . " missed, " . ($twice + 0) . " twice" : "each name once", "\n"'
}
may_write() { [ -w dir/sub/file ] && echo yes || echo no; }
special_files() { chmod 640 special/fifo special/device 2>/dev/null && [ -p special/fifo ] && [ "$(stat -c %t:%T special/device)" = 1:3 ] && echo works || echo fails; }
punch_hole() { try fallocate -p -o 0 -l 4096 big/byte; }
long_name() { local r; r=$(try mkdir "$(printf 'n%.0s' $(seq 256))"); echo "$r"; }
looking_writes() { local before; before=$(used); find . -type f -size -1M -exec cat {} + > /dev/null; ls -lR . > /dev/null; bytes "$before"; }
fill_top() { # the peers' from beside them
  local at=$work/disk; [ "$peer" = ours ] && at=$m
  for bytes in 1M 1k; do dd if=/dev/zero of="$at/filler-$bytes" bs=$bytes status=none 2>/dev/null; done; sync -f "$at"
}
full_list() { ls full > /dev/null 2>&1 && ls dir > /dev/null 2>&1 && echo works || echo fails; }
full_write() {
  (echo new >> full/file && sync full/file) 2> "$work/error" && { [ "$(tail -n 1 full/file)" = new ] && echo works || echo "no error, data lost"; return; }
  [ "$(cat full/file)" = old ] && echo "$(sed 's/.*: //' "$work/error"), file intact" || echo "file damaged"
}
full_remove() { try rm full/gone; }
other_lower() { rm -f "$work"/disk/filler-* filler-*; cd / && end_union; if mount_union "$work/other" 2>/dev/null; then echo "mounted"; else echo refused; fi; }

rows=(
  "rename of a directory with lower content|rename_directory|RenameTests" "RENAME_EXCHANGE of lower files|exchange_files|RenameTests" "RENAME_EXCHANGE of lower directories|exchange_directories|RenameTests"
  "RENAME_NOREPLACE|no_replace|RenameTests" "hard-linked lower file written through one name|link_content|HardLinkTests" "its mode changed through one name|link_mode|HardLinkTests"
  "both after a remount|link_remount|HardLinkTests" "st_nlink of the other name after one is unlinked|link_count|HardLinkTests" "st_ino when a file is copied up|number_kept|SourceNumberTests"
  "st_ino after a remount|number_remount|SourceNumberTests" "d_ino and d_type against stat|listed_numbers|ListingTests StormTests" "descriptor opened for reading before the copy-up|descriptor_follows|CopyUpTests"
  "fchmod of an O_RDONLY descriptor|descriptor_change|CopyUpTests" "top's growth by chmod of 64 MiB|whole_file|PartialCopyTests" "by utimensat|whole_file_times|PartialCopyTests" "by setxattr|whole_file_xattr|PartialCopyTests"
  "by link|whole_file_link|PartialCopyTests" "by rename|whole_file_rename|PartialCopyTests" "by one byte written|one_byte|PartialCopyTests" "by chmod of a 64 MiB hole|hole_kept|CopyUpTests" "files called .wh.* and *_HIDDEN~|reserved_names|UnionTests"
  "mknod of device 0/0|zero_device|SemanticsTableTests" "rmdir of a directory whose lower names are deleted|rmdir_whiteouts|RemovalTests" "rm -r; mkdir; mkdir of a name below|no_return|LookupTests"
  "O_TMPFILE and linkat|nameless|RenameTests" "user.* attribute of a lower file|xattr_user|UnionTests" "trusted.* attribute|xattr_trusted|UnionTests" "chattr +i of a lower file|immutable|RemovalTests"
  "set-user-id when another user writes|set_user_id|MountToolTests" "default ACL of a lower directory|acl_inherited|InheritanceTests" "lower file read after its unlink|removed_open|RemovalTests"
  "written after its unlink|removed_written|RemovalTests" "telldir while names come and go|stable_places|ListingTests" "access(W_OK) of a lower file|may_write|SemanticsTableTests" "chmod of a lower fifo and device|special_files|CopyUpTests"
  "punching a hole into a lower file|punch_hole|PartialCopyTests" "a name of 256 bytes|long_name|DispatcherTests" "top's growth by find, cat and ls -lR|looking_writes|LookupTests CopyUpTests" "ls when the top is full|full_list|ListingTests"
  "write to a lower file then|full_write|CopyUpTests" "rm of a lower file then|full_remove|SemanticsTableTests" "top mounted over another lower|other_lower|RememberedLowersTests"
)

run_peer() {
  peer=$1
  mkdir -p "$m" "$work/disk"
  if [ "$peer" = ours ]; then
    "$mkfs_ours" -q -F -b 4096 "$work/top.image" $((big * 10))m
    for tree in lower other; do "$mkfs_ours" -q -F -b 4096 -d "$work/$tree" "$work/$tree.image" $((big * 10))m; done
  else
    truncate -s $((big * 10))M "$work/disk.image"
    mke2fs -q -F -b 4096 -t ext4 -m 0 "$work/disk.image" && mount -o loop "$work/disk.image" "$work/disk" && mkdir "$work/disk/upper" "$work/disk/work"
  fi
  mount_union "$work/lower" || { echo "semantics.sh: $peer cannot be mounted" >&2; return; }
  for row in "${rows[@]}"; do
    IFS='|' read -r title scenario _ <<< "$row"
    [ -z "${VERBOSE:-}" ] || echo "$peer: $title" >&2
    [ "$scenario" = full_list ] && fill_top
    timeout -k 5 60 bash -c "cd '$m' && $scenario" 2> /dev/null | head -n 1 | errno_names > "$results/$peer.$scenario"
    [ "${PIPESTATUS[0]}" -lt 124 ] || echo hangs > "$results/$peer.$scenario"
  done
  cd / && mountpoint -q "$m" && end_union
  mountpoint -q "$work/disk" && umount "$work/disk"
  rm -f "$work"/*.image
}

# Each scenario runs in a shell of its own, so that one that hangs can be ended.
mapfile -t functions < <(compgen -A function)
export -f "${functions[@]}"
export work mount_ours m peer
make_lower "$work/lower"
mkdir "$work/other" && echo other > "$work/other/file"
shown=()
for peer in "${peers[@]}"; do
  if available "$peer"; then shown+=("$peer"); run_peer "$peer"; else echo "semantics.sh: $peer is not here (or not built) and is skipped" >&2; fi
done

{
  printf '| | |'; for peer in "${shown[@]}"; do printf ' %s |' "$(version "$peer")"; done; printf ' shown by |'
  printf '\n|---|---|'; for peer in "${shown[@]}"; do printf -- '---|'; done; printf -- '---|'
  count=0
  for row in "${rows[@]}"; do
    IFS='|' read -r title scenario tests <<< "$row"
    count=$((count + 1))
    printf '\n| %s | %s |' "$count" "$title"
    for peer in "${shown[@]}"; do printf ' %s |' "$(cat "$results/$peer.$scenario")"; done
    printf ' `%s` |' "${tests// /\` \`}"
  done
  echo
}
