#!/bin/sh
# The files of a study: their names, rows and numbers, and that they depend on nothing but what was asked.
. "$(dirname "$0")/support.sh"

# study NAME ARGUMENT...: a study into $work/NAME, without figures.
study() {
    name=$1
    shift
    run run --no-figures --out "$work/$name" "$@"
    ok "$name: status" test "$status" -eq 0
}

# rows NAME FILE: the rows below the header.
rows() {
    sed 1d "$work/$1/$2"
}

study two --runs 2 --epochs 3 --seed 7
labelled=
[ "$writes_results" = no ] || labelled='results.nc '
ok 'files' test "$(cd "$work/two" && echo *)" = \
    "plane.dat plane.gp points.csv ${labelled}settings.txt summary.txt training.csv"
ok 'header of points.csv' test "$(sed -n 1p "$work/two/points.csv")" = \
    'run,epoch,layer,measure,estimator,I_XT,I_TY,states'
ok 'header of training.csv' test "$(sed -n 1p "$work/two/training.csv")" = \
    'run,epoch,train_loss,train_accuracy,test_accuracy'
rows two points.csv | cut -d, -f1-4 >"$work/actual"
for r in 0 1; do for e in 0 1 2 3; do for l in 1 2 3 4 5 6; do echo "$r,$e,$l,state"; done; done; done >"$work/expected"
ok 'points: each run, epoch and layer once, in order' diff "$work/expected" "$work/actual"
rows two training.csv | cut -d, -f1-2 >"$work/actual"
for r in 0 1; do for e in 0 1 2 3; do echo "$r,$e"; done; done >"$work/expected"
ok 'training: each run and epoch once, in order' diff "$work/expected" "$work/actual"

# 12 bits of input, 0.99916 of label; no more states than rows, and no fewer than 2^H.
ok 'points: within their bounds' awk -F, 'NR > 1 && !(NF == 8 && $6 >= 0 && $6 <= 12 && $7 >= 0 && $7 <= $6 &&
    $7 <= 0.99915712085027116 && $8 >= 1 && $8 <= 4096 && log($8) / log(2) >= $6 - 1e-9) { print; bad = 1 }
    END { exit bad }' "$work/two/points.csv"
ok 'training: within their bounds' awk -F, 'NR > 1 && !(NF == 5 && $3 > 0 && $4 >= 0 && $4 <= 1 && $5 >= 0 && $5 <= 1) {
    print; bad = 1 } END { exit bad }' "$work/two/training.csv"
# Accuracies are counts over rows: 3276 for training, 820 for the test.
ok 'accuracies: of the rows of the split' awk -F, 'function whole(x) { return x - int(x + 0.5) < 1e-6 && int(x + 0.5) - x < 1e-6 }
    NR > 1 && !(whole($4 * 3276) && whole($5 * 820)) { print; bad = 1 } END { exit bad }' "$work/two/training.csv"
ok 'columns of plane.dat' awk '!/^#/ { n++; if (NF != 25) bad = 1 } END { exit bad || n != 4 }' "$work/two/plane.dat"
# The mean of the plane is that of the points.
mean=$(awk -F, '$2 == 3 && $3 == 6 { s += $6 } END { printf "%.6f", s / 2 }' "$work/two/points.csv")
ok 'plane.dat holds the mean' test "$(awk '$1 == 3 { printf "%.6f", $22 }' "$work/two/plane.dat")" = "$mean"

ok 'table: a row for each layer' test "$(grep -c '^T[1-6]     state ' "$work/two/summary.txt")" -eq 6
ok 'table: bad fits' grep -q '^bad fits .* of 2$' "$work/two/summary.txt"
run run --no-figures --out "$work/again" --runs 2 --epochs 3 --seed 7
ok 'table: summary.txt is what is printed' diff "$work/stdout" "$work/again/summary.txt"
ok 'one line says that figures were not drawn' test "$(cat "$work/stderr")" = \
    "ib run: not drawn, as asked: $work/again/plane.gp and plane.dat"
ok 'settings: the seed' grep -q '^seed  *7$' "$work/two/settings.txt"
ok 'settings: the version' grep -q "^version  *libib $version, kernels [a-z0-9]*$" "$work/two/settings.txt"
ok 'settings: the command' grep -q '^command  *ib run --no-figures --out .*/two --runs 2 --epochs 3 --seed 7$' \
    "$work/two/settings.txt"

same() {
    cmp "$work/$1/points.csv" "$work/$2/points.csv" && cmp "$work/$1/training.csv" "$work/$2/training.csv"
}
differ() {
    ! same "$1" "$2"
}
ok 'same seed, same bytes' same two again
study one --runs 1 --epochs 3 --seed 7
for file in points.csv training.csv; do
    rows one $file >"$work/expected"
    grep '^0,' "$work/two/$file" >"$work/actual"
    ok "$file: the first of two runs is the only one of one" diff "$work/expected" "$work/actual"
done
study other --runs 2 --epochs 3 --seed 8
ok 'another seed, other points' differ two other
ok 'runs differ' test "$(grep '^0,' "$work/two/points.csv" | cut -d, -f2-)" != \
    "$(grep '^1,' "$work/two/points.csv" | cut -d, -f2-)"

