#!/bin/sh
# What the program says of itself, and to wrong command lines.
. "$(dirname "$0")/support.sh"

out=$work/out

for words in '--help' '-h' 'help' 'help help' 'version --help'; do
    run $words
    ok "ib $words: status" test "$status" -eq 0
    ok "ib $words: lists commands" grep -q '^  run  ' "$work/stdout"
    ok "ib $words: documents exit statuses" grep -q '^  130 ' "$work/stdout"
done

for words in '--version' 'version'; do
    run $words
    ok "ib $words" test "$status $(cat "$work/stdout")" = "0 ib $version"
done

run run --help
ok 'ib run --help: status' test "$status" -eq 0
cp "$work/stdout" "$work/help"
run help run
ok 'ib help run: the same' diff "$work/help" "$work/stdout"
run run --bits 4 --help
ok 'help shows the defaults, whatever was given before' diff "$work/help" "$work/stdout"

# The help is made from the table of options; the manual is not.
for option in $(sed -n 's/^  --\([a-z-]*\).*/\1/p' "$work/help"); do
    ok "manual explains --$option" grep -q "^\.It Fl -$option" "$manual"
done
ok 'help lists thirteen options and itself' test "$(grep -c '^  --' "$work/help")" -eq 14
for file in results.nc points.csv training.csv plane.png settings.txt summary.txt; do
    ok "help names $file" grep -q "$file" "$work/help"
    ok "manual names $file" grep -q "$file" "$manual"
done

says 'no command' 2 'ib: no command, see ib --help'
says 'unknown command' 2 'ib: walk: unknown command, see ib --help' walk
says 'help of an unknown command' 2 'ib: walk: unknown command, see ib --help' help walk
says 'argument of version' 2 'ib version: 1: unknown argument, see --help' version 1

wrong() {
    says "ib run $2" 2 "ib run: $1" run $2 --out "$out"
}
wrong '--bits: expected 1 to 16 or 32, got 99' '--bits 99'
wrong '--bits: expected 1 to 16 or 32, got 0' '--bits=0'
wrong '--bits: expected 1 to 16 or 32, got 17' '--bits 17'
wrong '--bits: expected 1 to 16 or 32, got eight' '--bits eight'
wrong '--bits: expected 1 to 16 or 32, got -8' '--bits -8'
wrong '--bits: expected 1 to 16 or 32, got nothing' '--bits='
wrong '--bits: expected 2 to 16 or 32 with preset official-v1, got 1' '--preset official-v1 --bits 1'
for bins in 0 65537 x -1 +1 ' 1' '1,' ',1' '1,,2' 1.5 30,100,30 1,2,3,4,5,6,7,8,9 99999999999999999999; do
    says "bins $bins" 2 "ib run: --bins: expected up to 8 different numbers from 1 to 65536 with commas between them, got $bins" \
        run --bins "$bins" --out "$out"
done
wrong '--bins: expected M[,M...], got nothing' '--bins='
wrong '--bounds: expected layer, neuron, fixed, largest or global, got none' '--bounds none'
wrong '--bounds: expected others than fixed with activation relu, which has no largest value' \
    '--activation relu --bins 30 --bounds fixed'
wrong '--runs: expected 1 to 4294967295, got 0' '--runs 0'
wrong '--epochs: expected 1 to 4294967295, got 4294967296' '--epochs 4294967296'
wrong '--seed: expected 0 to 18446744073709551615, got 18446744073709551616' '--seed 18446744073709551616'
wrong '--seed: expected 0 to 18446744073709551615, got 1.5' '--seed 1.5'
wrong '--split-seed: expected 0 to 18446744073709551615, got x' '--split-seed x'
wrong '--threads: expected 1 to 1024, got 0' '--threads 0'
wrong '--threads: expected 1 to 1024, got all' '--threads all'
wrong '--preset: expected paper, official-v1 or official-iclr, got official' '--preset official'
wrong '--activation: expected tanh or relu, got sigmoid' '--activation sigmoid'
wrong '--quiet: takes no value' '--quiet=1'
wrong '--bit: unknown option, see --help' '--bit 8'
wrong '-b: unknown option, see --help' '-b 8'
wrong 'here: unknown argument, see --help' 'here'
ok 'wrong options make no folder' test ! -e "$out"

says 'no folder' 2 'ib run: --out: expected DIR, a folder for the results, got nothing' run
says 'no value at the end' 2 'ib run: --out: expected DIR, got nothing' run --out
says 'empty folder name' 2 'ib run: --out: expected DIR, got nothing' run --out ''

if [ -c /dev/full ]; then
    status=0
    "$ib" --help >/dev/full 2>"$work/stderr" || status=$?
    ok 'help to a full disk: status' test "$status" -eq 1
    ok 'help to a full disk: one line' test "$(cat "$work/stderr")" = 'ib: standard output: No space left on device'
else
    skip 'help to a full disk' 'no /dev/full'
fi

finish
