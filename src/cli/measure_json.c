/* What ib measure found, as JSON: all digits, counts as integers. */
#include "measure.h"
#include "say.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Digits that tell any two doubles apart. */
#define DIGITS 17

int measure_has_json(void)
{
    return 1;
}

/* jansson takes NULL in place of what could not be made, and says so at the end of a chain. */
static int set(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value);
}

static int set_real(json_t *object, const char *key, double value)
{
    return set(object, key, isfinite(value) ? json_real(value) : json_null());
}

static int set_count(json_t *object, const char *key, uint64_t value)
{
    return set(object, key, json_integer((json_int_t)value));
}

/* Names of files may be any bytes; JSON has none but UTF-8. */
static int set_name(json_t *object, const char *key, const char *name)
{
    char plain[256];
    size_t n = 0;
    json_t *text = json_string(name);
    if (text)
        return set(object, key, text);
    for (; name[n] && n + 1 < sizeof plain; n++)
        plain[n] = name[n] >= ' ' && name[n] <= '~' ? name[n] : '?';
    plain[n] = '\0';
    return set(object, key, json_string(plain));
}

static const char *type_name(uint32_t type)
{
    static const char *const names[] = {
        [IB_CODE_UINT8] = "uint8",    [IB_CODE_UINT16] = "uint16",   [IB_CODE_INT32] = "int32",
        [IB_CODE_INT64] = "int64",    [IB_CODE_FLOAT32] = "float32", [IB_CODE_UINT32] = "uint32",
        [IB_CODE_FLOAT64] = "float64"};
    return names[type];
}

static int set_sample(json_t *to, const measured *m)
{
    return set_name(to, "file", m->name) || set(to, "type", json_string(type_name(m->type))) ||
           set_count(to, "columns", m->columns) || set_count(to, "rows", m->rows.n) ||
           set_count(to, "left_out", m->dropped) || set_count(to, "distinct", m->rows.distinct) ||
           set_count(to, "singletons", m->rows.singletons) || set_count(to, "doubletons", m->rows.doubletons) ||
           set_real(to, "coverage", m->rows.coverage) || set_real(to, "per_distinct", m->rows.per_distinct) ||
           set(to, "spilled", json_boolean(m->is_spilled)) ||
           (m->has_labels && set_count(to, "labels", m->labels.distinct));
}

static int set_exact(json_t *to, const measure_asked *a, const measured *m)
{
    const ib_entropies *e = &m->exact;
    if (set_real(to, "H_T", e->rows))
        return -1;
    return m->has_labels &&
           (set_real(to, "H_Y", e->labels) || set_real(to, "H_TY", e->joint) ||
            set_real(to, "H_T_given_Y", e->rows_given_labels) || set_real(to, "H_Y_given_T", e->labels_given_rows) ||
            set_real(to, "I_TY", e->mutual) || (a->given && set_real(to, "I_TY_given_Z", m->given)));
}

static int set_estimate(json_t *to, const measure_estimator *one, const measure_estimate *e, int has_labels)
{
    if (one->kind >= IB_ENTROPY_COUNT)
        return set_real(to, "I_XT", e->i_xt) || set_real(to, "I_TY", e->i_ty);
    if (set_real(to, "H_T", e->h_t))
        return -1;
    return has_labels &&
           (set_real(to, "H_Y", e->h_y) || set_real(to, "H_TY", e->h_ty) || set_real(to, "I_TY", e->i_ty));
}

static int set_estimates(json_t *to, const measure_asked *a, const measured *m)
{
    json_t *all = json_object();
    int failed = set(to, "estimates", all);
    for (size_t i = 0; i < a->n_estimators && !failed; i++) {
        json_t *one = json_object();
        failed = set(all, a->list[i].text, one) || set_estimate(one, &a->list[i], &m->estimates[i], m->has_labels);
    }
    return failed;
}

static int set_permutation(json_t *to, const ib_permutation_result *p)
{
    json_t *one = json_object();
    return set(to, "permutation", one) || set_count(one, "permutations", p->permutations) ||
           set_count(one, "at_least", p->at_least) || set_real(one, "p", p->p) || set_real(one, "mean", p->null_mean) ||
           set_real(one, "sd", p->null_sd) || set_real(one, "max", p->null_max);
}

static int set_bootstrap(json_t *to, const ib_bootstrap_result *b)
{
    json_t *one = json_object();
    return set(to, "bootstrap", one) || set_count(one, "resamples", b->resamples) || set_real(one, "low", b->low) ||
           set_real(one, "high", b->high) || set_real(one, "mean", b->mean) || set_real(one, "sd", b->sd) ||
           set_real(one, "bias", b->bias);
}

int measure_print_json(const measure_asked *asked, const measured *found)
{
    json_t *all = json_object();
    int failed = set_sample(all, found) || set_exact(all, asked, found) ||
                 (asked->n_estimators && set_estimates(all, asked, found)) ||
                 (asked->permutations && set_permutation(all, &found->permutation)) ||
                 (asked->bootstrap && set_bootstrap(all, &found->bootstrap));
    char *text = failed ? NULL : json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
    json_decref(all);
    if (!text) {
        say("out of memory");
        return -1;
    }
    puts(text);
    free(text);
    return 0;
}
