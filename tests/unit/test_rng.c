#include "support.h"

#include "base/rng.h"

#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

/* Pinned sequences start here; the values are those of an independent implementation. */
#define SEED UINT64_C(0x0123456789abcdef)
#define STREAM UINT64_C(0x5000201) /* run 5, attempt 2, order of the rows */

static ib_rng *create(ib_context *context, uint64_t seed, uint64_t stream)
{
    ib_rng *rng;
    assert_ok(context, ib_rng_create(context, seed, stream, &rng));
    assert_non_null(rng);
    return rng;
}

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

/* The vectors that the authors of the generator published with it. */
static void published_vectors(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], words[4];
    } table[] = {
        {{0}, {0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const uint32_t *counter = table[i].counter, *key = table[i].key;
        uint64_t position = (uint64_t)counter[1] << 32 | counter[0];
        uint64_t stream = (uint64_t)counter[3] << 32 | counter[2];
        uint32_t words[IB_I_PHILOX_WORDS];
        ib_i_kernels_portable.philox((uint64_t)key[1] << 32 | key[0], stream, position, words);
        assert_memory_equal(words, table[i].words, sizeof table[i].words);
    }
}

/* Blocks of one call are those of many, also where the lower word of the position overflows. */
static void blocks_follow_each_other(void **state)
{
    (void)state;
    static const uint64_t positions[] = {0, 5, UINT32_MAX - 3, UINT64_MAX - 7};
    for (size_t i = 0; i < sizeof positions / sizeof positions[0]; i++) {
        uint32_t all[IB_I_PHILOX_WORDS], one[IB_I_PHILOX_WORDS];
        ib_i_kernels_portable.philox(SEED, STREAM, positions[i], all);
        for (uint64_t block = 0; block < IB_I_PHILOX_BLOCKS; block++) {
            ib_i_kernels_portable.philox(SEED, STREAM, positions[i] + block, one);
            assert_memory_equal(one, all + 4 * block, 4 * sizeof *one);
        }
    }
}

static void bits_are_pinned(void **state)
{
    ib_rng *rng = create(*state, SEED, STREAM);
    uint32_t words[130];
    for (size_t i = 0; i < 130; i++)
        words[i] = ib_rng_get_bits(rng);
    static const uint32_t first[] = {0xc9063f80, 0x4ee19791, 0x3eebf9b6, 0x161b7357, 0x656c1141, 0xf8f38a95};
    static const uint32_t later[] = {0xe4368a4e, 0x2a0dabfa, 0x7c27bd6e, 0xd5ae166a};
    assert_memory_equal(words, first, sizeof first);
    assert_memory_equal(words + 62, later, sizeof later);
    assert_int_equal(words[129], 0x39053da4);
    ib_rng_destroy(rng);
    rng = create(*state, 0, 0);
    assert_int_equal(ib_rng_get_bits(rng), 0x6627e8d5);
    ib_rng_destroy(rng);
}

static void below_is_pinned(void **state)
{
    static const struct {
        uint32_t bound, value;
    } table[] = {
        {1, 0},
        {2, 0},
        {3, 0},
        {10, 0},
        {1000, 396},
        {0x80000001, 2208992},
        {0x80000001, 102340640},
        {0xc0000000, 343841621},
        {0xffffffff, 548420796},
    };
    ib_rng *rng = create(*state, SEED, STREAM);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(ib_rng_get_below(rng, table[i].bound), table[i].value);
    ib_rng *fresh = create(*state, SEED, STREAM);
    for (int i = 0; i < 11; i++) /* nine values took eleven draws */
        ib_rng_get_bits(fresh);
    assert_int_equal(ib_rng_get_bits(rng), ib_rng_get_bits(fresh));
    ib_rng_destroy(fresh);
    ib_rng_destroy(rng);
}

static void uniform_is_pinned(void **state)
{
    ib_rng *rng = create(*state, SEED, STREAM);
    assert_true(ib_rng_get_uniform(rng) == 0x1.920c7f009dc32p-1);
    assert_true(ib_rng_get_uniform(rng) == 0x1.f75fcdb0b0db8p-3);
    assert_true(ib_rng_get_uniform(rng) == 0x1.95b04507e3ce2p-2);
    ib_rng_destroy(rng);
}

/* The bits of our own logarithm; the independent values differ by 2 units in the last place of the fourth. */
static void normal_is_pinned(void **state)
{
    ib_rng *rng = create(*state, SEED, STREAM);
    assert_true(ib_rng_get_normal(rng) == 0x1.8c767c7687f0ap-1);
    assert_true(ib_rng_get_normal(rng) == -0x1.8463037ae3438p+0);
    assert_true(ib_rng_get_normal(rng) == 0x1.174d94d74a4ffp+0);
    assert_true(ib_rng_get_normal(rng) == -0x1.baaca55de8199p-1);
    ib_rng_destroy(rng);
    rng = create(*state, SEED, STREAM);
    double value = 0;
    for (int i = 0; i < 60; i++)
        value = ib_rng_get_truncated_normal(rng);
    assert_true(value == 0x1.8a3049c13570dp-1);
    ib_rng_destroy(rng);
}

/* The polar method written once more, with the logarithm of the system. */
static double polar(ib_rng *rng)
{
    for (;;) {
        double u = 2 * ib_rng_get_uniform(rng) - 1;
        double v = 2 * ib_rng_get_uniform(rng) - 1;
        double square = u * u + v * v;
        if (square < 1 && square > 0)
            return u * sqrt(-2 * log(square) / square);
    }
}

static void normal_is_the_polar_method(void **state)
{
    ib_rng *rng = create(*state, 42, 1), *same = create(*state, 42, 1);
    for (int i = 0; i < 100000; i++)
        assert_close(ib_rng_get_normal(rng), polar(same), 0, 1e-15);
    for (int i = 0; i < 100000; i++) {
        double expected;
        do
            expected = polar(same);
        while (fabs(expected) > 2);
        assert_close(ib_rng_get_truncated_normal(rng), expected, 0, 1e-15);
    }
    ib_rng_destroy(same);
    ib_rng_destroy(rng);
}

static void shuffle_is_pinned(void **state)
{
    static const uint32_t expected[16] = {2, 13, 15, 5, 11, 6, 8, 9, 7, 0, 10, 14, 1, 3, 4, 12};
    uint32_t values[16];
    for (uint32_t i = 0; i < 16; i++)
        values[i] = i;
    ib_rng *rng = create(*state, SEED, STREAM);
    assert_ok(*state, ib_rng_shuffle(rng, values, 16));
    assert_memory_equal(values, expected, sizeof expected);
    ib_rng_destroy(rng);
}

/* Sum of (found - expected)^2 / expected over equally likely cells, in standard deviations from its mean. */
static double chi_square(const uint32_t *counts, size_t cells)
{
    double total = 0, sum = 0;
    for (size_t i = 0; i < cells; i++)
        total += counts[i];
    for (size_t i = 0; i < cells; i++) {
        double off = counts[i] - total / (double)cells;
        sum += off * off / (total / (double)cells);
    }
    double freedom = (double)cells - 1;
    return (sum - freedom) / sqrt(2 * freedom);
}

static void bits_are_uniform(void **state)
{
    ib_rng *rng = create(*state, 1, 0);
    uint32_t cells[4][256] = {{0}}, ones[32] = {0};
    const int n = 400000;
    for (int i = 0; i < n; i++) {
        uint32_t word = ib_rng_get_bits(rng);
        for (int byte = 0; byte < 4; byte++)
            cells[byte][word >> (8 * byte) & 255]++;
        for (int bit = 0; bit < 32; bit++)
            ones[bit] += word >> bit & 1;
    }
    for (int byte = 0; byte < 4; byte++)
        assert_close(chi_square(cells[byte], 256), 0, 5, 0);
    for (int bit = 0; bit < 32; bit++)
        assert_close(ones[bit], n / 2.0, 5 * sqrt(n / 4.0), 0);
    ib_rng_destroy(rng);
}

static void below_is_unbiased(void **state)
{
    ib_rng *rng = create(*state, 2, 0);
    for (uint32_t bound = 2; bound <= 40; bound++) {
        uint32_t cells[40] = {0};
        for (int i = 0; i < 20000; i++) {
            uint32_t value = ib_rng_get_below(rng, bound);
            assert_true(value < bound);
            cells[value]++;
        }
        assert_close(chi_square(cells, bound), 0, 6, 0);
    }
    ib_rng_destroy(rng);
}

/* Without the refusals a multiple of 3 would be twice as likely as its neighbours. */
static void below_is_unbiased_for_hostile_bounds(void **state)
{
    static const uint32_t bounds[] = {0xc0000000, 0x80000001, 0xfffffffd, 0x60000000};
    ib_rng *rng = create(*state, 3, 0);
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        uint32_t residues[3] = {0}, parts[16] = {0};
        for (int n = 0; n < 60000; n++) {
            uint32_t value = ib_rng_get_below(rng, bounds[i]);
            assert_true(value < bounds[i]);
            residues[value % 3]++;
            parts[(uint64_t)value * 16 / bounds[i]]++;
        }
        assert_close(chi_square(residues, 3), 0, 6, 0);
        assert_close(chi_square(parts, 16), 0, 6, 0);
    }
    ib_rng_destroy(rng);
}

