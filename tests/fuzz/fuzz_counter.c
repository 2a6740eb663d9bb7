/* Saved counters: what is read is a counter. Saved and read again it is the same, to the byte and to the bit of its
 * entropies, and merged with itself all of it occurs twice. */
#include "fuzz.h"

#include <string.h>

static ib_context *context;

/* Some rows of floats, labels by pairs, one count that is large. */
static test_stream make(void)
{
    static const float rows[6][2] = {{0, 1}, {1, 0}, {0, 1}, {2, 2}, {-0.0f, 1}, {1, 0}};
    static const uint32_t labels[6] = {0, 19, 3, 3, 0, 19};
    static const uint64_t times[6] = {1, 2, 3, 70000, 1, 1};
    test_stream to = {.size = 0};
    ib_counter *counter;
    ib_codes codes;
    ib_codes_init(&codes, IB_CODE_FLOAT32, rows, 6, 2);
    fuzz_expect(ib_counter_create(context, IB_CODE_FLOAT32, 2, 20, &counter) == IB_OK, "a counter");
    fuzz_expect(ib_counter_add_times(counter, &codes, labels, times) == IB_OK, "rows");
    fuzz_expect(ib_counter_write(counter, test_stream_write, &to) == IB_OK, "a counter can be saved");
    ib_counter_destroy(counter);
    return to;
}

static void expect_same(const ib_counter *a, const ib_counter *b)
{
    ib_entropies of_a, of_b;
    ib_entropy_measure(a, &of_a);
    ib_entropy_measure(b, &of_b);
    fuzz_expect(memcmp(&of_a, &of_b, sizeof of_a) == 0, "the same entropies");
    fuzz_expect(ib_counter_rows(a) == ib_counter_rows(b), "as many rows");
    fuzz_expect(ib_counter_distinct(a) == ib_counter_distinct(b), "as many distinct rows");
}

/* Saves, and compares with bytes unless there are none; reads that. */
static ib_counter *there_and_back(const ib_counter *counter, const unsigned char *expected, size_t size)
{
    ib_counter *back = NULL;
    test_stream bytes = {.piece = 7};
    fuzz_expect(ib_counter_write(counter, test_stream_write, &bytes) == IB_OK, "a counter can be saved");
    if (expected)
        fuzz_expect(bytes.size == size && memcmp(bytes.data, expected, size) == 0, "the same bytes");
    fuzz_expect(ib_counter_read(context, test_stream_read, &bytes, &back) == IB_OK, "what was saved can be read");
    fuzz_expect(bytes.at == bytes.size, "all of it is read");
    expect_same(counter, back);
    test_stream_free(&bytes);
    return back;
}

static void check(const ib_counter *counter, const unsigned char *bytes, size_t size)
{
    ib_counter *back = there_and_back(counter, bytes, size);
    const uint64_t rows = ib_counter_rows(counter);
    const ib_status status = ib_counter_merge(back, counter);
    fuzz_expect(status == (rows > UINT64_MAX - rows ? IB_ERR_OVERFLOW : IB_OK), "it can be merged with itself");
    if (status == IB_OK) {
        ib_counter_destroy(there_and_back(back, NULL, 0));
        fuzz_expect(ib_counter_rows(back) == 2 * rows, "all rows twice");
        fuzz_expect(ib_counter_distinct(back) == ib_counter_distinct(counter), "no other row");
    }
    ib_counter_destroy(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_expect(ib_context_create(NULL, &context) == IB_OK, "a context");
    test_stream saved = make(), input = fuzz_saved(&saved, data, size);
    ib_counter *counter = NULL;
    if (ib_counter_read(context, test_stream_read, &input, &counter) == IB_OK)
        check(counter, input.data, input.at);
    else
        fuzz_expect(counter == NULL && ib_context_message(context)[0], "no counter, and a message");
    ib_counter_destroy(counter);
    test_stream_free(&input);
    test_stream_free(&saved);
    ib_context_destroy(context);
    return 0;
}
