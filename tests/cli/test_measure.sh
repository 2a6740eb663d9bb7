#!/bin/sh
# ib measure: values known by hand, streams, what is left out, and what is refused. measured.py compares with an
# independent count.
. "$(dirname "$0")/support.sh"
reads_csv=$5
writes_json=$6

if [ "$reads_csv" = no ]; then
    printf '1,2\n' >"$work/t.csv"
    says 'CSV' 1 "ib measure: $work/t.csv: expected an NPY file, since this program is built without libcsv, which reads text" \
        measure "$work/t.csv"
    finish
    exit 0
fi
cd "$work" || exit 1

# value NAME: what the table that was printed last says, without zeros at its end.
value() {
    awk -v name="$1" '$1 == name { sub(/0+$/, "", $2); sub(/\.$/, "", $2); print $2 }' stdout
}
# is NAME VALUE...: in the order of the table.
is() {
    what=$1
    shift
    for pair in "$@"; do
        ok "$what: $pair" test "$(value "${pair%=*}")" = "${pair#*=}"
    done
}
all_well() {
    ok "$1: status" test "$status" -eq 0 -a ! -s stderr
}

# T has four values, each twice; Y tells the first bit of T. 8 rows.
printf 'a,b,y\n' >hand.csv
for row in 0,0,0 0,1,0 1,0,1 1,1,1; do printf '%s\n%s\n' $row $row; done >>hand.csv
run measure hand.csv --label-column 3
all_well 'by hand'
is 'by hand' 'H(T)=2' 'H(Y)=1' 'H(T,Y)=2' 'H(T|Y)=1' 'H(Y|T)=0' 'I(T;Y)=1'
ok 'by hand: the sample' grep -q '^hand.csv: 8 rows of 2 columns, 4 different, 0 of them once$' stdout
ok 'by hand: the rest of it' grep -q '^2 rows for each different one; coverage 1; 2 different labels$' stdout
cp stdout expected
run measure hand.csv --label-column -1 --columns 1-2
ok 'the last column, and columns by name' diff expected stdout
run measure hand.csv --label-column -1 --columns 2,1-
ok 'columns that take the labels are refused' test "$status" -eq 1
cut -d, -f3 hand.csv >y.csv
cut -d, -f1,2 hand.csv >t.csv
run measure t.csv --labels y.csv
ok 'labels of another file' sh -c 'sed s/^t.csv/hand.csv/ stdout | diff expected -'
status=0
"$ib" measure - --labels y.csv <t.csv >stdout 2>stderr || status=$?
ok 'rows from a pipe' sh -c "sed 's/^standard input/hand.csv/' stdout | diff expected -"
tr ',' '\t' <hand.csv | "$ib" measure - --label-column 3 >stdout 2>stderr
ok 'tabs, and labels from the same pipe' sh -c "sed 's/^standard input/hand.csv/' stdout | diff expected -"
run measure t.csv
all_well 'no labels'
is 'no labels' 'H(T)=2' 'I(T;Y)='
run measure t.csv --labels y.csv --given t.csv
is 'given T' 'I(T;Y)=1' 'I(T;Y|Z)=0'
# Of exclusive or, one bit says nothing, and all if the other is known.
printf '%s\n' 0,0,0 0,1,1 1,0,1 1,1,0 >xor.csv
cut -d, -f2 xor.csv >second.csv
run measure xor.csv --columns 1 --label-column 3 --given second.csv
is 'exclusive or' 'H(T)=1' 'H(Y)=1' 'I(T;Y)=0' 'I(T;Y|Z)=1'
# Weights are rows that occur so often: 1, 1 and 2 of 4.
printf '%s\n' 5 6 7 >three.csv
printf '%s\n' 1 1 2 >w.csv
run measure three.csv --weights w.csv
is 'weights' 'H(T)=1.5'
run measure three.csv --weights w.csv --labels three.csv
is 'weights, labels' 'H(T)=1.5' 'H(Y)=1.5' 'H(T,Y)=1.5' 'I(T;Y)=1.5'
# Bins: -1, 0 | 1, 2, and by columns.
printf '%s\n' -1.5,0 0,10 1,20 2.5,30 >real.csv
run measure real.csv --columns 1 --bins 2
is 'two bins' 'H(T)=1'
run measure real.csv --bins 2 --bounds neuron
is 'two bins of each column' 'H(T)=1'
run measure real.csv --columns 1 --bins 2 --bounds fixed --low -1 --high 1
is 'two fixed bins, from 0 on' 'H(T)=0.811278124459'
run measure real.csv --columns 1 --bins 2 --bounds fixed --low 0 --high 3
is 'two fixed bins, from 1.5 on' 'H(T)=0.811278124459'
run measure real.csv --columns 2 --bins 4 --bounds mass-layer
is 'four bins of equal mass' 'H(T)=2'

