#!/usr/bin/env bash
# build/package/: the stripped program with licence and examples as tar.gz, and as a Debian package with its systemd unit.
# The same commit gives the same bytes: times are the commit's, owners are root, names are sorted.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=$(sed -n 's/^project(tollgate VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
arch=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
out=build/package
name=tollgate-$version-linux-$arch

rm -rf "$out"
mkdir -p "$out/$name" "$out/deb/DEBIAN" "$out/deb/usr/bin" "$out/deb/usr/share/doc/tollgate"

strip -o "$out/$name/tollgate" build/release/tollgate
cp LICENSE "$out/$name/"
for extra in README.md deploy; do [ ! -e "$extra" ] || cp -r "$extra" "$out/$name/"; done
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$out" -cf - "$name" | gzip -n9 > "$out/$name.tar.gz"

cp "$out/$name/tollgate" "$out/deb/usr/bin/"
cp LICENSE "$out/deb/usr/share/doc/tollgate/copyright"
unit=$(find deploy -name tollgate.service 2>/dev/null | head -1)
[ -z "$unit" ] || install -Dm644 "$unit" "$out/deb/lib/systemd/system/tollgate.service"

# The libraries that the program loads, as packages: dpkg-shlibdeps wants a source tree, so give it the smallest.
mkdir -p "$out/work/debian"
printf 'Source: tollgate\n' > "$out/work/debian/control"
depends=$(cd "$out/work" && dpkg-shlibdeps -O ../deb/usr/bin/tollgate 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
cat > "$out/deb/DEBIAN/control" <<CONTROL
Package: tollgate
Version: $version
Architecture: $arch
Maintainer: The Tollgate authors
Depends: $depends
Section: net
Priority: optional
Description: self-hosted AI gateway
 Stands between applications and AI providers: budgets, fallback, prices, a durable ledger.
CONTROL
dpkg-deb --root-owner-group --build "$out/deb" "$out/tollgate_${version}_$arch.deb" > /dev/null
rm -rf "$out/work" "$out/deb"
ls -l "$out"
