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
sed -n 's/^  --\([a-z0-9-]*\).*/\1/p' "$work/help" | sort >"$work/options"
ok 'help lists 38 options and itself' test "$(wc -l <"$work/options")" -eq 39
sed -n '/^\.Ss ib run/,/^\.Ss ib info/s/^\.It Fl -\([a-z0-9-]*\).*/\1/p' "$manual" | sort >"$work/explained"
ok 'manual explains the options of the help' diff "$work/options" "$work/explained"
sed -n '/^\.Sh SYNOPSIS/,/^\.Cm info/s/^\.\(Op \)*Fl -\([a-z0-9-]*\).*/\2/p' "$manual" | sort -u >"$work/synopsis"
grep -v '^help$' "$work/options" >"$work/wanted"
ok 'synopsis lists them' diff "$work/wanted" "$work/synopsis"
run reproduce --help
sed -n 's/^  --\([a-z0-9-]*\).*/\1/p' "$work/stdout" | grep -v '^help$' | sort >"$work/options"
ok 'ib reproduce --help: status' test "$status" -eq 0
ok 'ib reproduce --help: nine options' test "$(wc -l <"$work/options")" -eq 9
sed -n '/^\.Cm reproduce/,/^\.Cm help/s/^\.\(Op \)*Fl -\([a-z0-9-]*\).*/\2/p' "$manual" | sort -u >"$work/synopsis"
ok 'ib reproduce --help: those of the synopsis' diff "$work/options" "$work/synopsis"
for group in network data training measuring study program; do
    ok "help has the group $group" grep -q "^$group:$" "$work/help"
done
for file in results.nc runs/ figures/ settings.txt summary.txt; do
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
for bounds in none 'layer,' 'layer,layer' ',layer' mass; do
    says "bounds $bounds" 2 "ib run: --bounds: expected layer, neuron, fixed, largest, global, mass-layer or \
mass-neuron, or different ones of them with commas between, got $bounds" run --bins 30 --bounds "$bounds" --out "$out"
done
wrong '--bounds: expected only with --bins' '--bounds layer'
for when in never every every: every:0 log:0 log:x adaptive:0 adaptive:-1 adaptive:nan every:1:2; do
    wrong "--schedule: expected every:K, log:N or adaptive:BITS, got $when" "--schedule $when"
done
wrong '--bounds: expected others than fixed with activation relu, which has no largest value' \
    '--activation relu --bins 30 --bounds layer,fixed'