typedef double draw_fn(ib_rng *rng);

/* Means of the first four powers of n values. */
static void moments(ib_context *context, draw_fn *draw, int n, double mean[4])
{
    ib_rng *rng = create(context, 4, 0);
    for (int power = 0; power < 4; power++)
        mean[power] = 0;
    for (int i = 0; i < n; i++) {
        double value = draw(rng), product = 1;
        for (int power = 0; power < 4; power++) {
            product *= value;
            mean[power] += product / n;
        }
    }
    ib_rng_destroy(rng);
}

static void moments_are_right(void **state)
{
    const int n = 400000;
    const double error = 5 / sqrt(n); /* five standard deviations of a mean, times that of the power itself */
    double mean[4];
    moments(*state, ib_rng_get_uniform, n, mean);
    for (int power = 1; power <= 4; power++)
        assert_close(mean[power - 1], 1.0 / (power + 1), 0.3 * error, 0);
    moments(*state, ib_rng_get_normal, n, mean);
    assert_close(mean[0], 0, error, 0);
    assert_close(mean[1], 1, sqrt(2) * error, 0);
    assert_close(mean[2], 0, sqrt(15) * error, 0);
    assert_close(mean[3], 3, sqrt(96) * error, 0);
    moments(*state, ib_rng_get_truncated_normal, n, mean);
    assert_close(mean[0], 0, 0.88 * error, 0);
    assert_close(sqrt(mean[1] - mean[0] * mean[0]), 0.87962566, error / 2, 0);
    assert_close(mean[2], 0, 2 * error, 0);
}

