/* The closing table, as it is printed. */
#include "records.h"
#include "summary.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

/* What is printed, to be freed. */
static char *print(ib_context *context, const means *m)
{
    const settings asked = {.activation = IB_ACTIVATION_TANH, .bits = 8, .epochs = RECORD_EPOCHS, .runs = 3};
    char *text = NULL;
    size_t size = 0;
    ib_dataset *dataset;
    assert_ok(context, ib_dataset_create_icosahedron(context, &dataset));
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    assert_int_equal(summary_print(m, &asked, dataset, stream), 0);
    fclose(stream);
    ib_dataset_destroy(dataset);
    return text;
}

/* Layer 1 knows more about the label than the data set has: 1 bit. */
static void of_three_runs(void **state)
{
    static const char expected[] =
        "preset paper, tanh, 8 bits: 3 runs of 4 epochs, mean +- half of the 95% interval\n"
        "4096 rows of 12 inputs in 2 classes; H(X) = 12, H(Y) = 0.999157, I(X;Y) = 0.999157 bits\n"
        "\n"
        "INFORMATION in bits\n"
        "     counted        H(T) first          largest at epoch             last        I(T;Y) last\n"
        "T1   state     12.000 +- 0.000  12.000 +- 0.000        0  12.000 +- 0.000   1.0000 +- 0.0000\n"
        "T2   state      8.000 +- 0.000  10.000 +- 2.484        1   7.000 +- 2.484   0.7500 +- 0.0000\n"
        "T2   rebinned   7.000 +- 0.000   9.000 +- 2.484        1   6.000 +- 2.484   0.7500 +- 0.0000\n"
        "\n"
        "PHASES in bits: fitting I(T;Y), rise of I(X;T), compression of I(X;T) from there to the end\n"
        "     counted           fitting    until             rise    until      compression\n"
        "T1   state      0.000 +- 0.000        0   0.000 +- 0.000        0   0.000 +- 0.000\n"
        "T2   state      0.750 +- 0.000        4   2.000 +- 2.484        1   1.500 +- 0.000\n"
        "T2   rebinned   0.750 +- 0.000        4   2.000 +- 2.484        1   1.500 +- 0.000\n"
        "\n"
        "RUNS by their distance from the mean, in bits\n"
        "     counted   best               middle             worst\n"
        "     state     run 5       0.000  run 3       0.333  run 6       0.333\n"
        "     rebinned  run 5       0.000  run 3       0.333  run 6       0.333\n"
        "\n"
        "LIMITS exceeded, and by how many bits at most\n"
        "     counted   limit                          exceeded   by bits  where\n"
        "     state     chain of Y               9 of        18    0.0008  run 3, epoch 0, T1\n"
        "     state     bounds of I(T;Y)         9 of        18    0.0008  run 3, epoch 0, T1\n"
        "     rebinned  chain of Y               9 of        18    0.0008  run 3, epoch 0, T1\n"
        "     rebinned  bounds of I(T;Y)         9 of        18    0.0008  run 3, epoch 0, T1\n"
        "\n"
        "FIT after the last epoch\n"
        "training accuracy  0.7656 +- 0.0388\n"
        "test accuracy      0.6250 +- 0.0000\n"
        "bad fits           0 of 3\n";
    ib_context *context = test_context(NULL);
    means m;
    (void)state;
    record_means(context, &m);
    char *text = print(context, &m);
    assert_string_equal(text, expected);
    free(text);
    means_clear(&m);
    ib_context_destroy(context);
}

/* One run has no intervals, and no ranks. */
static void of_one_run(void **state)
{
    static const char expected[] =
        "preset paper, tanh, 8 bits: 1 run of 4 epochs\n"
        "4096 rows of 12 inputs in 2 classes; H(X) = 12, H(Y) = 0.999157, I(X;Y) = 0.999157 bits\n"
        "\n"
        "INFORMATION in bits\n"
        "     counted   H(T) first   largest at epoch      last  I(T;Y) last\n"
        "T1   state       12.000    12.000        0    12.000      1.0000\n"
        "T2   state        8.000     9.000        1     6.000      0.7500\n"
        "T2   rebinned     7.000     8.000        1     5.000      0.7500\n"
        "\n"
        "PHASES in bits: fitting I(T;Y), rise of I(X;T), compression of I(X;T) from there to the end\n"
        "     counted    fitting    until      rise    until  compression\n"
        "T1   state        0.000        0     0.000        0     0.000\n"
        "T2   state        0.750        4     1.000        1     1.500\n"
        "T2   rebinned     0.750        4     1.000        1     1.500\n"
        "\n"
        "LIMITS exceeded, and by how many bits at most\n"
        "     counted   limit                          exceeded   by bits  where\n"
        "     state     chain of Y               3 of         6    0.0008  run 0, epoch 0, T1\n"
        "     state     bounds of I(T;Y)         3 of         6    0.0008  run 0, epoch 0, T1\n"
        "     rebinned  chain of Y               3 of         6    0.0008  run 0, epoch 0, T1\n"
        "     rebinned  bounds of I(T;Y)         3 of         6    0.0008  run 0, epoch 0, T1\n"
        "\n"
        "FIT after the last epoch\n"
        "training accuracy  0.7500\n"
        "test accuracy      0.6250\n"
        "bad fits           0 of 1\n";
    ib_context *context = test_context(NULL);
    means m;
    (void)state;
    assert_int_equal(means_create(&m, context), 0);
    record_take(&m, 0, record_make(context, 0, 0));
    char *text = print(context, &m);
    assert_string_equal(text, expected);
    free(text);
    means_clear(&m);
    ib_context_destroy(context);
}

/* Layer 2 knows more about the input than layer 1, which it has it from; and more about the label than there is. */
static void limits_exceeded(void **state)
{
    ib_context *context = test_context(NULL);
    means m;
    (void)state;
    record_means(context, &m);
    ib_record *r = record_make(context, 9, 0);
    record_add_point(context, r, (ib_point){3, 1, IB_MEASURE_STATE, 0, 4096, 10, 0.5});
    record_add_point(context, r, (ib_point){3, 2, IB_MEASURE_STATE, 0, 4096, 10.25, 0.5});
    assert_ok(context, ib_record_set_outcome(r, IB_OUTCOME_BAD));
    record_take(&m, 9, r);
    char *text = print(context, &m);
    assert_non_null(strstr(text, "state     chain of X               1 of        26    0.2500  run 9, epoch 3, T2\n"));
    assert_non_null(strstr(text, "bad fits           1 of 4\n"));
    free(text);
    means_clear(&m);
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_three_runs),
        cmocka_unit_test(of_one_run),
        cmocka_unit_test(limits_exceeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
