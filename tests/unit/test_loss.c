/* Losses against float64, their gradients against central differences, and the edges of both. */
#include "nn.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CLASSES = 17 };

static double exact_loss(size_t classes, const double *z, uint32_t label)
{
    double largest = z[0], sum = 0;
    for (size_t j = 1; j < classes; j++)
        largest = fmax(largest, z[j]);
    for (size_t j = 0; j < classes; j++)
        sum += exp(z[j] - largest);
    return log(sum) + largest - z[label];
}

static void check_logits(ib_context *context, size_t rows, size_t classes, double size)
{
    ib_tensor *z = test_tensor_random(context, rows, classes, -size, size), *dz = test_tensor(context, rows, classes);
    uint32_t *labels = test_zeros(rows, sizeof *labels);
    double *expected = test_zeros(rows * classes, sizeof *expected), mean = 0, loss = -1, again = -1;
    for (size_t b = 0; b < rows; b++) {
        double row[MAX_CLASSES];
        labels[b] = (uint32_t)test_random_below(classes);
        for (size_t j = 0; j < classes; j++)
            row[j] = (double)ib_tensor_read(z)[b * classes + j];
        mean += exact_loss(classes, row, labels[b]) / (double)rows;
        for (size_t j = 0; j < classes; j++) {
            double here = row[j], h = 1e-5;
            row[j] = here + h;
            double above = exact_loss(classes, row, labels[b]);
            row[j] = here - h;
            expected[b * classes + j] = (above - exact_loss(classes, row, labels[b])) / (2 * h) / (double)rows;
            row[j] = here;
        }
    }
    assert_ok(context, ib_loss_logits(z, labels, dz, &loss));
    assert_close(loss, mean, 2e-7, 2e-7);
    assert_near(ib_tensor_read(dz), expected, rows * classes, 3e-7 / (double)rows + 1e-9, 0);
    assert_ok(context, ib_loss_logits(z, labels, NULL, &again));
    assert_true(again == loss);
    assert_ok(context, ib_loss_logits(z, labels, z, &again)); /* in place */
    assert_true(again == loss);
    assert_same_values(ib_tensor_read(z), ib_tensor_read(dz), rows * classes);
    free(labels);
    free(expected);
    ib_tensor_destroy(z);
    ib_tensor_destroy(dz);
}

static void logits_of(ib_context *context)
{
    static const size_t batches[] = {1, 2, 15, 16, 17, 64, 204, 256};
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
        for (size_t classes = 1; classes <= MAX_CLASSES; classes += classes < 3 ? 1 : 7) {
            check_logits(context, batches[i], classes, 2);
            check_logits(context, batches[i], classes, 30);
        }
    }
}

static void logits(void **state)
{
    (void)state;
    test_every_kernels(logits_of);
}

static void huge_logits(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_tensor *z = test_tensor_of(context, 4, 2, (float[]){1e4f, -1e4f, -1e4f, 1e4f, 88, 88, -500, -500});
    ib_tensor *dz = test_tensor(context, 4, 2);
    static const uint32_t labels[4] = {0, 0, 1, 0};
    double loss = -1;
    assert_ok(context, ib_loss_logits(z, labels, dz, &loss));
    assert_close(loss, (0 + 2e4 + log(2) + log(2)) / 4, 0, 1e-7);
    const double expected[8] = {0, 0, -0.25, 0.25, 0.125, -0.125, -0.125, 0.125};
    assert_near(ib_tensor_read(dz), expected, 8, 2e-38, 0);
    ib_tensor_destroy(z);
    ib_tensor_destroy(dz);
    ib_context_destroy(context);
}

