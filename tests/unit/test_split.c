#include "support.h"

#include "sha256.h"

#include <math.h>
#include <string.h>

static int setup(void **state)
{
    *state = test_context(NULL);
    return 0;
}

static int teardown(void **state)
{
    ib_context_destroy(*state);
    return 0;
}

/* Both lists ascend and together hold every row once. */
static void assert_divides(const ib_split *split, size_t rows)
{
    const uint32_t *train = ib_split_train_rows(split), *test = ib_split_test_rows(split);
    size_t n_train = ib_split_train_count(split), n_test = ib_split_test_count(split), at_train = 0, at_test = 0;
    assert_int_equal(n_train + n_test, rows);
    for (size_t row = 0; row < rows; row++) {
        if (at_train < n_train && train[at_train] == row)
            at_train++;
        else
            assert_true(at_test < n_test && test[at_test++] == row);
    }
    assert_int_equal(at_train, n_train);
}

/* A data set of one input whose labels are given. */
static ib_dataset *with_labels(ib_context *context, const uint32_t *labels, size_t rows, uint32_t classes)
{
    ib_tensor *inputs;
    ib_dataset *dataset;
    assert_ok(context, ib_tensor_create(context, 2, (const size_t[]){rows, 1}, &inputs));
    assert_ok(context, ib_dataset_create(context, inputs, labels, classes, &dataset));
    ib_tensor_destroy(inputs);
    return dataset;
}

static void from_a_list(void **state)
{
    static const uint32_t test_rows[] = {7, 2, 5}, train[] = {0, 1, 3, 4, 6, 8}, test[] = {2, 5, 7};
    ib_split *split;
    assert_ok(*state, ib_split_create(*state, 9, test_rows, 3, &split));
    assert_int_equal(ib_split_train_count(split), 6);
    assert_int_equal(ib_split_test_count(split), 3);
    assert_memory_equal(ib_split_train_rows(split), train, sizeof train);
    assert_memory_equal(ib_split_test_rows(split), test, sizeof test);
    ib_split_destroy(split);
    assert_ok(*state, ib_split_create(*state, 1, NULL, 0, &split));
    assert_divides(split, 1);
    ib_split_destroy(split);
}

static void random_lists(void **state)
{
    enum { MOST = 300 };
    for (int round = 0; round < 200; round++) {
        size_t rows = 1 + test_random_below(MOST), n_test = 0;
        uint32_t test[MOST];
        for (uint32_t row = 0; row < rows; row++)
            if (test_random_below(3) == 0 && n_test + 1 < rows)
                test[n_test++] = row;
        ib_split *split;
        assert_ok(*state, ib_split_create(*state, rows, test, n_test, &split));
        assert_divides(split, rows);
        assert_int_equal(ib_split_test_count(split), n_test);
        assert_memory_equal(ib_split_test_rows(split), test, n_test * sizeof *test);
        ib_split_destroy(split);
    }
}

static void bad_lists(void **state)
{
    static const uint32_t twice[] = {1, 0, 1}, beyond[] = {1, 4}, far[] = {UINT32_MAX}, all[] = {0, 1, 2, 3};
    ib_split *split = (ib_split *)state;
    assert_int_equal(ib_split_create(NULL, 4, all, 1, &split), IB_ERR_ARG);
    assert_null(split);
    split = (ib_split *)state;
    assert_fails(*state, IB_ERR_RANGE, "got 1 again", ib_split_create(*state, 4, twice, 3, &split));
    assert_null(split);
    assert_fails(*state, IB_ERR_RANGE, "expected below 4, got 4", ib_split_create(*state, 4, beyond, 2, &split));
    assert_fails(*state, IB_ERR_RANGE, "got 4294967295", ib_split_create(*state, 4, far, 1, &split));
    assert_fails(*state, IB_ERR_RANGE, "got all", ib_split_create(*state, 4, all, 4, &split));
    assert_fails(*state, IB_ERR_ARG, "rows", ib_split_create(*state, 0, NULL, 0, &split));
    assert_fails(*state, IB_ERR_ARG, "test_rows is NULL", ib_split_create(*state, 4, NULL, 1, &split));
    assert_fails(*state, IB_ERR_ARG, "out is NULL", ib_split_create(*state, 4, all, 1, NULL));
#if SIZE_MAX > UINT32_MAX
    assert_fails(*state, IB_ERR_OVERFLOW, "2^32", ib_split_create(*state, (size_t)1 << 32, NULL, 0, &split));
#endif
    assert_null(split);
}