wrong '--optimiser: expected adam or sgd, got SGD' '--optimiser SGD'
wrong '--rate: expected above 0 to 1000, got 0' '--rate 0'
wrong '--rate: expected above 0 to 1000, got 1e4' '--rate 1e4'
wrong '--rate: expected above 0 to 1000, got inf' '--rate inf'
wrong '--rate: expected above 0 to 1000, got 0x1' '--rate 0x1'
wrong '--momentum: expected 0 to below 1, got 1' '--optimiser sgd --momentum 1'
wrong '--momentum: expected only with --optimiser sgd' '--momentum 0.9'
wrong '--batch: expected 1 to 4294967295, got 0' '--batch 0'
wrong '--prefit-reset: expected none, optimiser, ranges or both, got all' '--prefit 1 --prefit-reset all'
wrong '--prefit-reset: expected only with --prefit' '--prefit-reset both'
wrong '--bad-fit: expected preset, keep or restart, got drop' '--bad-fit drop'
wrong '--bad-epoch: expected only with --bad-fit restart' '--bad-epoch 5'
wrong '--bad-accuracy: expected above 0 to 1, got 1.5' '--bad-accuracy 1.5'
wrong '--checkpoint: expected above 0 to 100000, got 0' '--checkpoint 0'
wrong '--runs: expected 1 to 4294967295, got 0' '--runs 0'
wrong '--epochs: expected 1 to 4294967295, got 4294967296' '--epochs 4294967296'
wrong '--seed: expected 0 to 18446744073709551615, got 18446744073709551616' '--seed 18446744073709551616'
wrong '--seed: expected 0 to 18446744073709551615, got 1.5' '--seed 1.5'
wrong '--split-seed: expected 0 to 18446744073709551615, got x' '--split-seed x'
wrong '--threads: expected 1 to 1024, got 0' '--threads 0'
wrong '--threads: expected 1 to 1024, got all' '--threads all'
wrong '--preset: expected paper, official-v1 or official-iclr, got official' '--preset official'
wrong '--activation: expected linear, tanh, relu or sigmoid, got softmax' '--activation softmax'
for widths in 12 '12,' ',2' 12,0,2 12,x 12,-1 12,1000001 '12, 2' 12,,2 "$(seq -s , 66)"; do
    says "widths $widths" 2 "ib run: --widths: expected 2 to 65 numbers from 1 to 1000000 with commas between them, \
inputs first and classes last, got $widths" run --widths "$widths" --out "$out"
done
wrong '--labels: expected FILE, a label for each row of --data, or --label-column, got nothing' '--data X.npy'
wrong '--labels: expected only with --data' '--labels y.npy'
wrong '--label-column: expected only with --data' '--label-column 1'
wrong '--label-column: expected only with --data and without --labels' '--data X.npy --labels y.npy --label-column 1'
wrong '--label-column: expected 1 to 4294967295, or from -1 backwards, got 0' '--data X.npy --label-column 0'
wrong '--data: expected a file, which is read again to go on, got the standard input' '--data - --labels y.npy'
wrong '--labels: expected a file, which is read again to go on, got the standard input' '--data X.npy --labels -'
wrong '--test-share: expected only with --data or --split-seed' '--test-share 0.1'
wrong '--test-share: expected 0 to below 1, got 1' '--data X.npy --labels y.npy --test-share 1'
wrong '--data-sha256: expected only with --data' '--data-sha256 00'
wrong '--labels-sha256: expected only with --labels' '--data X.npy --label-column 1 --labels-sha256 00'
wrong '--data-sha256: expected 64 hexadecimal digits in lower case, got 00' '--data X.npy --labels y.npy --data-sha256 00'
wrong '--rate: expected above 0 to 1000, got 0' '--lr 0'
wrong '--bounds: expected others than fixed with activation linear, which has no largest value' \
    '--activation linear --bins 30 --bounds fixed'
wrong '--quiet: takes no value' '--quiet=1'
wrong '--bit: unknown option, see --help' '--bit 8'
wrong '-b: unknown option, see --help' '-b 8'
wrong 'here: unknown argument, see --help' 'here'
ok 'wrong options make no folder' test ! -e "$out"

says 'no folder' 2 'ib run: --out: expected DIR, a folder for the results, got nothing' run
says 'no value at the end' 2 'ib run: --out: expected DIR, got nothing' run --out
says 'empty folder name' 2 'ib run: --out: expected DIR, got nothing' run --out ''

for words in '--bits 8' '--seed=1' '--epochs 10' '--split-seed 1'; do
    option=${words%%[ =]*}
    # shellcheck disable=SC2086
    says "resume with $words" 2 \
        "ib run: $option: expected only --runs, --data, --labels, --threads, --checkpoint, --no-figures and --quiet beside --resume" \
        run --resume "$out" $words
done
says 'resume and out' 2 'ib run: --out: expected only one of --out and --resume' run --resume "$out" --out "$out"

if [ -c /dev/full ]; then
    status=0
    "$ib" --help >/dev/full 2>"$work/stderr" || status=$?
    ok 'help to a full disk: status' test "$status" -eq 1
    ok 'help to a full disk: one line' test "$(cat "$work/stderr")" = 'ib: standard output: No space left on device'
else
    skip 'help to a full disk' 'no /dev/full'
fi

finish
