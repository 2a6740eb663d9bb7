#include "support.h"

#include "base/logarithm.h"
#include "sha256.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#if HAVE_MATIO
#include <matio.h>
#endif

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

static ib_dataset *icosahedron(ib_context *context)
{
    ib_dataset *dataset;
    assert_ok(context, ib_dataset_create_icosahedron(context, &dataset));
    return dataset;
}

static void rows_are_the_numbers_in_binary(void **state)
{
    ib_dataset *dataset = icosahedron(*state);
    assert_int_equal(ib_dataset_rows(dataset), 4096);
    assert_int_equal(ib_dataset_features(dataset), 12);
    assert_int_equal(ib_dataset_classes(dataset), 2);
    const ib_tensor *inputs = ib_dataset_inputs(dataset);
    assert_int_equal(ib_tensor_rank(inputs), 2);
    assert_int_equal(ib_tensor_shape(inputs, 0), 4096);
    assert_int_equal(ib_tensor_shape(inputs, 1), 12);
    for (int i = 0; i < 4096; i++)
        for (int j = 0; j < 12; j++)
            assert_true(ib_tensor_read(inputs)[12 * i + j] == (float)((i >> (11 - j)) & 1));
    ib_dataset_destroy(dataset);
}

static void labels_are_the_published_ones(void **state)
{
    ib_dataset *dataset = icosahedron(*state);
    const uint32_t *labels = ib_dataset_labels(dataset);
    unsigned char bytes[4096], packed[512] = {0};
    int ones = 0, of_weight[13] = {0};
    for (int i = 0; i < 4096; i++) {
        int weight = 0;
        for (int j = 0; j < 12; j++)
            weight += i >> j & 1;
        bytes[i] = (unsigned char)labels[i];
        packed[i / 8] |= (unsigned char)(labels[i] << i % 8);
        ones += (int)labels[i];
        of_weight[weight] += (int)labels[i];
    }
    assert_sha256(bytes, sizeof bytes, "77732f16f85e91b49d3997196b56163b3bd362d8cf631468a8de3f986e88359f");
    assert_sha256(packed, sizeof packed, "d3b440ced9fd12ce4494e1e583f634983d66eb070a1e1d739cc4d36c05696d9f");
    static const int expected[13] = {0, 0, 0, 0, 0, 60, 532, 732, 495, 220, 66, 12, 1};
    assert_memory_equal(of_weight, expected, sizeof expected);
    assert_int_equal(ones, 2118);
    double entropy = 12 - (2118 * ib_i_log2(2118) + 1978 * ib_i_log2(1978)) / 4096;
    assert_close(entropy, 0.9991571208502711, 2e-15, 0);
    ib_dataset_destroy(dataset);
}

/* The edges of the icosahedron as docs/dataset.md lists them. */
static const int edges[30][2] = {
    {0, 1},  {0, 3},  {0, 5}, {0, 10}, {0, 11}, {1, 2}, {1, 3}, {1, 4},  {1, 11}, {2, 3},
    {2, 4},  {2, 8},  {2, 9}, {3, 8},  {3, 10}, {4, 6}, {4, 9}, {4, 11}, {5, 6},  {5, 7},
    {5, 10}, {5, 11}, {6, 7}, {6, 9},  {6, 11}, {7, 8}, {7, 9}, {7, 10}, {8, 9},  {8, 10},
};

typedef struct symmetries {
    int joined[12][12];
    int image[12];
    int count;
    const uint32_t *labels;
} symmetries;

/* All ways to map vertex `next` and those after it so that edges stay edges; checks the labels under each. */
static void extend(symmetries *all, int next)
{
    if (next == 12) {
        all->count++;
        for (uint32_t i = 0; i < 4096; i++) {
            uint32_t mapped = 0;
            for (int j = 0; j < 12; j++)
                mapped |= (i >> (11 - j) & 1) << (11 - all->image[j]);
            assert_int_equal(all->labels[mapped], all->labels[i]);
        }
        return;
    }
    for (int image = 0; image < 12; image++) {
        int fits = 1;
        for (int j = 0; j < next; j++)
            fits &= all->image[j] != image && all->joined[j][next] == all->joined[all->image[j]][image];
        if (fits) {
            all->image[next] = image;
            extend(all, next + 1);
        }
    }
}

