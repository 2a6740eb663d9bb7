#!/bin/sh
# What `ib run` makes: the files of a study, and numbers that depend on nothing but what was asked.
. "$(dirname "$0")/support.sh"

# study NAME ARGUMENT...: a study into $work/NAME, without figures, and its tables beside it.
study() {
    name=$1
    shift
    run run --no-figures --out "$work/$name" "$@"
    ok "$name: status" test "$status" -eq 0
    for table in points training runs; do
        "$ib" export "$work/$name" --csv --table $table >"$work/$name-$table.csv"
    done
}

# rows NAME TABLE: the rows below the header.
rows() {
    sed 1d "$work/$1-$2.csv"
}

study two --runs 2 --epochs 3 --seed 7
labelled=
[ "$writes_results" = no ] || labelled='results.nc '
ok 'files' test "$(cd "$work/two" && echo *)" = "figures lock ${labelled}runs settings.txt summary.txt"
ok 'files of runs' test "$(cd "$work/two/runs" && echo *)" = '00000000.run 00000001.run'
cp "$work/stdout" "$work/two.stdout"
rows two points | cut -d, -f1-4 >"$work/actual"
for r in 0 1; do for e in 0 1 2 3; do for l in 1 2 3 4 5 6; do echo "$r,$e,$l,state"; done; done; done >"$work/expected"
ok 'points: each run, epoch and layer once, in order' diff "$work/expected" "$work/actual"
rows two training | cut -d, -f1-2 >"$work/actual"
for r in 0 1; do for e in 0 1 2 3; do echo "$r,$e"; done; done >"$work/expected"
ok 'training: each run and epoch once, in order' diff "$work/expected" "$work/actual"

ok 'table: a row for each layer' test "$(grep -c '^T[1-6]   state .*+-.*+-.*+-.*+-' "$work/two/summary.txt")" -eq 6
ok 'table: bad fits' grep -q '^bad fits .* of 2$' "$work/two/summary.txt"
run run --no-figures --out "$work/again" --runs 2 --epochs 3 --seed 7
ok 'table: summary.txt is what is printed' diff "$work/stdout" "$work/again/summary.txt"
ok 'one line says that figures were not drawn' test "$(grep -c 'not drawn, as asked' "$work/stderr")" -eq 1 -a \
    "$(wc -l <"$work/stderr")" -eq 1
ok 'settings: the seed' grep -q '^--seed=7$' "$work/two/settings.txt"
ok 'settings: the version' grep -q "^version $version$" "$work/two/settings.txt"
ok 'same seed, same bytes' diff -r "$work/two" "$work/again"

same() {
    cmp "$work/$1-points.csv" "$work/$2-points.csv" && cmp "$work/$1-training.csv" "$work/$2-training.csv"
}
differ() {
    ! same "$1" "$2"
}
study one --runs 1 --epochs 3 --seed 7
for table in points training; do
    rows one $table >"$work/expected"
    grep '^0,' "$work/two-$table.csv" >"$work/actual"
    ok "$table: the first of two runs is the only one of one" diff "$work/expected" "$work/actual"
done
ok 'its file, too' cmp "$work/one/runs/00000000.run" "$work/two/runs/00000000.run"
study other --runs 2 --epochs 3 --seed 8
ok 'another seed, other points' differ two other
ok 'runs differ' test "$(grep '^0,' "$work/two-points.csv" | cut -d, -f2-)" != \
    "$(grep '^1,' "$work/two-points.csv" | cut -d, -f2-)"

# begins_as_two NAME: the initial weights, and so the points before training, are those of the study `two`.
begins_as_two() {
    grep '^[01],0,' "$work/two-points.csv" >"$work/expected"
    grep '^[01],0,' "$work/$1-points.csv" | diff "$work/expected" -
}

study split --runs 2 --epochs 3 --seed 7 --split-seed 7
ok 'another split, other training' differ two split
ok 'another split, same initial weights' begins_as_two split
study split-again --runs 2 --epochs 3 --seed 7 --split-seed 7
ok 'same split seed, same bytes' same split split-again

