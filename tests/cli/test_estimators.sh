#!/bin/sh
# ib run --estimators and --post-bits: what is asked comes back everywhere, a study that is gone on with comes to the
# same bytes, and what cannot be is refused.
. "$(dirname "$0")/support.sh"

asked='--bits 32 --seed 7 --bins 30 --post-bits 8,2 --post-weights 5 --schedule log:1'
# All of them but kde, which takes longest, on a short run.
# shellcheck disable=SC2086 # words
run run --quiet --no-figures --out "$work/one" --runs 1 --epochs 1 $asked --estimators ksg1,edge
ok 'a study is made' test "$status" -eq 0 -a ! -s "$work/stderr"
for line in '--post-bits=8,2' '--post-weights=5' '--estimators=ksg1,edge'; do
    ok "settings: $line" grep -qx -e "$line" "$work/one/settings.txt"
done
ok 'settings: nothing that was not asked' sh -c '! grep -qE "kde-variance|neighbours|renyi" "$1"' sh \
    "$work/one/settings.txt"

# Tables: each epoch and layer by all ways, in order.
"$ib" export "$work/one" --csv >"$work/points"
sed 1d "$work/points" | cut -d, -f2-5 >"$work/actual"
for e in 0 1; do for l in 1 2 3 4 5 6; do
    echo "$e,$l,state,"
    [ $l -lt 6 ] || echo "$e,$l,output,"
    printf "$e,$l,%s\n" rebinned, binned,30-layer estimated,ksg1 estimated,edge quantised,post-8-w5 quantised,post-2-w5
done; done >"$work/expected"
ok 'points: all ways of counting, in order' diff "$work/expected" "$work/actual"
ok 'points: estimates have no states' awk -F, '$4 == "estimated" && ($8 != "" || $6 + 0 != $6 || NF != 8) { bad = 1 }
    $4 != "estimated" && NR > 1 && $8 < 1 { bad = 1 } END { exit bad }' "$work/points"
ok 'points: no layer of codes knows more than the one before' awk -F, '$4 == "quantised" {
    k = $2 $5; if ($3 > 1 && ($6 > x[k] + 1e-12 || $7 > y[k] + 1e-12)) bad = 1; x[k] = $6; y[k] = $7 }
    END { exit bad }' "$work/points"

# The estimator's own parameters change what it says, and nothing else.
# shellcheck disable=SC2086
run run --quiet --no-figures --out "$work/other" --runs 1 --epochs 1 $asked --estimators ksg1,edge --neighbours 5
"$ib" export "$work/other" --csv >"$work/others"
ok 'neighbours: settings' grep -qx -e '--neighbours=5' "$work/other/settings.txt"
ok 'neighbours: other points as without' sh -c 'grep -v ,ksg1, "$1" >"$3" && grep -v ,ksg1, "$2" | cmp - "$3"' sh \
    "$work/points" "$work/others" "$work/rest"
ok 'neighbours: another value' sh -c '! cmp -s "$1" "$2"' sh "$work/points" "$work/others"

# Ways of counting change nothing about each other.
run run --quiet --no-figures --out "$work/plain" --runs 1 --bits 32 --epochs 1 --seed 7 --schedule log:1 --post-bits 2 \
    --post-weights 5
"$ib" export "$work/plain" --csv | grep ,quantised, >"$work/actual"
grep ,post-2-w5, "$work/points" >"$work/expected"
ok 'beside others or not' diff "$work/expected" "$work/actual"

run check "$work/one"
ok 'check: status' test "$status" -eq 0
ok 'check: codes are exact' grep -qE '^post-2-w5: I\(X;T\) falls from layer to layer +12 +0 +0 *$' "$work/stdout"
ok 'check: estimates are counted, and may exceed' grep -qE '^edge: 0 <= I\(X;T\) <= log2 rows +12 +[1-9]' "$work/stdout"
ok 'check: the table' test "$(grep -c '^[ek][a-z0-9]*: ' "$work/stdout")" -eq 8
run info "$work/other"
ok 'info: bits' grep -qx 'quantised     after training to 8,2 bits, kernels to 5' "$work/stdout"
ok 'info: estimators' grep -qx 'estimators    ksg1,edge, 5 neighbours' "$work/stdout"
for name in ksg1 edge post-8-w5 post-2-w5; do
    ok "summary: $name" test "$(grep -cE "^T[1-6] +$name +[0-9-]" "$work/one/summary.txt")" -eq 12
    ok "figures: $name" test -s "$work/one/figures/plane-$name.dat" -a -s "$work/one/figures/mi-$name.gp"
