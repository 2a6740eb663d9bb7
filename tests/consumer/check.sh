#!/bin/sh
# Installs libib into a folder of its own and builds programs against that tree as strangers would: with a plain compiler
# call and with Meson, shared and static, and as a subproject. The fifteen lines in README.md are one of them.
#
# check.sh SOURCE_DIRECTORY BUILD_DIRECTORY LIBRARY_KINDS
set -eu
source=$1
build=$2
kinds=$3 # what the build has: shared, static or both
here=$source/tests/consumer
cc=${CC:-cc}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

step() {
    printf -- '-- %s\n' "$*"
}

has() {
    [ "$kinds" = both ] || [ "$kinds" = "$1" ]
}

step "install"
DESTDIR=$root meson install -C "$build" --no-rebuild --quiet
pc=$(find "$root" -name libib.pc)
lib=$(dirname "$(dirname "$pc")")
# What pkg-config says is relative to the tree, and from this tree alone.
export PKG_CONFIG_SYSROOT_DIR="$root" PKG_CONFIG_LIBDIR="${pc%/*}" LD_LIBRARY_PATH="$lib"

step "every public header is there, and no other"
names() { # of the headers in FOLDER
    find "$1" -path '*/include/libib/*.h' | sed 's:.*/::' | sort
}
{ names "$source/include"; echo version.h; } | sort >"$work/headers"
names "$root" | diff "$work/headers" -

step "libib.pc asks for nothing else, and shows -lm and -pthread only to static programs"
! grep '^Requires' "$pc" || exit 1
! pkg-config --libs libib | grep -w -e -lm -e -pthread || exit 1
pkg-config --static --libs libib | grep -w -e -pthread

# Every program here exits with 0 and prints something, or it has not done its work.
run() {
    "$@" >"$work/output"
    cat "$work/output"
    [ -s "$work/output" ]
}

compile() { # PROGRAM SOURCE FLAG...
    program=$1
    code=$2
    shift 2
    # shellcheck disable=SC2046,SC2086 # flags are words
    $cc -std=c11 -Wall -Wextra -Wpedantic -Werror -o "$work/$program" "$code" $(pkg-config "$@" --cflags --libs libib)
}

# One of the programs in a page.
program_in() { # PAGE NUMBER
    awk -v wanted="$2" '/^```$/ { inside = 0 } inside && n == wanted { print } /^```c$/ { inside = 1; n++ }' "$source/$1"
}

if has shared; then
    step "cc, shared"
    compile shared "$here/main.c"
    run "$work/shared"
    readelf -d "$work/shared" | grep 'NEEDED.*libib\.so\.'
    for page in README.md docs/tutorial.md; do
        for number in $(seq "$(grep -c '^```c$' "$source/$page")"); do
            step "program $number in $page, which prints what the page says"
            program_in "$page" "$number" >"$work/page.c"
            compile page "$work/page.c"
            run "$work/page"
            grep -qF "\`$(cat "$work/output")\`" "$source/$page"
        done
    done
fi

if has static; then
    step "cc, static"
    cc="$cc -static" compile static "$here/main.c" --static
    run env -u LD_LIBRARY_PATH "$work/static"
fi

with_meson() { # FOLDER SOURCE OPTION...
    folder=$work/$1
    shift
    meson setup "$folder" "$@" >"$work/log" || {
        cat "$work/log"
        exit 1
    }
    ninja -C "$folder" --quiet
    run "$folder/consumer"
}

if has shared; then
    step "Meson, shared"
    with_meson meson-shared "$here"
fi

if has static; then
    step "Meson, static"
    with_meson meson-static "$here" -Dprefer_static=true
fi

if [ -f "$build/src/cli/ib" ]; then
    step "the program and its manual page"
    run "$(find "$root" -path '*/bin/ib')" --version
    find "$root" -path '*/man1/ib.1' | grep .
fi

# With the packages of the system again, which a subproject builds from; without optimisation, which would only take time.
unset PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR
step "Meson, as a subproject"
mkdir -p "$work/super/subprojects"
cp "$here/main.c" "$here/meson.build" "$work/super"
ln -s "$source" "$work/super/subprojects/libib"
with_meson meson-subproject "$work/super" --force-fallback-for=libib --buildtype=debug
