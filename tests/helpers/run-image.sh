# Runs the program as a container with a read-only root would: sh run-image.sh FOLDER PROGRAM ENTRYPOINT… in an environment
# that has the image's ENV. FOLDER/data is the volume; of this machine there is /usr, in place of the image's libraries.
set -eu
folder=$1 program=$2 root=$1/root
shift 2
mount --make-rprivate /
mount -t tmpfs tmpfs "$root"
cd "$root"
mkdir data dev etc proc tmp usr home
for link in bin sbin lib lib64; do [ ! -L /$link ] || ln -s usr/$link $link; done
cp /etc/ld.so.cache etc
mount --rbind -o ro /usr usr
mount -o remount,bind,ro usr
mount -t tmpfs tmpfs usr/local
mkdir usr/local/bin
cp "$program" usr/local/bin/guestlist
chmod 555 usr/local/bin/guestlist
mount -o remount,ro usr/local
mount --bind "$folder/data" data
mount -t proc proc proc
for device in null urandom; do touch dev/$device && mount --bind /dev/$device dev/$device; done
mount -o remount,ro .
exec chroot . setpriv --reuid=65532 --regid=65532 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