done
ok 'figures: what it is of' grep -q 'Information plane (quantised after training: post-8-w5): preset paper, tanh, float32' \
    "$work/one/figures/plane-post-8-w5.gp"
ok 'figures: and of an estimator' grep -q '(estimated: edge)' "$work/one/figures/mi-edge.gp"

# Stopped and gone on with, on other threads: the same bytes.
# shellcheck disable=SC2086
run run --quiet --no-figures --out "$work/whole" --runs 3 --epochs 3 $asked --estimators edge --threads 1
# shellcheck disable=SC2086
run run --quiet --no-figures --out "$work/pieces" --runs 1 --epochs 3 $asked --estimators edge --threads 1
"$ib" run --quiet --no-figures --resume "$work/pieces" --runs 3 --threads 2 --checkpoint 0.01 2>"$work/stderr" &
when "$work/pieces/runs/00000001.checkpoint"
kill -KILL $!
wait $! 2>/dev/null
run run --quiet --no-figures --resume "$work/pieces" --threads 2
ok 'resume: status' test "$status" -eq 0
for r in 0 1 2; do
    ok "resume: run $r" cmp "$work/whole/runs/0000000$r.run" "$work/pieces/runs/0000000$r.run"
done
[ "$writes_results" = no ] || ok 'resume: results.nc' cmp "$work/whole/results.nc" "$work/pieces/results.nc"
ok 'resume: what was asked counts' sh -c 'sed "s/--post-weights=5/--post-weights=6/" "$1" >"$1.new" && mv "$1.new" "$1"' \
    sh "$work/pieces/settings.txt"
run run --quiet --no-figures --resume "$work/pieces" --runs 4
ok 'resume: not as something else' test "$status" -eq 1

bits='with --bits 32: other networks are quantised while they learn'
says 'quantised already' 2 "ib run: --post-bits: expected only $bits" run --out "$work/x" --post-bits 8
says 'bits' 2 'ib run: --post-bits: expected up to 16 different numbers from 1 to 16 with commas between them, got 17' \
    run --out "$work/x" --bits 32 --post-bits 17
says 'weights of nothing' 2 'ib run: --post-weights: expected only with --post-bits' \
    run --out "$work/x" --bits 32 --post-weights 8
names='kde-upper, kde-lower, ksg1, ksg2, edge or renyi, or different ones of them with commas between'
says 'no such estimator' 2 "ib run: --estimators: expected $names, got mine" run --out "$work/x" --estimators mine
says 'twice' 2 "ib run: --estimators: expected $names, got edge,edge" run --out "$work/x" --estimators edge,edge
says 'variance of nothing' 2 'ib run: --kde-variance: expected only with --estimators kde-upper or kde-lower' \
    run --out "$work/x" --estimators edge --kde-variance 1
says 'neighbours of nothing' 2 'ib run: --neighbours: expected only with --estimators ksg1 or ksg2' \
    run --out "$work/x" --neighbours 4
says 'order of nothing' 2 'ib run: --renyi-alpha: expected only with --estimators renyi' \
    run --out "$work/x" --renyi-alpha 2
says 'order 1' 2 'ib run: --renyi-alpha: expected a number above 0 other than 1, got 1' \
    run --out "$work/x" --estimators renyi --renyi-alpha 1
if [ "$5" = yes ]; then
    skip 'order without LAPACK' 'built with LAPACK'
else
    lapack='since this program was built without LAPACK, which finds eigenvalues'
    says 'order without LAPACK' 2 "ib run: --renyi-alpha: expected 2, $lapack, got 1.01" \
        run --out "$work/x" --estimators renyi --renyi-alpha 1.01
fi
ok 'nothing was begun' test ! -e "$work/x"

finish