static void labels_keep_all_symmetries_of_the_icosahedron(void **state)
{
    ib_dataset *dataset = icosahedron(*state);
    symmetries all = {.labels = ib_dataset_labels(dataset)};
    for (int i = 0; i < 30; i++)
        all.joined[edges[i][0]][edges[i][1]] = all.joined[edges[i][1]][edges[i][0]] = 1;
    extend(&all, 0);
    assert_int_equal(all.count, 120);
    ib_dataset_destroy(dataset);
}

#if HAVE_MATIO
static matvar_t *read_matrix(mat_t *file, const char *name, size_t rows, size_t columns)
{
    matvar_t *matrix = Mat_VarRead(file, name);
    assert_non_null(matrix);
    assert_true(matrix->data_type == MAT_T_UINT8 || matrix->data_type == MAT_T_DOUBLE);
    assert_int_equal(matrix->rank, 2);
    assert_int_equal(matrix->dims[0], rows);
    assert_int_equal(matrix->dims[1], columns);
    return matrix;
}

static double value_at(const matvar_t *matrix, size_t row, size_t column)
{
    size_t i = column * matrix->dims[0] + row; /* MATLAB stores columns */
    return matrix->data_type == MAT_T_UINT8 ? ((const uint8_t *)matrix->data)[i] : ((const double *)matrix->data)[i];
}

/* Value for value what was published. */
static void the_published_table(void **state)
{
    mat_t *file = Mat_Open(PUBLISHED_TABLE, MAT_ACC_RDONLY);
    if (!file)
        skip();
    matvar_t *inputs = read_matrix(file, "F", 4096, 12), *labels = read_matrix(file, "y", 1, 4096);
    ib_dataset *dataset = icosahedron(*state);
    const float *row = ib_tensor_read(ib_dataset_inputs(dataset));
    for (size_t i = 0; i < 4096; i++, row += 12) {
        assert_true(value_at(labels, 0, i) == ib_dataset_labels(dataset)[i]);
        for (size_t j = 0; j < 12; j++)
            assert_true(value_at(inputs, i, j) == (double)row[j]);
    }
    ib_dataset_destroy(dataset);
    Mat_VarFree(labels);
    Mat_VarFree(inputs);
    Mat_Close(file);
}
#else
static void the_published_table(void **state)
{
    (void)state;
    skip();
}
#endif

/* Labels a pattern by its number modulo `classes`, and ends with `value` at pattern `last`. */
typedef struct script {
    uint32_t bits, classes, calls, last;
    int32_t value;
} script;

static int32_t follow(uint32_t pattern, uint32_t bits, uint32_t *label, void *user_data)
{
    script *s = user_data;
    assert_int_equal(bits, s->bits);
    assert_int_equal(pattern, s->calls); /* ascending, each once */
    s->calls++;
    *label = pattern % s->classes;
    return pattern == s->last ? s->value : 0;
}

static void patterns_of_any_width(void **state)
{
    for (uint32_t bits = 1; bits <= 16; bits += 3) {
        script s = {.bits = bits, .classes = 3, .last = UINT32_MAX};
        ib_dataset *dataset;
        assert_ok(*state, ib_dataset_create_patterns(*state, bits, 3, follow, &s, &dataset));
        size_t rows = (size_t)1 << bits;
        assert_int_equal(s.calls, rows);
        assert_int_equal(ib_dataset_rows(dataset), rows);
        assert_int_equal(ib_dataset_features(dataset), bits);
        assert_int_equal(ib_dataset_classes(dataset), 3);
        const float *row = ib_tensor_read(ib_dataset_inputs(dataset));
        for (size_t i = 0; i < rows; i++, row += bits) {
            size_t number = 0;
            for (uint32_t j = 0; j < bits; j++) {
                assert_true(row[j] == 0 || row[j] == 1);
                number = 2 * number + (row[j] == 1);
            }
            assert_int_equal(number, i);
            assert_int_equal(ib_dataset_labels(dataset)[i], i % 3);
        }
        ib_dataset_destroy(dataset);
    }
}