/* Two classes, B = 5: the middle of the range, q = 0, q at the lower clip, q = 1, and one between. */
static void quantised_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const float p[10] = {0.25f, 0.75f, 0.125f, 0.875f, 0.5f, 0.5f, 0.875f, 0.125f, 0.375f, 0.625f};
    static const float q[10] = {0.5f, 0.75f, 0, 1, 1e-7f, 0.5f, 1, 0, 0.25f, 0.75f};
    static const uint32_t labels[5] = {0, 0, 0, 0, 1};
    static const double factor[5] = {0.25 / 0.5, 0, 0, 0.875 / 1, 0.625 / 0.75};
    double expected[10], loss = -1, again = -1;
    for (size_t i = 0; i < 10; i++)
        expected[i] = ((double)p[i] - (i % 2 == labels[i / 2])) * factor[i / 2] / 5;
    ib_tensor *probability = test_tensor_of(context, 5, 2, p), *quantised = test_tensor_of(context, 5, 2, q);
    ib_tensor *dz = test_tensor(context, 5, 2);
    assert_ok(context, ib_loss_quantised(probability, quantised, labels, dz, &loss));
    assert_close(loss, (-log(0.5) - 2 * log(1e-7) - log(1 - 1e-7) - log(0.75)) / 5, 5e-8, 2e-7);
    assert_near(ib_tensor_read(dz), expected, 10, 3e-8, 0);
    assert_true(ib_tensor_read(dz)[2] == 0 && ib_tensor_read(dz)[3] == 0);
    assert_true(ib_tensor_read(dz)[4] == 0 && ib_tensor_read(dz)[5] == 0);
    assert_true(ib_tensor_read(dz)[6] != 0);
    assert_ok(context, ib_loss_quantised(probability, quantised, labels, NULL, &again));
    assert_true(again == loss);
    ib_tensor_destroy(probability);
    ib_tensor_destroy(quantised);
    ib_tensor_destroy(dz);
    ib_context_destroy(context);
}

/* Without a quantiser (q = p) both losses have one gradient: central differences of the loss of softmax(z). */
static void quantised_of(ib_context *context)
{
    static const size_t batches[] = {1, 15, 16, 17, 64, 204};
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
        size_t rows = batches[i], classes = 2 + i % 3, n = rows * classes;
        ib_tensor *z = test_tensor_random(context, rows, classes, -3, 3), *p = test_tensor(context, rows, classes);
        ib_tensor *dz = test_tensor(context, rows, classes), *other = test_tensor(context, rows, classes);
        uint32_t *labels = test_zeros(rows, sizeof *labels);
        double *expected = test_zeros(n, sizeof *expected), loss = -1, reference = -1;
        for (size_t b = 0; b < rows; b++)
            labels[b] = (uint32_t)test_random_below(classes);
        assert_ok(context, ib_activation_forward(IB_ACTIVATION_SOFTMAX, z, p));
        assert_ok(context, ib_loss_quantised(p, p, labels, dz, &loss));
        assert_ok(context, ib_loss_logits(z, labels, other, &reference));
        for (size_t j = 0; j < n; j++)
            expected[j] = (double)ib_tensor_read(other)[j];
        assert_close(loss, reference, 3e-7, 3e-7);
        assert_near(ib_tensor_read(dz), expected, n, 4e-7 / (double)rows + 1e-9, 0);
        free(labels);
        free(expected);
        ib_tensor *all[] = {z, p, dz, other};
        for (size_t j = 0; j < 4; j++)
            ib_tensor_destroy(all[j]);
    }
}

static void quantised(void **state)
{
    (void)state;
    test_every_kernels(quantised_of);
}

