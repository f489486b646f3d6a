# Boots a systemd of its own: process 1 in a namespace, with this machine's /usr, read-only, and nothing else of it.
# sh boot-systemd.sh FOLDER UNIT PROGRAM, where FOLDER/etc is what is to lie in /etc. It ends when its input does.
set -eu

if [ "${1-}" != inside ]; then
  folder=$1
  # Whoever stops a whole group of processes must not stop what clears up.
  trap '' HUP INT TERM
  mkfifo "$folder/log"
  cat <>"$folder/log" & reader=$!
  mkdir "$folder/cgroup"
  mount -t cgroup2 cgroup2 "$folder/cgroup"
  group="$folder/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/guestlist-test-$$"
  mkdir "$group"
  (echo 0 >"$group/cgroup.procs" && exec setpriv --pdeathsig KILL unshare --cgroup --pid --fork --kill-child --mount --ipc --uts sh "$0" inside "$@") & first=$!
  cat >/dev/null
  kill -KILL $first $reader
  tries=0
  until find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || [ $((tries += 1)) -gt 200 ]; do sleep 0.05; done
  umount "$folder/cgroup"
  exit
fi

folder=$2 unit=$3 program=$4 root=$2/root
mkdir "$root"
mount --make-rprivate /
mount -t tmpfs tmpfs "$root"
cd "$root"
mkdir dev home proc root run sys tmp usr var
for link in bin sbin lib lib64; do [ ! -L /$link ] || ln -s usr/$link $link; done
cp -R "$folder/etc" etc
chown -R 0:0 etc
mount --rbind -o ro /usr usr
mount -o remount,bind,ro usr
mount -t tmpfs tmpfs usr/local
mkdir usr/local/bin
touch usr/local/bin/guestlist
mount --bind "$program" usr/local/bin/guestlist
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do touch dev/$device && mount --bind /dev/$device dev/$device; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs run
touch run/log-of-unit
mount --bind "$folder/log" run/log-of-unit
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
# As whom the machine knows process 1 of the namespace: /proc is still the machine's.
read -r pid _ </proc/self/stat
echo "booting as $pid" >"$folder/log"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mkdir run/old
pivot_root . run/old
umount -l /run/old
# `container` keeps it from what only a machine's own systemd may do.
exec env -i container=test PATH=/usr/bin:/usr/sbin /usr/lib/systemd/systemd --system --unit="$unit" --log-target=null --show-status=no
