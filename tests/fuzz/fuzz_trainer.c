/* Saved runs: one that is refused leaves the trainer as it was; one that is read can be trained. */
#include "fuzz.h"
#include "small_run.h"

#include <string.h>

static void check(ib_context *context, ib_trainer *trainer)
{
    test_stream once = test_saved(context, trainer);
    fuzz_expect(test_read(trainer, &once) == IB_OK, "what was saved can be read");
    test_assert_saves(context, trainer, &once);
    test_stream_free(&once);
    for (int i = 0; i < 2; i++) {
        const ib_status status = ib_trainer_step(trainer);
        fuzz_expect(status == IB_OK || status == IB_ERR_NONFINITE || status == IB_ERR_OVERFLOW, "a step");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static test_stream saved; /* always the same */
    const test_setting setting = test_standard();
    if (!saved.size)
        saved = test_two_epochs();
    test_stream input = fuzz_saved(&saved, data, size);
    test_place place = test_arrive(&setting);
    test_stream before = test_saved(place.context, place.trainer);
    if (test_read(place.trainer, &input) == IB_OK)
        check(place.context, place.trainer);
    else
        test_assert_saves(place.context, place.trainer, &before);
    test_stream_free(&before);
    test_stream_free(&input);
    test_leave_all(&place);
    return 0;
}