static void ranges_hold(void **state)
{
    ib_rng *rng = create(*state, 5, 0);
    double smallest = 1, largest = 0, widest = 0;
    int beyond = 0;
    for (int i = 0; i < 200000; i++) {
        double value = ib_rng_get_uniform(rng);
        smallest = fmin(smallest, value);
        largest = fmax(largest, value);
        widest = fmax(widest, fabs(ib_rng_get_truncated_normal(rng)));
        beyond += fabs(ib_rng_get_normal(rng)) > 2;
    }
    assert_true(smallest >= 0 && smallest < 1e-4);
    assert_true(largest < 1 && largest > 1 - 1e-4);
    assert_true(widest <= 2 && widest > 1.999);
    assert_close(beyond, 200000 * 0.04550026, 5 * sqrt(200000 * 0.0455), 0);
    ib_rng_destroy(rng);
}

static void shuffles_are_equally_likely(void **state)
{
    ib_rng *rng = create(*state, 6, 0);
    uint32_t cells[256] = {0}, seen[24];
    for (int i = 0; i < 48000; i++) {
        uint32_t v[4] = {0, 1, 2, 3};
        assert_ok(*state, ib_rng_shuffle(rng, v, 4));
        cells[v[0] << 6 | v[1] << 4 | v[2] << 2 | v[3]]++;
    }
    size_t orders = 0;
    for (size_t i = 0; i < 256; i++) {
        assert_true(cells[i] == 0 || orders < 24);
        if (cells[i] > 0)
            seen[orders++] = cells[i];
    }
    assert_int_equal(orders, 24);
    assert_close(chi_square(seen, 24), 0, 5, 0);
    ib_rng_destroy(rng);
}