static void accuracy(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const float outputs[18] = {1,  2,  3,  /* 2 */ 3,      3, 1, /* tie of 0 and 1: 0 */ 0, -0.0f, 0, /* 0 */
                                      -5, -4, -4, /* tie: 1 */ 7, 1, 7, /* 0 */ -INFINITY,         -1,    -2 /* 1 */};
    ib_tensor *tensor = test_tensor_of(context, 6, 3, outputs);
    static const uint32_t right[6] = {2, 0, 0, 1, 0, 1}, wrong[6] = {0, 1, 1, 2, 2, 0}, half[6] = {2, 0, 0, 2, 2, 0};
    double share = -1;
    assert_ok(context, ib_loss_accuracy(tensor, right, &share));
    assert_true(share == 1);
    assert_ok(context, ib_loss_accuracy(tensor, wrong, &share));
    assert_true(share == 0);
    assert_ok(context, ib_loss_accuracy(tensor, half, &share));
    assert_true(share == 0.5);
    ib_tensor_destroy(tensor);
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_tensor *wide = test_tensor(context, 2, 3), *tall = test_tensor(context, 3, 2),
              *none = test_tensor(context, 0, 3);
    ib_tensor *vector = test_vector_of(context, 3, NULL);
    static const uint32_t labels[3] = {0, 2, 0}, beyond[3] = {0, 3, 0};
    double loss = 42;
    const char *words = "expected 2x3, got 3x2";
    assert_fails(context, IB_ERR_RANGE, "3", ib_loss_logits(wide, beyond, NULL, &loss));
    assert_fails(context, IB_ERR_RANGE, "3", ib_loss_quantised(wide, wide, beyond, NULL, &loss));
    assert_fails(context, IB_ERR_RANGE, "3", ib_loss_accuracy(wide, beyond, &loss));
    assert_fails(context, IB_ERR_SHAPE, words, ib_loss_logits(wide, labels, tall, &loss));
    assert_fails(context, IB_ERR_SHAPE, words, ib_loss_quantised(wide, tall, labels, NULL, &loss));
    assert_fails(context, IB_ERR_SHAPE, words, ib_loss_quantised(wide, wide, labels, tall, &loss));
    assert_fails(context, IB_ERR_SHAPE, "", ib_loss_logits(vector, labels, NULL, &loss));
    assert_fails(context, IB_ERR_SHAPE, "", ib_loss_accuracy(vector, labels, &loss));
    assert_true(ib_loss_logits(none, labels, NULL, &loss) < 0);
    assert_true(ib_loss_quantised(none, none, labels, NULL, &loss) < 0);
    assert_true(ib_loss_accuracy(none, labels, &loss) < 0);
    assert_int_equal(ib_loss_logits(NULL, labels, NULL, &loss), IB_ERR_ARG);
    assert_int_equal(ib_loss_logits(wide, NULL, NULL, &loss), IB_ERR_ARG);
    assert_int_equal(ib_loss_logits(wide, labels, NULL, NULL), IB_ERR_ARG);
    assert_int_equal(ib_loss_quantised(NULL, wide, labels, NULL, &loss), IB_ERR_ARG);
    assert_int_equal(ib_loss_quantised(wide, NULL, labels, NULL, &loss), IB_ERR_ARG);
    assert_int_equal(ib_loss_quantised(wide, wide, NULL, NULL, &loss), IB_ERR_ARG);
    assert_int_equal(ib_loss_quantised(wide, wide, labels, NULL, NULL), IB_ERR_ARG);
    assert_int_equal(ib_loss_accuracy(NULL, labels, &loss), IB_ERR_ARG);
    assert_int_equal(ib_loss_accuracy(wide, NULL, &loss), IB_ERR_ARG);
    assert_int_equal(ib_loss_accuracy(wide, labels, NULL), IB_ERR_ARG);
    assert_true(loss == 42);
    ib_tensor *all[] = {wide, tall, none, vector};
    for (size_t i = 0; i < 4; i++)
        ib_tensor_destroy(all[i]);
    ib_context_destroy(context);
}

static ib_status all_losses(ib_context *context, void *user_data)
{
    static const uint32_t labels[3] = {0, 1, 1};
    (void)user_data;
    ib_tensor *z = NULL, *dz = NULL;
    double value;
    ib_status status = ib_tensor_create(context, 2, (size_t[]){3, 2}, &z);
    if (status == IB_OK)
        status = ib_tensor_create(context, 2, (size_t[]){3, 2}, &dz);
    if (status == IB_OK)
        status = ib_loss_logits(z, labels, dz, &value);
    if (status == IB_OK)
        status = ib_loss_quantised(z, z, labels, dz, &value);
    if (status == IB_OK)
        status = ib_loss_accuracy(z, labels, &value);
    ib_tensor_destroy(z);
    ib_tensor_destroy(dz);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(all_losses, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logits),        cmocka_unit_test(huge_logits), cmocka_unit_test(quantised_by_hand),
        cmocka_unit_test(quantised),     cmocka_unit_test(accuracy),    cmocka_unit_test(refusals),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
