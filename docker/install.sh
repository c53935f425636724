#!/bin/sh
# Installs saraban from the unpacked bundle around this file. No network is used or needed.
# As root. Safe to repeat: what is there already stays. A newer bundle upgrades; the version before
# it stays beside it in /opt/saraban until you delete it.
set -eu
umask 022
cd "$(dirname "$0")"
version=$(cat version)
home=/opt/saraban/$version

refuse() {
  echo "ติดตั้งไม่ได้: $1" >&2
  echo "Not installed: $2" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || refuse "ต้องสั่งด้วยสิทธิ์ root" "root is needed"
here=$(. /etc/os-release && echo "$VERSION_CODENAME $(dpkg --print-architecture)")
[ "$here" = "$(cat platform)" ] ||
  refuse "ชุดนี้สำหรับ $(cat platform) แต่เครื่องนี้เป็น $here" "this bundle is for $(cat platform), this machine is $here"
sha256sum --check --quiet --strict SHA256SUMS ||
  refuse "ไฟล์ในชุดติดตั้งเสียหายหรือถูกแก้ไข" "files of the bundle are damaged or were changed"

# Only what is missing or older: nothing on the machine is ever made older.
set --
for file in packages/*.deb; do
  wanted=$(dpkg-deb --show --showformat='${Version}' "$file")
  name=$(dpkg-deb --show --showformat='${Package}' "$file")
  state=$(dpkg-query -W -f='${db:Status-Status} ${Version}' "$name" 2>/dev/null || true)
  case "$state" in
    "installed "*) dpkg --compare-versions "${state#installed }" lt "$wanted" || continue ;;
  esac
  set -- "$@" "./$file"
done
if [ $# -gt 0 ]; then
  echo "System packages: $#"
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dir::Etc::SourceList=/dev/null \
    -o Dir::Etc::SourceParts=/dev/null -o APT::Sandbox::User=root \
    install --yes --no-install-recommends "$@" </dev/null >/dev/null
fi

if ! cmp -s SHA256SUMS "$home/SHA256SUMS"; then
  echo "saraban $version in $home"
  mkdir -p /opt/saraban
  python3 -m venv --clear "$home"
  export PIP_CONFIG_FILE=/dev/null
  pip="$home/bin/python -m pip --isolated --quiet --disable-pip-version-check --no-cache-dir install --no-index"
  $pip --find-links wheels --only-binary=:all: --require-hashes --requirement requirements.lock
  $pip --no-deps "wheels/saraban-$version-py3-none-any.whl"
  cp SHA256SUMS "$home/"
fi
ln -sfn "$version" /opt/saraban/current
for command in /opt/saraban/current/bin/saraban*; do ln -sf "$command" /usr/local/bin/; done

install -D -m 0644 -t /etc/systemd/system systemd/*.service systemd/*.target
install -D -m 0644 systemd/sysusers.conf /etc/sysusers.d/saraban.conf
install -D -m 0644 systemd/tmpfiles.conf /etc/tmpfiles.d/saraban.conf
if command -v systemd-sysusers >/dev/null; then systemd-sysusers saraban.conf; fi
install -d -m 0750 /etc/saraban
for file in systemd/*.env systemd/saraban.toml; do
  [ -e "/etc/saraban/${file#systemd/}" ] || install -m 0644 -t /etc/saraban "$file"
done
if [ -d /run/systemd/system ]; then
  systemd-tmpfiles --create saraban.conf
  systemctl daemon-reload
fi
echo "ติดตั้งแล้ว / Installed: saraban $version"
