#!/bin/sh
# Is every public enumerator, number and struct member pinned in the tables of test_abi.c?
#
# complete.sh VALUES LAYOUT HEADER...
set -eu
values=$1
layout=$2
shift 2

# What to look for: enumerators and numeric macros as VALUE(name, structs as SIZE(type, members as MEMBER(type, name,
wanted() {
    cat "$@" |
        sed -e ':again' -e 's:/\*.*\*/::' -e '/\/\*/ {N; b again' -e '}' | # comments go
        awk '
            /^#define IB_[A-Z0-9_]+ [0-9]+$/ { print "VALUE(" $2 "," }
            /^ *IB_[A-Z0-9_]+ = /            { print "VALUE(" $1 "," }
            /^typedef struct ib_[a-z_]+ \{/  { type = $3; print "SIZE(" type "," }
            /^\}/                            { type = "" }
            type && /;/ {
                sub(/;.*/, "")
                sub(/.*[ *]/, "")
                print "MEMBER(" type ", " $0 ","
            }'
}

list=$(mktemp)
trap 'rm -f "$list"' EXIT
wanted "$@" >"$list"

missing=0
while read -r line; do
    grep -qF "$line" "$values" "$layout" && continue
    echo "not in $values or $layout: $line ...)" >&2
    missing=$((missing + 1))
done <"$list"

total=$(wc -l <"$list")
echo "$total public numbers, structs and members, $missing not pinned"
# Headers that were not read, or not understood, are no success.
[ "$missing" = 0 ] && [ "$total" -gt 100 ]