static void a_shuffle_keeps_all_values(void **state)
{
    enum { MOST = 5000 };
    static uint32_t values[MOST + 1];
    static unsigned char seen[MOST];
    ib_rng *rng = create(*state, test_random(), test_random());
    for (int round = 0; round < 50; round++) {
        size_t n = test_random_below(MOST + 1);
        memset(seen, 0, sizeof seen);
        for (size_t i = 0; i <= n; i++)
            values[i] = (uint32_t)i;
        assert_ok(*state, ib_rng_shuffle(rng, values, n));
        for (size_t i = 0; i < n; i++) {
            assert_true(values[i] < n);
            assert_int_equal(seen[values[i]]++, 0);
        }
        assert_int_equal(values[n], n); /* nothing behind the end moves */
    }
    ib_rng_destroy(rng);
}

static void streams_are_packed(void **state)
{
    (void)state;
    assert_int_equal(ib_rng_stream(0, 0, 0), 0);
    assert_int_equal(ib_rng_stream(5, 2, IB_STREAM_BATCHES), STREAM);
    assert_int_equal(ib_rng_stream(0, 0, 255), 0xff);
    assert_int_equal(ib_rng_stream(0, 0xffff, 0), 0xffff00);
    assert_int_equal(ib_rng_stream((UINT64_C(1) << 40) - 1, 0, 0), UINT64_C(0xffffffffff000000));
    assert_int_equal(ib_rng_stream(UINT64_C(1) << 40 | 2, 0x10002, 0x103), ib_rng_stream(2, 2, 3));
    assert_int_equal(ib_rng_stream(UINT64_MAX, UINT32_MAX, UINT32_MAX), UINT64_MAX);
}

/* Any two of these share at most a few of 1000 words by chance (expected: 0.0002). */
static void streams_and_seeds_differ(void **state)
{
    static const uint64_t starts[][2] = {{1, 0}, {1, 1}, {1, 1 << 8}, {1, UINT64_C(1) << 32}, {2, 0}, {1u << 31, 0}};
    enum { STARTS = sizeof starts / sizeof starts[0], WORDS = 1000 };
    static uint32_t words[STARTS][WORDS];
    for (size_t i = 0; i < STARTS; i++) {
        ib_rng *rng = create(*state, starts[i][0], starts[i][1]);
        for (size_t k = 0; k < WORDS; k++)
            words[i][k] = ib_rng_get_bits(rng);
        ib_rng_destroy(rng);
        for (size_t other = 0; other < i; other++) {
            int equal = 0;
            for (size_t k = 0; k < WORDS; k++)
                equal += words[i][k] == words[other][k];
            assert_true(equal <= 1);
        }
    }
}

/* Drawing from one generator does not move another. */
static void generators_are_independent(void **state)
{
    ib_rng *a = create(*state, SEED, STREAM), *b = create(*state, SEED, STREAM), *c = create(*state, SEED, 0);
    for (int i = 0; i < 1000; i++) {
        uint32_t word = ib_rng_get_bits(a);
        for (uint64_t k = test_random_below(4); k > 0; k--)
            ib_rng_get_bits(c);
        assert_int_equal(ib_rng_get_bits(b), word);
    }
    ib_rng_destroy(c);
    ib_rng_destroy(b);
    ib_rng_destroy(a);
}