static void of_the_study(void **state)
{
    ib_split *split;
    ib_dataset *dataset;
    assert_ok(*state, ib_split_create_study(*state, &split));
    assert_ok(*state, ib_dataset_create_icosahedron(*state, &dataset));
    assert_int_equal(ib_split_train_count(split), 3276);
    assert_int_equal(ib_split_test_count(split), 820);
    assert_divides(split, 4096);
    unsigned char bitmap[512] = {0};
    uint32_t ones = 0;
    for (size_t i = 0; i < 820; i++) {
        uint32_t row = ib_split_test_rows(split)[i];
        bitmap[row / 8] |= (unsigned char)(1 << row % 8);
        ones += ib_dataset_labels(dataset)[row];
    }
    assert_sha256(bitmap, sizeof bitmap, "28e0e358c7b3200a829e12b6c9a2e76c0c0afe5358c0d7165cd1fb2a15d7362e");
    assert_int_equal(ones, 424);
    ib_dataset_destroy(dataset);
    ib_split_destroy(split);
    split = (ib_split *)state;
    assert_int_equal(ib_split_create_study(NULL, &split), IB_ERR_ARG);
    assert_null(split);
    assert_fails(*state, IB_ERR_ARG, "out is NULL", ib_split_create_study(*state, NULL));
}

/* Values of an independent implementation. */
static void random_is_pinned(void **state)
{
    static const uint32_t plain[] = {1, 5, 7, 12, 13, 17}, stratified[] = {4, 7, 10, 13, 15, 18};
    uint32_t labels[20];
    for (uint32_t i = 0; i < 20; i++)
        labels[i] = i % 3 == 0;
    ib_dataset *dataset = with_labels(*state, labels, 20, 2);
    ib_split *split;
    assert_ok(*state, ib_split_create_random(dataset, 0.3, 0, 7, &split));
    assert_divides(split, 20);
    assert_int_equal(ib_split_test_count(split), 6);
    assert_memory_equal(ib_split_test_rows(split), plain, sizeof plain);
    ib_split_destroy(split);
    assert_ok(*state, ib_split_create_random(dataset, 0.3, 1, 7, &split));
    assert_divides(split, 20);
    assert_int_equal(ib_split_test_count(split), 6);
    assert_memory_equal(ib_split_test_rows(split), stratified, sizeof stratified);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
}

/* The study's own numbers come out of its fraction. */
static void a_fifth_of_the_12_bit_data_set(void **state)
{
    ib_dataset *dataset;
    ib_split *split;
    assert_ok(*state, ib_dataset_create_icosahedron(*state, &dataset));
    assert_ok(*state, ib_split_create_random(dataset, 0.2, 1, 1, &split));
    uint32_t ones = 0;
    for (size_t i = 0; i < ib_split_test_count(split); i++)
        ones += ib_dataset_labels(dataset)[ib_split_test_rows(split)[i]];
    assert_int_equal(ib_split_test_count(split), 820);
    assert_int_equal(ones, 424);
    ib_split_destroy(split);
    assert_ok(*state, ib_split_create_random(dataset, 0.2, 0, 1, &split));
    assert_int_equal(ib_split_test_count(split), 819);
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
}

static void counts_round_halves_up(void **state)
{
    static const struct {
        size_t rows, test;
        double fraction;
    } table[] = {
        {10, 0, 0},    {10, 0, 0.049},      {10, 1, 0.05},  {10, 1, 0.149},
        {10, 3, 0.25}, {2, 1, 0.25},        {4, 3, 0.6252}, {1, 0, 0x1.fffffffffffffp-2},
        {3, 2, 0.5},   {1000, 999, 0.9994},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        uint32_t labels[1000] = {0};
        ib_dataset *dataset = with_labels(*state, labels, table[i].rows, 1);
        for (uint32_t stratified = 0; stratified < 2; stratified++) {
            ib_split *split;
            assert_ok(*state, ib_split_create_random(dataset, table[i].fraction, stratified, i, &split));
            assert_int_equal(ib_split_test_count(split), table[i].test);
            ib_split_destroy(split);
        }
        ib_dataset_destroy(dataset);
    }
}

