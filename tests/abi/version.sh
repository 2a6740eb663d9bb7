#!/bin/sh
# One version, from project(version:), everywhere.
#
# version.sh VERSION BUILD_DIRECTORY SOURCE_DIRECTORY PRINT_VERSION [IB]
set -eu
version=$1
build=$2
source=$3
print_version=$4
ib=${5:-}
wrong=0

same() { # WHERE FOUND
    if [ "$2" = "$version" ]; then
        echo "ok   $1"
    else
        echo "expected $version, got ${2:-nothing}: $1" >&2
        wrong=1
    fi
}

header=$build/include/libib/version.h
number() {
    sed -n "s/^#define IB_VERSION_$1 //p" "$header"
}

same "header, as text" "$(sed -n 's/^#define IB_VERSION "\(.*\)"$/\1/p' "$header")"
same "header, as numbers" "$(number MAJOR).$(number MINOR).$(number PATCH)"
same "pkg-config" "$(PKG_CONFIG_PATH=$build/meson-private pkg-config --modversion libib)"
same "ib_version_get()" "$("$print_version")"
same "docs/changelog.md, last release" "$(sed -n 's/^## \[*\([0-9][0-9.]*\).*/\1/p' "$source/docs/changelog.md" | head -n 1)"
same "manual" "$(sed -n 's/^PROJECT_NUMBER *= *//p' "$build/docs/Doxyfile")"
if [ -n "$ib" ]; then
    same "ib --version" "$("$ib" --version | grep -o '[0-9]*\.[0-9]*\.[0-9]*')"
fi
exit "$wrong"
