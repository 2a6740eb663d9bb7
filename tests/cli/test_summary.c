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

static void of_three_runs(void **state)
{
    static const char expected[] = "";
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

/* One run has no intervals. */
static void of_one_run(void **state)
{
    static const char expected[] = "";
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