# The first line is looked at for what is between values, and a long value hides that.
awk 'BEGIN { printf "0."; for (i = 0; i < 70000; i++) printf 1; print ",1" }' >long.csv
says 'a long value' 1 'ib measure: long.csv: line 1: expected values of at most 65536 characters' measure long.csv

# Missing values.
printf '%s\n' 1,0 1,0 ,1 2,nan 2,1 2,1 >gaps.csv
says 'a gap' 1 'ib measure: gaps.csv: line 3: value 1: expected a number, got none; is it missing (--missing nan)?' \
    measure gaps.csv --label-column 2
run measure gaps.csv --label-column 2 --missing nan
all_well 'gaps'
is 'gaps' 'H(T)=1' 'H(Y)=1' 'I(T;Y)=1'
ok 'gaps: told' grep -q '; 2 rows with missing values left out$' stdout
run measure hand.csv --label-column 3 --missing 0
is 'all that is left is one' 'H(T)=0' 'H(Y)=0' 'I(T;Y)=0'
ok 'all that is left is one: told' grep -q '; 6 rows with missing values left out$' stdout
printf '%s\n' 1 2 -9 4 >nine.csv
run measure nine.csv --missing -9 --labels nine.csv --quiet
ok 'a code: three rows' grep -q '^nine.csv: 3 rows of 1 column, 3 different, 3 of them once$' stdout
printf '4\n4\n' >four.csv
run measure four.csv --missing 4
ok 'nothing is left' test "$status $(cat stderr)" = '0 ib measure: four.csv: note: no rows are left to count'
is 'nothing is left' 'H(T)=0'

# Text: in columns that are not used, and as labels.
cat >species.csv <<'END'
id,a,b,note,species
r1,0,0,"x, y",setosa
r2,0,0,,setosa
r3,0,1,"1,5",setosa
r4,0,1,z,setosa
r5,1,0,,versicolor
r6,1,0,,versicolor
r7,1,1,,virginica
r8,1,1,,virginica
END
run measure species.csv --columns 2-3 --label-column -1
all_well 'text'
is 'text' 'H(T)=2' 'H(Y)=1.5' 'I(T;Y)=1.5'
cp stdout expected
cut -d, -f2,3 species.csv >ab.csv # the notes have commas behind these
awk -F, '{ print $NF }' species.csv >species
run measure ab.csv --labels species
ok 'text from a file with a title' sh -c 'sed s/^ab.csv/species.csv/ stdout | diff expected -'
sed 1d species >bare
run measure ab.csv --labels bare
ok 'text from a file without a title' sh -c 'sed s/^ab.csv/species.csv/ stdout | diff expected -'
status=0
"$ib" measure ab.csv --labels - <species >stdout 2>stderr || status=$?
ok 'text from a pipe' sh -c 'sed s/^ab.csv/species.csv/ stdout | diff expected -'
"$ib" measure - --columns 2-3 --label-column 5 <species.csv >stdout 2>stderr || status=$?
ok 'text of the same pipe' sh -c "sed 's/^standard input/species.csv/' stdout | diff expected -"
sed 1d species.csv >headless.csv
run measure headless.csv --columns 2-3 --label-column -1
ok 'text, no header' sh -c 'sed s/^headless.csv/species.csv/ stdout | diff expected -'
run measure species.csv --columns 2-3 --label-column -1 --permutations 9 --threads 1
is 'text, in memory' 'H(T)=2' 'H(Y)=1.5' 'H(T,Y)=2'
run measure species.csv --columns 2
all_well 'text, no labels'
is 'text, no labels' 'H(T)=1'
says 'text that is counted' 1 'ib measure: species.csv: line 2: value 1: expected a number, got "r1"' \
    measure species.csv --columns 1,2 --label-column -1