study defaults --preset paper --activation tanh --bits 8 --seed 7 --runs 2 --epochs 3 --batch 256 --optimiser adam \
    --rate 1e-4 --prefit 0 --schedule every:1 --bad-fit keep
ok 'defaults are those of the help' same two defaults

study usual-sgd --runs 2 --epochs 3 --seed 7 --optimiser sgd
study sgd --runs 2 --epochs 3 --seed 7 --optimiser sgd --rate 0.01
ok 'the rate of sgd is that of the help' same usual-sgd sgd
if [ "$writes_results" = yes ] && command -v ncdump >"$work/which"; then
    ok 'the rate in results.nc: of adam' sh -c "ncdump -h '$work/two/results.nc' | grep -q ':rate = 0.0001 ;'"
    ok 'the rate in results.nc: of sgd' sh -c "ncdump -h '$work/usual-sgd/results.nc' | grep -q ':rate = 0.01 ;'"
fi

# Ways to train.
for words in '--batch 100' '--rate 0.01' '--optimiser sgd' '--optimiser sgd --rate 0.1' '--optimiser sgd --momentum 0.9'; do
    name=$(echo "train$words" | tr -d ' .')
    # shellcheck disable=SC2086 # words
    study "$name" --runs 2 --epochs 3 --seed 7 $words
    ok "$words: other training" differ two "$name"
    ok "$words: same initial weights" begins_as_two "$name"
done
ok 'all of them differ' test "$(cat "$work"/train*-training.csv | grep -c '^0,3,')" -eq \
    "$(cat "$work"/train*-training.csv | grep '^0,3,' | sort -u | wc -l)"
study prefit --runs 2 --epochs 3 --seed 7 --prefit 2
study prefit-reset --runs 2 --epochs 3 --seed 7 --prefit 2 --prefit-reset both
ok 'prefit: other weights at the beginning' test "$(grep '^0,0,' "$work/prefit-training.csv")" != \
    "$(grep '^0,0,' "$work/two-training.csv")"
ok 'prefit: none of its epochs is counted' test "$(rows prefit training | wc -l)" -eq 8
ok 'prefit-reset: other training' differ prefit prefit-reset

# When to measure.
study every --runs 1 --epochs 20 --seed 7 --schedule every:7
ok 'every:7' test "$(rows every points | cut -d, -f2 | uniq | tr '\n' ' ')" = '0 1 8 15 20 '
ok 'every:7: all epochs are trained' test "$(rows every training | wc -l)" -eq 21
study log --runs 1 --epochs 20 --seed 7 --schedule log:2
ok 'log:2' test "$(rows log points | cut -d, -f2 | uniq | tr '\n' ' ')" = '0 1 2 3 4 6 8 12 16 20 '
study adaptive --runs 1 --epochs 20 --seed 7 --schedule adaptive:3
ok 'adaptive:3' test "$(rows adaptive points | cut -d, -f2 | uniq | tr '\n' ' ')" = '0 1 3 7 15 20 '

# Bad fits: all are, below so high an accuracy.
study kept --runs 2 --epochs 3 --seed 7 --bad-accuracy 1
ok 'bad fits: kept and marked' test "$(rows kept runs | cut -d, -f3,5 | tr '\n' ' ')" = '0,1 0,1 '
ok 'bad fits: the same runs' same two kept
study again-and-again --runs 2 --epochs 4 --seed 2 --bad-fit restart --bad-epoch 2 --bad-accuracy 0.52
ok 'bad fits: begun again' test "$(rows again-and-again runs | cut -d, -f3 | sort -n | tail -n 1)" -ge 1
ok 'bad fits: told' test "$(grep -c 'bad fit after epoch [234] (training accuracy 0.[0-5][0-9]*), begun again$' \
    "$work/stderr")" -eq "$(rows again-and-again runs | awk -F, '{ n += $3 } END { print n }')"
ok 'bad fits: none is left' test "$(rows again-and-again runs | cut -d, -f5 | tr '\n' ' ')" = '0 0 '

# Official presets: the last layer has other measures than its state; every fifth epoch, and the first two and the last.
study iclr --preset official-iclr --activation relu --runs 1 --epochs 13
rows iclr points | cut -d, -f2-4 >"$work/actual"
for e in 0 1 6 11 13; do
    for l in 1 2 3 4 5 6; do echo "$e,$l,state"; done
    echo "$e,6,output"
    echo "$e,6,rebinned"