/* Labels far apart, of which some are absent and some occur once. */
static void every_class_keeps_its_share(void **state)
{
    static const uint32_t names[] = {0, 1, 255, 256, 65536, 0x01000000, UINT32_MAX - 1};
    enum { CLASSES = sizeof names / sizeof names[0], ROWS = 700 };
    for (int round = 0; round < 20; round++) {
        uint32_t labels[ROWS];
        size_t size[CLASSES] = {0}, found[CLASSES] = {0};
        for (size_t i = 0; i < ROWS; i++) {
            size_t which = test_random_below(1 + test_random_below(CLASSES));
            labels[i] = names[which];
            size[which]++;
        }
        double fraction = 0.9 * test_random_uniform();
        ib_dataset *dataset = with_labels(*state, labels, ROWS, UINT32_MAX);
        ib_split *split;
        assert_ok(*state, ib_split_create_random(dataset, fraction, 1, test_random(), &split));
        assert_divides(split, ROWS);
        for (size_t i = 0; i < ib_split_test_count(split); i++)
            for (size_t which = 0; which < CLASSES; which++)
                found[which] += labels[ib_split_test_rows(split)[i]] == names[which];
        for (size_t which = 0; which < CLASSES; which++)
            assert_int_equal(found[which], (size_t)floor(fraction * (double)size[which] + 0.5));
        ib_split_destroy(split);
        ib_dataset_destroy(dataset);
    }
}

/* Every row is a test row about equally often, whether stratified or not. */
static void every_row_has_the_same_chance(void **state)
{
    enum { ROWS = 30, SPLITS = 3000 };
    uint32_t labels[ROWS];
    for (uint32_t i = 0; i < ROWS; i++)
        labels[i] = i % 3 == 0; /* 10 and 20 rows */
    ib_dataset *dataset = with_labels(*state, labels, ROWS, 2);
    for (uint32_t stratified = 0; stratified < 2; stratified++) {
        int chosen[ROWS] = {0};
        for (uint64_t seed = 0; seed < SPLITS; seed++) {
            ib_split *split;
            assert_ok(*state, ib_split_create_random(dataset, 0.2, stratified, seed, &split));
            assert_int_equal(ib_split_test_count(split), 6);
            for (size_t i = 0; i < 6; i++)
                chosen[ib_split_test_rows(split)[i]]++;
            ib_split_destroy(split);
        }
        for (size_t i = 0; i < ROWS; i++)
            assert_close(chosen[i], 0.2 * SPLITS, 5 * sqrt(0.16 * SPLITS), 0);
    }
    ib_dataset_destroy(dataset);
}

static void bad_random(void **state)
{
    static const double fractions[] = {-0.1, -1e-300, 1, 1.5, INFINITY, -INFINITY, NAN};
    const uint32_t labels[4] = {0, 0, 1, 1};
    ib_dataset *dataset = with_labels(*state, labels, 4, 2);
    ib_split *split = (ib_split *)state;
    assert_int_equal(ib_split_create_random(NULL, 0.5, 0, 1, &split), IB_ERR_ARG);
    assert_null(split);
    split = (ib_split *)state;
    assert_fails(*state, IB_ERR_ARG, "stratified", ib_split_create_random(dataset, 0.5, 2, 1, &split));
    assert_null(split);
    assert_fails(*state, IB_ERR_ARG, "out is NULL", ib_split_create_random(dataset, 0.5, 0, 1, NULL));
    for (size_t i = 0; i < sizeof fractions / sizeof fractions[0]; i++)
        assert_fails(*state, IB_ERR_RANGE, "test_fraction",
                     ib_split_create_random(dataset, fractions[i], 0, 1, &split));
    assert_fails(*state, IB_ERR_RANGE, "got all", ib_split_create_random(dataset, 0.9, 0, 1, &split));
    assert_fails(*state, IB_ERR_RANGE, "got all", ib_split_create_random(dataset, 0.75, 1, 1, &split));
    assert_ok(*state, ib_split_create_random(dataset, 0.75, 0, 1, &split)); /* 3 of 4 */
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
}