static void patterns_that_are_stopped(void **state)
{
    test_memory memory;
    ib_context *context = test_context(&memory);
    static const int32_t values[] = {1, 99, -1, INT32_MIN};
    for (size_t i = 0; i < 4; i++) {
        script s = {.bits = 6, .classes = 2, .last = 20, .value = values[i]};
        ib_dataset *dataset = (ib_dataset *)state;
        ib_status expected = values[i] > 0 ? IB_STOPPED : IB_ERR_CALLBACK;
        assert_int_equal(ib_dataset_create_patterns(context, 6, 2, follow, &s, &dataset), expected);
        assert_null(dataset);
        assert_int_equal(s.calls, 21);
        assert_int_equal(ib_context_callback_value(context), values[i]);
        assert_int_equal(memory.live, 1);
    }
    script s = {.bits = 6, .classes = 5, .last = UINT32_MAX};
    ib_dataset *dataset = (ib_dataset *)state;
    assert_fails(context, IB_ERR_RANGE, "label of pattern 4: expected below 4, got 4",
                 ib_dataset_create_patterns(context, 6, 4, follow, &s, &dataset));
    assert_null(dataset);
    ib_context_destroy(context);
    assert_int_equal(memory.live, 0);
}

static void bad_patterns(void **state)
{
    ib_dataset *dataset = (ib_dataset *)state;
    assert_int_equal(ib_dataset_create_patterns(NULL, 3, 2, follow, NULL, &dataset), IB_ERR_ARG);
    assert_null(dataset);
    assert_fails(*state, IB_ERR_ARG, "label is NULL", ib_dataset_create_patterns(*state, 3, 2, NULL, NULL, &dataset));
    assert_fails(*state, IB_ERR_ARG, "out is NULL", ib_dataset_create_patterns(*state, 3, 2, follow, NULL, NULL));
    assert_fails(*state, IB_ERR_ARG, "classes", ib_dataset_create_patterns(*state, 3, 0, follow, NULL, &dataset));
    static const uint32_t widths[] = {0, 25, 32, UINT32_MAX};
    for (size_t i = 0; i < 4; i++)
        assert_fails(*state, IB_ERR_ARG, "bits: expected 1 to 24",
                     ib_dataset_create_patterns(*state, widths[i], 2, follow, NULL, &dataset));
    assert_int_equal(ib_dataset_create_icosahedron(NULL, &dataset), IB_ERR_ARG);
    assert_fails(*state, IB_ERR_ARG, "out is NULL", ib_dataset_create_icosahedron(*state, NULL));
}

static ib_tensor *borrow(ib_context *context, float *data, size_t rows, size_t columns)
{
    ib_tensor *tensor;
    assert_ok(context, ib_tensor_create_borrowed(context, data, 2, (const size_t[]){rows, columns}, &tensor));
    return tensor;
}

static void arrays_are_copied(void **state)
{
    float data[6] = {1, -2, 3.5f, -0.0f, 1e-40f, 3e38f};
    uint32_t labels[3] = {2, 0, 6};
    float data_before[6];
    memcpy(data_before, data, sizeof data);
    ib_tensor *inputs = borrow(*state, data, 3, 2);
    ib_dataset *dataset;
    assert_ok(*state, ib_dataset_create(*state, inputs, labels, 7, &dataset));
    ib_tensor_destroy(inputs);
    memset(data, 0xff, sizeof data);
    memset(labels, 0xff, sizeof labels);
    assert_int_equal(ib_dataset_rows(dataset), 3);
    assert_int_equal(ib_dataset_features(dataset), 2);
    assert_int_equal(ib_dataset_classes(dataset), 7);
    assert_memory_equal(ib_tensor_read(ib_dataset_inputs(dataset)), data_before, sizeof data);
    assert_int_equal(ib_dataset_labels(dataset)[0], 2);
    assert_int_equal(ib_dataset_labels(dataset)[2], 6);
    ib_dataset_destroy(dataset);
}