# Another split leaves the initial weights, and so the points before training, as they are.
study split --runs 2 --epochs 3 --seed 7 --split-seed 7
ok 'another split, other training' differ two split
grep '^[01],0,' "$work/two/points.csv" >"$work/expected"
grep '^[01],0,' "$work/split/points.csv" >"$work/actual"
ok 'another split, same initial weights' diff "$work/expected" "$work/actual"
study split-again --runs 2 --epochs 3 --seed 7 --split-seed 7
ok 'same split seed, same bytes' same split split-again

study defaults --preset paper --activation tanh --bits 8 --seed 7 --runs 2 --epochs 3
ok 'defaults are those of the help' same two defaults

# Official presets: the last layer has other measures than its state; every fifth epoch, and the first two and the last.
study iclr --preset official-iclr --activation relu --runs 1 --epochs 13
rows iclr points.csv | cut -d, -f2-4 >"$work/actual"
for e in 0 1 6 11 13; do
    for l in 1 2 3 4 5 6; do echo "$e,$l,state"; done
    echo "$e,6,output"
    echo "$e,6,rebinned"
done >"$work/expected"
ok 'official-iclr: epochs and measures' diff "$work/expected" "$work/actual"
ok 'official-iclr: every epoch in training.csv' test "$(rows iclr training.csv | wc -l)" -eq 14
ok 'official-iclr: a second plane' test -s "$work/iclr/plane-rebinned.dat" -a -s "$work/iclr/plane-rebinned.gp"
ok 'official-iclr: table by measure' test "$(grep -c '^T6' "$work/iclr/summary.txt")" -eq 3
# State determines output, output determines bins.
ok 'official-iclr: H(state) >= H(output)' awk -F, '$4 == "state" { h = $6 } $4 == "output" && $6 > h + 1e-12 { bad = 1 }
    END { exit bad }' "$work/iclr/points.csv"

# Bins: two more planes. Bounds of the run are found by making it twice, and the rest stays as it is.
study bins --activation relu --bits 32 --runs 2 --epochs 3 --seed 7 --bins 2,300 --bounds global
study bins-again --activation relu --bits 32 --runs 2 --epochs 3 --seed 7 --bins 300,2 --bounds global
study no-bins --activation relu --bits 32 --runs 2 --epochs 3 --seed 7
ok 'bins: training as without' cmp "$work/bins/training.csv" "$work/no-bins/training.csv"
grep -v ',binned,' "$work/bins/points.csv" >"$work/actual"
ok 'bins: other points as without' diff "$work/no-bins/points.csv" "$work/actual"
for m in 2 300; do
    grep ",$m-global," "$work/bins/points.csv" >"$work/actual"
    grep ",$m-global," "$work/bins-again/points.csv" >"$work/expected"
    ok "bins: $m at each epoch and layer" test "$(wc -l <"$work/actual")" -eq 48
    ok "bins: $m beside others or not" diff "$work/expected" "$work/actual"
    ok "bins: a plane of $m" test -s "$work/bins/plane-$m-global.dat" -a -s "$work/bins/plane-$m-global.gp"
    ok "bins: table with $m" test "$(grep -c "^T[1-6]     $m-global " "$work/bins/summary.txt")" -eq 6
done
ok 'bins: heading' grep -q "mean of 2 runs, 2 bins (global)'$" "$work/bins/plane-2-global.gp"
ok 'bins: settings' grep -q '^bins  *2,300, bounds global$' "$work/bins/settings.txt"
# Bins of an output cannot tell more apart than its bits do. T1 has 10 units: 2 bins make 1024 states at most.
ok 'bins: H(bins) <= H(state)' awk -F, '$4 == "state" { h = $6 } $4 == "binned" && $6 > h { bad = 1 } END { exit bad }' \
    "$work/bins/points.csv"
ok 'bins: no more states than bins make' awk -F, '$5 == "2-global" && $3 == 1 { n++; if ($8 > 1024) bad = 1 }
    END { exit bad || n != 8 }' "$work/bins/points.csv"
for bounds in layer neuron fixed largest; do
    study "bounds-$bounds" --activation tanh --bits 8 --runs 1 --epochs 1 --bins 30 --bounds $bounds
    ok "bounds $bounds" test "$(grep -c ",30-$bounds," "$work/bounds-$bounds/points.csv")" -eq 12
done
study bins-iclr --preset official-iclr --activation relu --runs 1 --epochs 2 --bins 30 --bounds largest
ok 'bins: official-iclr' test "$(grep -c ',30-largest,' "$work/bins-iclr/points.csv")" -eq 18

for bits in 1 2 16 32; do
    study "bits-$bits" --bits $bits --runs 1 --epochs 1
    ok "$bits bits in the settings" grep -q "^bits  *$bits" "$work/bits-$bits/settings.txt"
done

run run --quiet --no-figures --out "$work/quiet" --runs 1 --epochs 1
ok 'quiet: silent' test "$status" -eq 0 -a ! -s "$work/stdout" -a ! -s "$work/stderr"
ok 'quiet: the table is in the folder' test -s "$work/quiet/summary.txt"

finish