# A column whose values are numbers but for one is text: 1 and 1.0 differ.
printf '%s\n' 0,1 0,1.0 0,x 0,x >mixed.csv
run measure mixed.csv --columns 1 --label-column 2
is 'numbers and text' 'H(Y)=1.5'
sed 3,4d mixed.csv >ones.csv
run measure ones.csv --columns 1 --label-column 2
is 'numbers alone' 'H(Y)=0'
printf '%s\n' 0,0 0,99999999999999999999 0,99999999999999999998 0,0 >huge.csv
run measure huge.csv --columns 1 --label-column 2
is 'numbers beyond numbers' 'H(Y)=1.5'
# Text that is not there.
printf '%s\n' 1,a 1,a 2, 2,nan 2,-9 3,b 3,b >holes.csv
says 'text, a gap' 1 \
    'ib measure: holes.csv: line 3: value 2: expected a label, got none; is it missing (--missing nan)?' \
    measure holes.csv --columns 1 --label-column 2
run measure holes.csv --label-column 2 --missing nan --quiet
all_well 'text, gaps'
ok 'text, gaps: told' grep -q '^holes.csv: 5 rows ' stdout
grep -v -e ',$' -e nan holes.csv >nines.csv
run measure nines.csv --label-column 2 --missing -9.0 --quiet
is 'text, a code' 'H(T)=1' 'H(Y)=1' 'I(T;Y)=1'
# A file of text that is all different has a title, and is one label short if it was none.
printf '%s\n' p q r >letters
says 'text, a title that is none' 1 'ib measure: letters: expected a label for each of 3 rows of three.csv, got 2' \
    measure three.csv --labels letters
printf '%s\n' 'x;y' '1,5;2' >comma.csv
says 'a decimal comma' 1 \
    'ib measure: comma.csv: line 2: value 1: expected a number, got "1,5"; decimal commas are not read, only points' \
    measure comma.csv
printf '%s\n' '1,5;2,5' '3,5;4,5' >comma.csv
says 'a decimal comma in the first line' 1 \
    'ib measure: comma.csv: line 1: value 1: expected a number, got "1,5"; decimal commas are not read, only points' \
    measure comma.csv

# Rows that all differ say nothing.
run measure three.csv --labels w.csv
ok 'all rows differ' test "$status $(cat stderr)" = \
    '0 ib measure: three.csv: note: all rows differ: I(T;Y) = H(Y) says nothing of them; see --bins and --estimator'
run measure three.csv --labels w.csv --quiet
all_well 'all rows differ, quiet'

# Estimates: Miller and Madow add (4 - 1) / (16 ln 2) to 2 bits, and (2 - 1) / (16 ln 2) to 1.
run measure hand.csv --label-column 3 --estimator miller-madow
ok 'miller-madow' test "$(awk '$1 == "miller-madow" { print $2, $3, $4, $5 }' stdout)" = \
    '2.270505320167 1.090168440056 2.270505320167 1.090168440056'
# Two points far apart: 1 bit of X, and of Y.
printf '%s\n' 0,0 100,1 >far.csv
run measure far.csv --columns 1 --label-column 2 --estimator kde-upper,kde-lower:0.2,renyi,renyi:2 --quiet
for name in kde-upper kde-lower:0.2; do
    ok "$name" test "$(awk -v name=$name '$1 == name { print $2, $3 }' stdout)" = '1.000000000000 1.000000000000'
done
ok 'renyi: no inputs, no I(X;T)' test "$(awk '$1 == "renyi" { print NF }' stdout)" = 2
ok 'renyi: of order 2' test "$(awk '$1 == "renyi" { print $2 }' stdout)" = \
    "$(awk '$1 == "renyi:2" { print $2 }' stdout)"