done >"$work/expected"
ok 'official-iclr: epochs and measures' diff "$work/expected" "$work/actual"
ok 'official-iclr: every epoch is trained' test "$(rows iclr training | wc -l)" -eq 14
ok 'official-iclr: a second plane' test -s "$work/iclr/figures/plane-rebinned.dat"
ok 'official-iclr: table by measure' test "$(sed '/^PHASES/,$d' "$work/iclr/summary.txt" | grep -c '^T6 ')" -eq 3
# State determines output, output determines bins.
ok 'official-iclr: H(state) >= H(output)' awk -F, '$4 == "state" { h = $6 } $4 == "output" && $6 > h + 1e-12 { bad = 1 }
    END { exit bad }' "$work/iclr-points.csv"

# Bins: two more planes. Bounds of the run are found by making it twice, and the rest stays as it is.
study bins --activation relu --bits 32 --runs 2 --epochs 3 --seed 7 --bins 2,300 --bounds global
study bins-again --activation relu --bits 32 --runs 2 --epochs 3 --seed 7 --bins 300,2 --bounds global
study no-bins --activation relu --bits 32 --runs 2 --epochs 3 --seed 7
ok 'bins: training as without' cmp "$work/bins-training.csv" "$work/no-bins-training.csv"
grep -v ',binned,' "$work/bins-points.csv" >"$work/actual"
ok 'bins: other points as without' diff "$work/no-bins-points.csv" "$work/actual"
for m in 2 300; do
    grep ",$m-global," "$work/bins-points.csv" >"$work/actual"
    grep ",$m-global," "$work/bins-again-points.csv" >"$work/expected"
    ok "bins: $m at each epoch and layer" test "$(wc -l <"$work/actual")" -eq 48
    ok "bins: $m beside others or not" diff "$work/expected" "$work/actual"
    ok "bins: a plane of $m" test -s "$work/bins/figures/plane-$m-global.dat" -a -s "$work/bins/figures/plane-$m-global.gp"
    ok "bins: table with $m" test "$(grep -c "^T[1-6]   $m-global .*+-.*+-.*+-.*+-" "$work/bins/summary.txt")" -eq 6
done
ok 'bins: settings' grep -q '^--bins=2,300$' "$work/bins/settings.txt"
# Bins of an output cannot tell more apart than its bits do. T1 has 10 units: 2 bins make 1024 states at most.
ok 'bins: H(bins) <= H(state)' awk -F, '$4 == "state" { h = $6 } $4 == "binned" && $6 > h { bad = 1 } END { exit bad }' \
    "$work/bins-points.csv"
ok 'bins: no more states than bins make' awk -F, '$5 == "2-global" && $3 == 1 { n++; if ($8 > 1024) bad = 1 }
    END { exit bad || n != 8 }' "$work/bins-points.csv"
for bounds in layer neuron fixed largest mass-layer mass-neuron; do
    study "bounds-$bounds" --activation tanh --bits 8 --runs 1 --epochs 1 --bins 30 --bounds $bounds
    ok "bounds $bounds" test "$(grep -c ",30-$bounds," "$work/bounds-$bounds-points.csv")" -eq 12
done
study bins-iclr --preset official-iclr --activation relu --runs 1 --epochs 2 --bins 30 --bounds largest
ok 'bins: official-iclr' test "$(grep -c ',30-largest,' "$work/bins-iclr-points.csv")" -eq 18

for bits in 1 2 16 32; do
    study "bits-$bits" --bits $bits --runs 1 --epochs 1
    ok "$bits bits in the settings" grep -q "^--bits=$bits$" "$work/bits-$bits/settings.txt"
done

run run --quiet --no-figures --out "$work/quiet" --runs 1 --epochs 1
ok 'quiet: silent' test "$status" -eq 0 -a ! -s "$work/stdout" -a ! -s "$work/stderr"
ok 'quiet: the table is in the folder' test -s "$work/quiet/summary.txt"

finish
