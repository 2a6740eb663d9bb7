#!/bin/sh
# A whole run (8000 epochs, six layers counted after every epoch) against a rough program that does the same work, where the
# sources of that program lie beside these; the two take turns, and the medians of their CPU times are compared.
#
# usage: yardstick.sh BENCH_RUN FOLDER [TURNS]
set -eu

bench=$1
folder=$2
turns=${3:-5}

if [ ! -f "$folder/mi_proto.c" ]; then
    echo "no yardstick beside the sources: skipped"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${CC:-cc} -O3 -march=native -mprefer-vector-width=512 -ffp-contract=off -DVERIFY "$folder/mi_proto.c" \
    -o "$work/yardstick" -lm -lpthread 2>"$work/log" || { cat "$work/log"; exit 1; }

median() {
    sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

for activation in tanh relu; do
    : >"$work/ours"
    : >"$work/theirs"
    for _ in $(seq "$turns"); do
        "$bench" whole "$activation" >>"$work/ours"
        "$work/yardstick" quant "$activation" | sed -n 's/.*total \([0-9.]*\) s CPU.*/\1/p' >>"$work/theirs"
    done
    ours=$(median "$work/ours")
    theirs=$(median "$work/theirs")
    awk -v a="$activation" -v o="$ours" -v t="$theirs" -v n="$turns" 'BEGIN {
        printf "%s, 8 bits: a whole run takes %.2f s, the yardstick %.2f s: %.2f times (medians of %d)\n", a, o, t, o / t, n
    }'
done