static void bad_arguments(void **state)
{
    ib_context *context = *state;
    ib_rng *rng = (ib_rng *)state;
    assert_int_equal(ib_rng_create(NULL, 1, 0, &rng), IB_ERR_ARG);
    assert_null(rng);
    assert_fails(context, IB_ERR_ARG, "out is NULL", ib_rng_create(context, 1, 0, NULL));
    ib_rng_destroy(NULL);
    assert_int_equal(ib_rng_get_bits(NULL), 0);
    assert_int_equal(ib_rng_get_below(NULL, 7), 0);
    assert_true(ib_rng_get_uniform(NULL) == 0);
    assert_true(ib_rng_get_normal(NULL) == 0);
    assert_true(ib_rng_get_truncated_normal(NULL) == 0);
    uint32_t value = 7;
    assert_int_equal(ib_rng_shuffle(NULL, &value, 1), IB_ERR_ARG);

    rng = create(context, SEED, STREAM);
    assert_int_equal(ib_rng_get_below(rng, 0), 0);
    assert_fails(context, IB_ERR_ARG, "values is NULL", ib_rng_shuffle(rng, NULL, 1));
#if SIZE_MAX > UINT32_MAX
    assert_fails(context, IB_ERR_OVERFLOW, "2^32", ib_rng_shuffle(rng, &value, (size_t)1 << 32));
#endif
    assert_ok(context, ib_rng_shuffle(rng, NULL, 0));
    assert_string_equal(ib_context_message(context), "");
    assert_ok(context, ib_rng_shuffle(rng, &value, 1));
    assert_int_equal(value, 7);
    assert_int_equal(ib_rng_get_bits(rng), 0xc9063f80); /* none of these drew anything */
    ib_rng_destroy(rng);
}

static ib_status make_one(ib_context *context, void *user_data)
{
    (void)user_data;
    ib_rng *rng;
    ib_status status = ib_rng_create(context, 1, 0, &rng);
    assert_true((status == IB_OK) == (rng != NULL));
    ib_rng_destroy(rng);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(make_one, NULL);
}

/* Two integers at once are quotient and rest of one, and take as many words: also where many are refused. */
static void two_at_once(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t bounds[] = {2, 3, 4, 1000, 16384, 46342, 53000, 65535, 65536};
    for (size_t b = 0; b < sizeof bounds / sizeof bounds[0]; b++) {
        ib_rng pairs = ib_i_rng_begin(context, 1, b), single = ib_i_rng_begin(context, 1, b);
        const uint32_t bound = bounds[b];
        for (int i = 0; i < 2000; i++) {
            uint32_t first, second;
            ib_i_rng_two_below(&pairs, bound, &first, &second);
            const uint32_t both = ib_i_rng_below(&single, bound * (bound - 1));
            assert_int_equal(first, both / (bound - 1));
            assert_int_equal(second, both % (bound - 1));
        }
        assert_int_equal(ib_i_rng_drawn(&pairs), ib_i_rng_drawn(&single));
        if (bound == 53000)
            assert_true(ib_i_rng_drawn(&pairs) > 2500); /* a third of the words is refused */
    }
    ib_context_destroy(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(blocks_follow_each_other),
        cmocka_unit_test(bits_are_pinned),
        cmocka_unit_test(below_is_pinned),
        cmocka_unit_test(uniform_is_pinned),
        cmocka_unit_test(normal_is_pinned),
        cmocka_unit_test(normal_is_the_polar_method),
        cmocka_unit_test(shuffle_is_pinned),
        cmocka_unit_test(bits_are_uniform),
        cmocka_unit_test(below_is_unbiased),
        cmocka_unit_test(below_is_unbiased_for_hostile_bounds),
        cmocka_unit_test(moments_are_right),
        cmocka_unit_test(ranges_hold),
        cmocka_unit_test(shuffles_are_equally_likely),
        cmocka_unit_test(a_shuffle_keeps_all_values),
        cmocka_unit_test(streams_are_packed),
        cmocka_unit_test(streams_and_seeds_differ),
        cmocka_unit_test(generators_are_independent),
        cmocka_unit_test(bad_arguments),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(two_at_once),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