static void bad_arrays(void **state)
{
    float data[6] = {0};
    uint32_t labels[3] = {0, 1, 2};
    ib_tensor *inputs = borrow(*state, data, 3, 2);
    ib_dataset *dataset = (ib_dataset *)state;
    assert_int_equal(ib_dataset_create(NULL, inputs, labels, 3, &dataset), IB_ERR_ARG);
    assert_null(dataset);
    assert_fails(*state, IB_ERR_ARG, "inputs is NULL", ib_dataset_create(*state, NULL, labels, 3, &dataset));
    assert_fails(*state, IB_ERR_ARG, "labels is NULL", ib_dataset_create(*state, inputs, NULL, 3, &dataset));
    assert_fails(*state, IB_ERR_ARG, "out is NULL", ib_dataset_create(*state, inputs, labels, 3, NULL));
    assert_fails(*state, IB_ERR_ARG, "classes", ib_dataset_create(*state, inputs, labels, 0, &dataset));
    dataset = (ib_dataset *)state;
    assert_fails(*state, IB_ERR_RANGE, "labels: expected below 2, got 2 in row 2",
                 ib_dataset_create(*state, inputs, labels, 2, &dataset));
    assert_null(dataset);
    labels[2] = UINT32_MAX;
    assert_fails(*state, IB_ERR_RANGE, "labels", ib_dataset_create(*state, inputs, labels, UINT32_MAX, &dataset));
    labels[2] = 0;
    data[5] = NAN;
    assert_fails(*state, IB_ERR_NONFINITE, "inputs: expected finite values, got NaN at [2][1]",
                 ib_dataset_create(*state, inputs, labels, 2, &dataset));
    ib_tensor_destroy(inputs);
}

static void bad_shapes(void **state)
{
    static const size_t shapes[][3] = {{0, 2, 1}, {2, 0, 1}, {0, 0, 0}};
    float value = 0;
    uint32_t label = 0;
    ib_tensor *inputs;
    ib_dataset *dataset;
    for (size_t i = 0; i < 3; i++) {
        inputs = borrow(*state, &value, shapes[i][0], shapes[i][1]);
        assert_fails(*state, IB_ERR_SHAPE, "inputs", ib_dataset_create(*state, inputs, &label, 2, &dataset));
        assert_null(dataset);
        ib_tensor_destroy(inputs);
    }
    for (uint32_t rank = 1; rank <= 4; rank++) {
        assert_ok(*state, ib_tensor_create(*state, rank, (const size_t[]){1, 1, 1, 1}, &inputs));
        ib_status expected = rank == 2 ? IB_OK : IB_ERR_SHAPE;
        assert_int_equal(ib_dataset_create(*state, inputs, &label, 2, &dataset), expected);
        ib_dataset_destroy(dataset);
        ib_tensor_destroy(inputs);
    }
#if SIZE_MAX > UINT32_MAX
    inputs = borrow(*state, &value, (size_t)1 << 32, 1); /* refused before a value is looked at */
    assert_fails(*state, IB_ERR_OVERFLOW, "2^32", ib_dataset_create(*state, inputs, &label, 2, &dataset));
    ib_tensor_destroy(inputs);
#endif
}

static void null_dataset(void **state)
{
    (void)state;
    ib_dataset_destroy(NULL);
    assert_int_equal(ib_dataset_rows(NULL), 0);
    assert_int_equal(ib_dataset_features(NULL), 0);
    assert_int_equal(ib_dataset_classes(NULL), 0);
    assert_null(ib_dataset_inputs(NULL));
    assert_null(ib_dataset_labels(NULL));
}

static ib_status make_all(ib_context *context, void *user_data)
{
    (void)user_data;
    script s = {.bits = 2, .classes = 2, .last = UINT32_MAX};
    ib_dataset *patterns = NULL, *copy = NULL;
    ib_status status = ib_dataset_create_patterns(context, 2, 2, follow, &s, &patterns);
    if (status == IB_OK)
        status = ib_dataset_create(context, ib_dataset_inputs(patterns), ib_dataset_labels(patterns), 2, &copy);
    assert_true((status == IB_OK) == (copy != NULL));
    ib_dataset_destroy(patterns);
    ib_dataset_destroy(copy);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(make_all, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_the_numbers_in_binary),
        cmocka_unit_test(labels_are_the_published_ones),
        cmocka_unit_test(labels_keep_all_symmetries_of_the_icosahedron),
        cmocka_unit_test(the_published_table),
        cmocka_unit_test(patterns_of_any_width),
        cmocka_unit_test(patterns_that_are_stopped),
        cmocka_unit_test(bad_patterns),
        cmocka_unit_test(arrays_are_copied),
        cmocka_unit_test(bad_arrays),
        cmocka_unit_test(bad_shapes),
        cmocka_unit_test(null_dataset),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
