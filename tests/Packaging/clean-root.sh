#!/bin/bash
# Installs a package in a root that holds nothing of the project, uses it there as an administrator does, and removes it. Prints a line for each thing that worked.
#   unshare -mpf --kill-child --propagation private clean-root.sh PACKAGE LOWER SCRATCH HIDDEN...
# LOWER is the root that is not changed: / or a debootstrap. HIDDEN are folders of it that the new root must not have.
set -euo pipefail
package=$1 lower=$2 scratch=$3
shift 3
mkdir -p "$scratch/space"
mount -t tmpfs none "$scratch/space"
cd "$scratch/space"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=$lower,upperdir=upper,workdir=work" root
for folder in "$@"; do [ ! -d "root$folder" ] || mount -t tmpfs none "root$folder"; done
mkdir -p root/proc root/dev root/sys root/tmp
mount -t proc proc root/proc
mount --rbind /dev root/dev
mount -t sysfs sysfs root/sys
mount -t tmpfs none root/tmp
cp "$package" root/tmp/package.deb
mkdir root/tmp/upper root/tmp/lower
mount --bind upper root/tmp/upper
mount --bind "$lower" root/tmp/lower

cat > root/tmp/use.sh <<'END'
set -euo pipefail
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive
say() { echo "ok: $*"; }
# What is in this root and not in the one below it, but for the books that dpkg and others keep.
inventory() {
  cd /tmp/upper
  find . \( -path ./tmp -o -path ./run -o -path ./etc/fstab -o -path ./var/lib/dpkg -o -path ./var/log \) -prune -o -print | LC_ALL=C sort | while read -r path; do
    [ -d "$path" ] && [ -d "/tmp/lower/$path" ] || echo "$path"
  done
  cd /
}
if command -v dotnet mkfs.ext2u fsck.ext2u mount.ext2u; then exit 1; fi
# What a bare debootstrap lacks and fusermount3 asks for.
[ -e /etc/mtab ] || ln -s /proc/self/mounts /etc/mtab
id 1000 > /dev/null 2>&1 || echo 'someone:x:1000:1000::/:/bin/sh' >> /etc/passwd
inventory > /tmp/before
cp -p /etc/fstab /tmp/fstab 2> /dev/null || true

dpkg --force-unsafe-io --no-triggers --install /tmp/package.deb > /tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; exit 1; }
dpkg --verify ext2union > /tmp/dpkg.log
[ ! -s /tmp/dpkg.log ]
say installed
for page in mkfs.ext2u fsck.ext2u mount.ext2u mount.fuse.ext2u mount.fuseblk.ext2u umount.fuse.ext2u umount.fuseblk.ext2u; do
  shown=$(man -w 8 $page)
  [ -e "$shown" ]
done
say 'manual pages'

mkdir -p /srv/try/tree/sub /mnt/union
cd /srv/try
echo lower > tree/file; echo other > tree/sub/other
SOURCE_DATE_EPOCH=1 mkfs -t ext2u -q -d tree base.ext2 4m
mkfs -t ext2u -q top.ext2 4m
say 'mkfs -t ext2u'
fsck.ext2u -fn base.ext2 > fsck.log
grep -q '^Pass 5: ' fsck.log
say fsck.ext2u

mount -t ext2u top.ext2 /mnt/union -o lower=/srv/try/base.ext2
grep -q ' /mnt/union fuse.ext2u rw' /proc/mounts
say 'mount -t ext2u'
echo new > /mnt/union/file; rm /mnt/union/sub/other
umount /mnt/union
if pgrep -x mount.ext2u; then exit 1; fi
fsck.ext2u --list-marks top.ext2 > fsck.log
grep -q '^whiteout.*/sub/other' fsck.log
say 'umount has written all'

# Without the line in fstab fsck(8) goes by blkid, which says ext2 or, of marks, ext4.
echo '/srv/try/top.ext2 /mnt/union ext2u lower=/srv/try/base.ext2,_netdev,x-systemd.automount,comment=x 0 2' > /etc/fstab
fsck -T -t ext2u /srv/try/top.ext2 -p > fsck.log
grep -q '^/srv/try/top.ext2: clean, .* files' fsck.log
fsck -T -t ext2u /srv/try/top.ext2 -fn > fsck.log
grep -q '^union: 1 whiteout' fsck.log
say 'fsck -t ext2u'
fsck -A -p -t ext2u > fsck.log
grep -q '^/srv/try/top.ext2: clean' fsck.log
mount /mnt/union
[ "$(cat /mnt/union/file)" = new ]
umount -a -t fuse.ext2u
say 'fstab, fsck -A, umount -a'

if loop=$(losetup -f --show top.ext2 2>/dev/null); then
  trap 'losetup -d $loop 2>/dev/null || true' EXIT
  mount -t ext2u "$loop" /mnt/union
  grep -q "^$loop /mnt/union fuseblk.ext2u rw" /proc/mounts
  echo device > /mnt/union/device
  umount /mnt/union
  if pgrep -x mount.ext2u; then exit 1; fi
  # The volume has a mark, so blkid says ext4.
  if command -v udevadm > /dev/null; then
    udevadm test --action=add "$(readlink -f "/sys/class/block/${loop#/dev/}")" > udev.log 2>&1
    grep -q '^ID_FS_TYPE=ext2u$' udev.log || { cat udev.log; exit 1; }
  fi
  losetup -d "$loop"
  fsck.ext2u -fn top.ext2 > /dev/null
  say 'a block device, known to udev'
else
  say 'a block device, known to udev: not tried, there are no loop devices'
fi

mkdir -m 777 user
rm -f /tmp/fuse; mknod -m 666 /tmp/fuse c 10 229; mount --bind /tmp/fuse /dev/fuse
cd user
setpriv --reuid 1000 --regid 1000 --clear-groups bash -euc '
  mkfs.ext2u -q -E root_owner my.ext2 1m; mkdir my; mount.ext2u my.ext2 my; echo me > my/me; [ $(stat -c %u my/me) = 1000 ]; fusermount3 -u my'
cd ..
umount -l /dev/fuse
say 'a user'

bash -euc '. /usr/share/bash-completion/completions/mkfs.ext2u; complete -p mkfs.ext2u > /dev/null'
[ -e /usr/share/doc/ext2union/examples/fstab ]
say 'completion, examples'

cd /
rm -rf /srv/try /mnt/union /etc/fstab
cp -p /tmp/fstab /etc/fstab 2> /dev/null || true
dpkg --force-unsafe-io --no-triggers --purge ext2union > /dev/null
inventory > /tmp/after
diff /tmp/before /tmp/after > /tmp/left || { cat /tmp/left; exit 1; }
say 'removed, nothing left'
END
chroot root /bin/bash /tmp/use.sh