/* Values of an independent implementation; the second order starts from the ascending rows again. */
static void order_is_pinned(void **state)
{
    static const uint32_t first[] = {11, 6, 8, 4, 9, 0, 1, 3, 10}, second[] = {4, 9, 6, 3, 1, 8, 10, 11, 0};
    ib_split *split;
    ib_rng *rng;
    assert_ok(*state, ib_split_create(*state, 12, (const uint32_t[]){2, 5, 7}, 3, &split));
    assert_ok(*state,
              ib_rng_create(*state, UINT64_C(0x0123456789abcdef), ib_rng_stream(5, 2, IB_STREAM_BATCHES), &rng));
    uint32_t order[10] = {0};
    order[9] = 77;
    assert_ok(*state, ib_split_order(split, rng, order));
    assert_memory_equal(order, first, sizeof first);
    assert_ok(*state, ib_split_order(split, rng, order));
    assert_memory_equal(order, second, sizeof second);
    assert_int_equal(order[9], 77);
    assert_divides(split, 12); /* the split itself stays as it is */
    assert_int_equal(ib_split_order(NULL, rng, order), IB_ERR_ARG);
    assert_fails(*state, IB_ERR_ARG, "rng is NULL", ib_split_order(split, NULL, order));
    assert_fails(*state, IB_ERR_ARG, "order is NULL", ib_split_order(split, rng, NULL));
    ib_rng_destroy(rng);
    ib_split_destroy(split);
}

static void null_split(void **state)
{
    (void)state;
    ib_split_destroy(NULL);
    assert_int_equal(ib_split_train_count(NULL), 0);
    assert_int_equal(ib_split_test_count(NULL), 0);
    assert_null(ib_split_train_rows(NULL));
    assert_null(ib_split_test_rows(NULL));
}

static ib_status make_list(ib_context *context, void *user_data)
{
    ib_split *split;
    ib_status status = ib_split_create(context, 9, user_data, 1, &split);
    assert_true((status == IB_OK) == (split != NULL));
    ib_split_destroy(split);
    return status;
}

static ib_status make_study(ib_context *context, void *user_data)
{
    (void)user_data;
    ib_split *split;
    ib_status status = ib_split_create_study(context, &split);
    assert_true((status == IB_OK) == (split != NULL));
    ib_split_destroy(split);
    return status;
}

static ib_status make_random(ib_context *context, void *user_data)
{
    (void)user_data;
    ib_tensor *inputs = NULL;
    ib_dataset *dataset = NULL;
    ib_split *split = NULL;
    ib_status status = ib_tensor_create(context, 2, (const size_t[]){4, 1}, &inputs);
    if (status == IB_OK)
        status = ib_dataset_create(context, inputs, (const uint32_t[]){0, 1, 0, 1}, 2, &dataset);
    if (status == IB_OK)
        status = ib_split_create_random(dataset, 0.5, 1, 1, &split);
    assert_true((status == IB_OK) == (split != NULL));
    ib_split_destroy(split);
    ib_dataset_destroy(dataset);
    ib_tensor_destroy(inputs);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    uint32_t row = 3;
    test_every_failed_allocation(make_list, &row);
    test_every_failed_allocation(make_study, NULL);
    test_every_failed_allocation(make_random, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_a_list),
        cmocka_unit_test(random_lists),
        cmocka_unit_test(bad_lists),
        cmocka_unit_test(of_the_study),
        cmocka_unit_test(random_is_pinned),
        cmocka_unit_test(a_fifth_of_the_12_bit_data_set),
        cmocka_unit_test(counts_round_halves_up),
        cmocka_unit_test(every_class_keeps_its_share),
        cmocka_unit_test(every_row_has_the_same_chance),
        cmocka_unit_test(bad_random),
        cmocka_unit_test(order_is_pinned),
        cmocka_unit_test(null_split),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
