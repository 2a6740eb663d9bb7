/* What is measured in the runs of a study, and the one number for all that decides its records. */
#include "study/study.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "info/binning.h"
#include "info/quantised.h"
#include "nn/trainer.h"

static void binning_fields(ib_i_bytes *b, ib_binning_options *binning)
{
    ib_i_bytes_u32(b, &binning->bins);
    ib_i_bytes_u32(b, &binning->kind);
    ib_i_bytes_u32(b, &binning->bounds);
    ib_i_bytes_u32(b, &binning->clamp);
    ib_i_bytes_f64(b, &binning->low);
    ib_i_bytes_f64(b, &binning->high);
}

/* No binning has 0 bins, so nothing else begins like that. */
static void measure_field(ib_i_bytes *b, uint32_t measure)
{
    uint32_t other_than_bins = 0;
    ib_i_bytes_u32(b, &other_than_bins);
    ib_i_bytes_u32(b, &measure);
}

static void estimator_fields(ib_i_bytes *b, ib_i_estimator *estimator)
{
    measure_field(b, IB_MEASURE_ESTIMATED);
    for (size_t i = 0; i < sizeof estimator->name; i++) {
        uint32_t character = (unsigned char)estimator->name[i];
        ib_i_bytes_u32(b, &character);
    }
    ib_i_bytes_u64(b, &estimator->setting);
}

static void quantisation_fields(ib_i_bytes *b, ib_i_quantisation *quantisation)
{
    measure_field(b, IB_MEASURE_QUANTISED);
    ib_i_bytes_u32(b, &quantisation->bits);
    ib_i_bytes_u32(b, &quantisation->weight_bits);
}

/* All that decides records but seed and number of a run, hashed as it would be saved. A trainer knows most of it, and
 * refuses what cannot be trained. */
ib_status ib_i_study_find_setting(ib_study *study)
{
    ib_trainer *trainer = NULL;
    IB_TRY(ib_trainer_create(study->pattern, study->dataset, study->split, &study->train, &trainer));
    ib_i_bytes bytes;
    ib_i_bytes_hash_begin(&bytes, study->context);
    ib_i_trainer_setting(&bytes, trainer);
    ib_i_bytes_u32(&bytes, &study->train.epochs);
    ib_i_bytes_u32(&bytes, &study->schedule.kind);
    ib_i_bytes_u32(&bytes, &study->schedule.every);
    ib_i_bytes_u32(&bytes, &study->schedule.per_octave);
    ib_i_bytes_f64(&bytes, &study->schedule.distance);
    ib_i_bytes_f64(&bytes, &study->options.bad_accuracy);
    ib_i_bytes_u32(&bytes, &study->options.restart_from);
    for (size_t i = 0; i < study->binning_count; i++)
        binning_fields(&bytes, &study->binnings[i]);
    for (size_t i = 0; i < study->estimator_count; i++)
        estimator_fields(&bytes, &study->estimators[i]);
    for (size_t i = 0; i < study->quantisation_count; i++)
        quantisation_fields(&bytes, &study->quantisations[i]);
    study->setting = ib_i_bytes_hash_end(&bytes);
    ib_trainer_destroy(trainer);
    return IB_OK;
}

uint64_t ib_study_setting(const ib_study *study)
{
    return study ? study->setting : 0;
}

/* Whether a layer has outputs without a bound. */
static int is_unbounded(const ib_i_layer *layer)
{
    return layer->activation == IB_ACTIVATION_LINEAR || layer->activation == IB_ACTIVATION_RELU;
}

static int wants_bounds_of_run(const ib_study *study, const ib_binning_options *binning)
{
    int unbounded = 0;
    for (size_t l = 0; l < study->pattern->layers; l++)
        unbounded |= is_unbounded(&study->pattern->layer[l]);
    return binning->bounds == IB_BOUNDS_GLOBAL || (binning->bounds == IB_BOUNDS_LARGEST && unbounded);
}

/* --- what is measured ---------------------------------------------------------------------------------------------*/

/* All that runs are measured by is known before the first of them. */
static ib_status check_no_runs(const ib_study *study)
{
    IB_TRY(ib_i_study_check_before_runs(study));
    if (study->finished_count || study->open_count)
        return ib_i_fail(study->context, IB_ERR_STATE, "estimators: expected before runs, but there are some");
    return IB_OK;
}

/* Takes in what has been put at the end of a list; if that cannot be, it is as if it had not. */
static ib_status take(ib_study *study, size_t *count, uint32_t *number)
{
    (*count)++;
    const ib_status status = ib_i_study_find_setting(study);
    if (status != IB_OK) {
        (*count)--;
        return status;
    }
    if (number)
        *number = (uint32_t)*count;
    return ib_i_ok(study->context);
}

ib_status ib_study_add_binning(ib_study *study, const ib_binning_options *options, uint32_t *estimator)
{
    if (!study)
        return IB_ERR_ARG;
    ib_context *context = study->context;
    ib_binning_options full;
    IB_TRY(check_no_runs(study));
    IB_TRY(ib_i_binning_options_resolve(context, options, &full));
    full.struct_size = sizeof full;
    ib_binning_options *grown =
        ib_i_grow(context, study->binnings, study->binning_count, study->binning_count + 1, sizeof *grown);
    if (!grown)
        return ib_i_fail_memory(context);
    study->binnings = grown;
    grown[study->binning_count] = full;
    IB_TRY(take(study, &study->binning_count, estimator));
    study->twice |= wants_bounds_of_run(study, &full);
    return IB_OK;
}

ib_status ib_study_add_estimator(ib_study *study, const ib_estimator *estimator, uint32_t *number)
{
    if (!study)
        return IB_ERR_ARG;
    ib_context *context = study->context;
    ib_i_estimator copy;
    IB_TRY(check_no_runs(study));
    IB_TRY(ib_i_estimator_resolve(context, estimator, &copy));
    ib_i_estimator *grown =
        ib_i_grow(context, study->estimators, study->estimator_count, study->estimator_count + 1, sizeof *grown);
    if (!grown)
        return ib_i_fail_memory(context);
    study->estimators = grown;
    grown[study->estimator_count] = copy;
    return take(study, &study->estimator_count, number);
}

ib_status ib_study_add_quantised(ib_study *study, uint32_t bits, uint32_t weight_bits, uint32_t *number)
{
    if (!study)
        return IB_ERR_ARG;
    ib_context *context = study->context;
    IB_TRY(check_no_runs(study));
    IB_TRY(ib_i_quantised_check(context, bits, weight_bits));
    IB_TRY(ib_i_quantised_check_source(context, study->pattern));
    ib_i_quantisation *grown = ib_i_grow(context, study->quantisations, study->quantisation_count,
                                         study->quantisation_count + 1, sizeof *grown);
    if (!grown)
        return ib_i_fail_memory(context);
    study->quantisations = grown;
    grown[study->quantisation_count] = (ib_i_quantisation){bits, weight_bits};
    return take(study, &study->quantisation_count, number);
}
