/* Softmax, cross-entropy and predictions over panels. Part of kernels.c. */
#include "kernels/vmath.h"

#define PANEL_VECTORS (PANEL / VW)

/* Where class 0 of the v-th vector of samples lies; its samples are v * VW and those after. */
INLINE size_t vector_offset(size_t v, size_t classes)
{
    return v / PANEL_VECTORS * classes * PANEL + v % PANEL_VECTORS * VW;
}

INLINE vf largest(size_t classes, const float *z)
{
    vf most = v_load(z);
    for (size_t k = 1; k < classes; k++)
        most = v_max(most, v_load(z + k * PANEL));
    return most;
}

static void softmax_forward(size_t panels, size_t classes, const float *z, float *p)
{
    for (size_t v = 0; v < panels * PANEL_VECTORS; v++) {
        const size_t at = vector_offset(v, classes);
        const vf most = largest(classes, z + at);
        vf total = v_set(0.0f);
        for (size_t k = 0; k < classes; k++) {
            const vf e = v_exp(v_load(z + at + k * PANEL) - most);
            v_store(p + at + k * PANEL, e);
            total += e;
        }
        for (size_t k = 0; k < classes; k++)
            v_store(p + at + k * PANEL, v_load(p + at + k * PANEL) / total);
    }
}

static void softmax_backward(size_t panels, size_t classes, const float *p, const float *dp, float *dz)
{
    for (size_t v = 0; v < panels * PANEL_VECTORS; v++) {
        const size_t at = vector_offset(v, classes);
        vf dot = v_set(0.0f);
        for (size_t k = 0; k < classes; k++)
            dot = v_fma(v_load(p + at + k * PANEL), v_load(dp + at + k * PANEL), dot);
        for (size_t k = 0; k < classes; k++)
            v_store(dz + at + k * PANEL, v_load(p + at + k * PANEL) * (v_load(dp + at + k * PANEL) - dot));
    }
}

INLINE vi load_labels(const uint32_t *labels)
{
    vi label;
    memcpy(&label, labels, sizeof label);
    return label;
}

/* 1 in the lanes that have a label, the class of which is k */
INLINE vi is_class(vi label, size_t k)
{
    return label == (int32_t)k;
}

static void loss_logits(size_t panels, size_t classes, const float *z, const uint32_t *labels, float scale,
                        float *losses, float *dz)
{
    for (size_t v = 0; v < panels * PANEL_VECTORS; v++) {
        const size_t at = vector_offset(v, classes);
        const vi label = load_labels(labels + v * VW), labelled = label >= 0;
        const vf most = largest(classes, z + at);
        vf total = v_set(0.0f), of_label = v_set(0.0f);
        for (size_t k = 0; k < classes; k++) {
            const vf logit = v_load(z + at + k * PANEL), e = v_exp(logit - most);
            of_label = v_select(is_class(label, k), logit, of_label);
            total += e;
            if (dz)
                v_store(dz + at + k * PANEL, e);
        }
        v_store(losses + v * VW, where(labelled, v_log(total) + (most - of_label)));
        for (size_t k = 0; dz && k < classes; k++) {
            const vf p = v_load(dz + at + k * PANEL) / total;
            const vf target = where(is_class(label, k), v_set(1.0f));
            v_store(dz + at + k * PANEL, where(labelled, (p - target) * scale));
        }
    }
}

static void loss_quantised(size_t panels, size_t classes, const float *p, const float *q, const uint32_t *labels,
                           float scale, float *losses, float *dz)
{
    const float least = 1e-7f, most = 1.0f - 1e-7f;
    for (size_t v = 0; v < panels * PANEL_VECTORS; v++) {
        const size_t at = vector_offset(v, classes);
        const vi label = load_labels(labels + v * VW), labelled = label >= 0;
        vf p_label = v_set(0.0f), q_label = v_set(1.0f);
        for (size_t k = 0; k < classes; k++) {
            p_label = v_select(is_class(label, k), v_load(p + at + k * PANEL), p_label);
            q_label = v_select(is_class(label, k), v_load(q + at + k * PANEL), q_label);
        }
        const vf clipped = v_min(v_set(most), v_max(v_set(least), q_label));
        v_store(losses + v * VW, where(labelled, -v_log(clipped)));
        const vf factor = where(labelled & (q_label > least), p_label / q_label * scale);
        for (size_t k = 0; dz && k < classes; k++) {
            const vf target = where(is_class(label, k), v_set(1.0f));
            v_store(dz + at + k * PANEL, (v_load(p + at + k * PANEL) - target) * factor);
        }
    }
}

static size_t correct(size_t panels, size_t classes, const float *y, const uint32_t *labels)
{
    vi hits = v_set_int(0); /* each lane counts its own: far below 2^31 */
    for (size_t v = 0; v < panels * PANEL_VECTORS; v++) {
        const size_t at = vector_offset(v, classes);
        vf best = v_load(y + at);
        vi first = v_set_int(0);
        for (size_t k = 1; k < classes; k++) {
            const vf value = v_load(y + at + k * PANEL);
            const vi better = value > best;
            best = v_select(better, value, best);
            first = (better & (int32_t)k) | (~better & first);
        }
        hits -= first == load_labels(labels + v * VW);
    }
    size_t total = 0;
    for (int l = 0; l < VW; l++)
        total += (size_t)hits[l];
    return total;
}