run measure far.csv --columns 1 --label-column 2 --estimators kde-upper --quiet
ok 'by the name that ib run has' grep -q '^kde-upper ' stdout
# Chance: of 8 orders of two labels of 4 none is likely to tell as much.
run measure hand.csv --label-column 3 --permutations 99 --bootstrap 20 --seed 3
all_well 'chance'
ok 'chance: p' grep -q '^p = 0\.[0-9]*: [0-9]* of 99 orders of the labels came to as much as was measured$' stdout
cp stdout first
run measure hand.csv --label-column 3 --permutations 99 --bootstrap 20 --seed 3 --threads 1
ok 'chance: the same on one thread' diff first stdout

# Rows beyond memory go to files, and come to the same digits.
awk 'BEGIN { for (i = 0; i < 60000; i++) { a = (i * 7919) % 30011; print a "," a % 97 "," (i % 10 < 8 ? a % 5 : i % 5) } }' \
    >many.csv
if [ "$writes_json" = yes ]; then
    run measure many.csv --label-column 3 --json
    all_well 'many rows'
    cp stdout in-memory
    mkdir temp
    run measure many.csv --label-column 3 --json --memory 1M --temp temp
    all_well 'many rows, little memory'
    ok 'little memory was enough for some of them' grep -q '"spilled": true' stdout
    ok 'the same digits' sh -c 'grep -v spilled in-memory >a; grep -v spilled stdout | diff a -'
    ok 'nothing is left behind' test -z "$(ls temp)"
    run measure hand.csv --label-column 3 --json
    ok 'JSON: a value' grep -q '^  "I_TY": 1.0$' stdout
    ok 'JSON: a count' grep -q '^  "rows": 8,$' stdout
    says 'no folder for it' 1 'ib measure: nowhere: no temporary file: No such file or directory' \
        measure many.csv --label-column 3 --memory 1M --temp nowhere
else
    says 'JSON' 2 'ib measure: --json: expected a program that is built with jansson, but this one is not' \
        measure many.csv --json
fi

# Command lines and files that are refused, in one line.
says 'no file' 2 'ib measure: FILE: expected a file of rows, or - for standard input, got nothing' measure
wrong() {
    line=$1
    shift
    says "$*" 2 "ib measure: $line" measure hand.csv "$@"
}
wrong '--label-column: expected the number of a column, from 1, or from -1 backwards, got 0' --label-column 0
wrong '--label-column: expected the number of a column, from 1, or from -1 backwards, got y' --label-column y
wrong '--label-column: expected one of --labels and --label-column' --label-column 1 --labels y.csv
wrong '--missing: expected a number or nan, got x' --missing x
wrong '--memory: expected at least 1M, as a number of bytes or with K, M, G or T, got 1000' --memory 1000
wrong '--memory: expected at least 1M, as a number of bytes or with K, M, G or T, got 1X' --memory 1X
wrong '--memory: expected at least 1M, as a number of bytes or with K, M, G or T, got 99999999999999T' \
    --memory 99999999999999T
for list in best 'miller-madow,' miller-madow:1 ross:0 ross:1.5 kde-upper:0 kde-upper: '' ,ross; do
    expected="expected up to 16 estimates as --help lists them, with commas between, got ${list:-nothing}"
    [ -n "$list" ] || expected='expected LIST, got nothing'
    wrong "--estimator: $expected" --estimator "$list"
