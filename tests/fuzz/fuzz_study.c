/* Saved runs of a study in progress: one that is read is gone on with. */
#include "fuzz.h"
#include "small_study.h"

#include <string.h>

enum { STOP_AT = 4 };

static test_plan small_plan(void)
{
    test_plan plan = test_standard_plan();
    plan.runs = 1;
    plan.train.epochs = 4;
    return plan;
}

/* Run 0, stopped on its way. */
static test_stream make(void)
{
    const test_plan plan = small_plan();
    static test_shelf shelf;
    shelf.stop_at = STOP_AT;
    test_room room = test_enter(&plan, &shelf);
    fuzz_expect(ib_study_run(room.study) == IB_STOPPED, "a study that is stopped");
    fuzz_expect(shelf.runs[0].size > 0 && shelf.outcomes[0] == IB_OUTCOME_OPEN, "a run in progress");
    test_exit_all(&room);
    return shelf.runs[0];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static test_stream saved; /* always the same */
    const test_plan plan = small_plan();
    if (!saved.size)
        saved = make();
    test_stream input = fuzz_saved(&saved, data, size);
    test_shelf shelf = {0};
    test_room room = test_enter(&plan, &shelf);
    uint64_t run;
    uint32_t outcome;
    if (ib_study_read(room.study, test_stream_read, &input, &run, &outcome) == IB_OK) {
        const ib_status status = ib_study_run(room.study);
        fuzz_expect(status == IB_OK || status == IB_ERR_NONFINITE, "it can be gone on with");
    }
    test_exit_all(&room);
    test_shelf_free(&shelf);
    test_stream_free(&input);
    return 0;
}