done
wrong '--given: expected --labels or --label-column, too' --given t.csv
wrong '--permutations: expected --labels or --label-column, too' --permutations 9
wrong '--bootstrap: expected --labels or --label-column, too' --bootstrap 9
wrong '--bootstrap: expected 1 to 4294967295, got 99999999999' --bootstrap 99999999999
wrong '--estimator ross: expected --labels or --label-column, too' --estimator ross
wrong '--estimator: expected --inputs with ksg1 and ksg2' --estimator ksg1
wrong '--estimator: expected renyi of another order than 1, got renyi:1' --estimator renyi:1 --labels y.csv
wrong '--inputs: expected only with ksg1, ksg2, edge or renyi as --estimator' --inputs t.csv
wrong '--bounds: expected only with --bins' --bounds layer
wrong '--low: expected only with --bounds fixed' --bins 3 --low 1
wrong '--bounds: expected --low and --high with fixed' --bins 3 --bounds fixed --high 1
wrong '--high: expected more than --low, which is 1, got 1' --bins 3 --bounds fixed --low 1 --high 1
wrong '--weights: expected without --estimator, --permutations and --bootstrap' --weights w.csv --estimator jackknife
wrong '-: expected one file from standard input' --labels - --given -

fails() {
    line=$1
    shift
    says "$*" 1 "ib measure: $line" measure "$@"
}
fails 'gone.csv: No such file or directory' gone.csv
fails 'gone.csv: No such file or directory' t.csv --labels gone.csv
fails 'three.csv: expected a label for each of 8 rows of t.csv, got 3' t.csv --labels three.csv
fails 't.csv: expected labels in one column, got 2 columns' t.csv --labels t.csv
fails 'y.csv: expected a label for each of 3 rows of three.csv, got 8' three.csv --labels y.csv
fails 'three.csv: expected a row of --given for each of 8 rows of t.csv, got 3' t.csv --labels y.csv --given three.csv
fails 'three.csv: expected a weight for each of 8 rows of t.csv, got 3' t.csv --weights three.csv
printf '0\n0\n0\n' >zeros.csv
fails 'zeros.csv: expected weights, of which some are above 0, got none' three.csv --weights zeros.csv
fails 't.csv: expected weights in one column, got 2 columns' t.csv --weights t.csv
fails '--label-column: expected a column of t.csv, which has 2, got 3' t.csv --label-column 3
fails '--label-column: expected a column of t.csv, which has 2, got -3' t.csv --label-column -3
fails 'y.csv: expected columns beside that of the labels, got none' y.csv --label-column 1
for list in 0 3 2-1 1-3 x '1,' ,1 1,,2 1-2-3 99999999999999999999; do
    fails "--columns: expected some of 1 to 2 of t.csv, such as 1-3,5, got $list" t.csv --columns $list
done
fails '--columns: expected some of 1 to 3 of hand.csv without 3, which has the labels, such as 1-3,5, got 2-3' \
    hand.csv --label-column 3 --columns 2-3
printf '1\n-1\n1\n' >negative.csv
run measure three.csv --weights negative.csv
ok 'a negative weight: status' test "$status" -eq 1
ok 'a negative weight: one line' test "$(grep -c '^ib measure: negative.csv: .*weight' stderr)" -eq 1 -a ! -s stdout
run measure far.csv --columns 1 --estimator ksg1 --inputs far.csv
ok 'too few rows: one line' test "$status $(grep -c '^ib measure: far.csv: ksg1: ' stderr)" = '1 1'
if [ -c /dev/full ]; then
    status=0
    "$ib" measure t.csv >/dev/full 2>stderr || status=$?
    ok 'full standard output' test "$status $(cat stderr)" = '1 ib measure: standard output: No space left on device'
else
    skip 'full standard output' 'no /dev/full'
fi

# The help is made from the table of options; the manual is not.
run measure --help
ok 'help: status' test "$status" -eq 0
sed -n 's/^  --\([a-z-]*\).*/\1/p' stdout | grep -v '^help$' | sort >options
ok 'help: twenty options' test "$(wc -l <options)" -eq 20
case $manual in
/*) ;;
*) manual=$OLDPWD/$manual ;;
esac
sed -n '/^\.Ss ib measure/,/^\.Ss ib reproduce/s/^\.It Fl -\([a-z-]*\).*/\1/p' "$manual" | sort >explained
ok 'manual explains them' diff options explained
sed -n '/^\.Cm measure/,/^\.Cm reproduce/s/^\.\(Op \)*Fl -\([a-z-]*\).*/\2/p' "$manual" | sort -u >synopsis
ok 'synopsis lists them' diff options synopsis

finish
